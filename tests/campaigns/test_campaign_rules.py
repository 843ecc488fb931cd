"""How fast a run goes, and when it is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns import rules
from chalicelib.campaigns.model import PARTS, Chunk, Progress, Run, RunState
from tests.ids import guest_id, run_id


def run(**changes: object) -> Run:
    known = {"id": "n1", "campaign": "c", "at": "2026", "segment_version": 1, "template_version": 1}
    return Run.model_validate({**known, **changes})


def at(*positions: int) -> tuple[int, ...]:
    return (*positions, *[0] * (PARTS - len(positions)))


@pytest.mark.parametrize(
    ("size", "per_second", "left_today", "seconds", "sharing", "expected"),
    [
        (50, 100.0, None, 15, 1, 30),
        (50, 100.0, None, 15, 2, 15),
        (50, 1.0, None, 15, 1, 1),
        (50, 100.0, 200, 15, 1, 4),
        (50, 100.0, 20, 15, 1, 0),
        (5, 14.0, None, 1, 1, 2),
        (50, None, None, 15, 1, rules.DRAINED_AT_ONCE),
        (50, None, 100, 15, 1, 2),
    ],
)
def test_rate_and_quota_bound_what_is_queued(
    size: int, per_second: float | None, left_today: int | None, seconds: float, sharing: int, expected: int
) -> None:
    assert rules.chunks_allowed(run(), size, per_second, left_today, seconds, sharing) == expected


def test_what_is_out_counts() -> None:
    assert rules.chunks_allowed(run(queued=at(50)), 50, 100.0, None, 15, 1) == 10
    assert rules.chunks_allowed(run(queued=at(60)), 50, 100.0, None, 15, 1) == 0
    assert rules.chunks_allowed(run(queued=at(3)), 50, 100.0, 200, 15, 1) == 1


def test_a_throttled_run_slows_down_and_recovers() -> None:
    assert rules.next_percent(run(percent=100, throttles=1)) == 50
    assert rules.next_percent(run(percent=6, throttles=3, throttles_seen=2)) == 5
    assert rules.next_percent(run(percent=95, throttles=2, throttles_seen=2)) == 100


def test_a_chunk_is_no_more_than_a_second_of_the_rate() -> None:
    assert [rules.chunk_size(rate) for rate in (None, 0.5, 14.0, 500.0)] == [50, 1, 14, 50]


@given(st.lists(st.integers(0, 4), min_size=PARTS, max_size=PARTS), st.integers(1, 20))
def test_every_planned_chunk_is_queued_once(planned: list[int], allowed: int) -> None:
    queued, spots = run(), list[rules.Spot]()
    while next_ones := rules.next_spots(queued, planned, allowed):
        assert len(next_ones) <= allowed
        spots += next_ones
        queued = queued.model_copy(update={"queued": rules.advanced(queued.queued, next_ones)})
    assert sorted(spots) == [(part, number) for part in range(PARTS) for number in range(planned[part])]


def test_only_chunks_done_in_a_row_are_summed() -> None:
    chunks = {
        (0, number): Chunk(run=run_id("n1"), name="", guests=(guest_id("g"),), done=number != 2, decisions=("sent",))
        for number in range(4)
    }
    counted, counts = rules.counted_with(run(queued=at(4)), chunks)
    assert (counted, counts) == (at(2), {"sent": 2})


def test_a_run_ends_when_all_is_planned_and_settled() -> None:
    progress = [Progress(part=part, chunks=1 if part == 0 else 0, done=True) for part in range(PARTS)]
    assert rules.has_ended(run(counted=at(1)), progress)
    assert not rules.has_ended(run(counted=at(0)), progress)
    assert not rules.has_ended(run(counted=at(1)), progress[:-1])
    assert not rules.has_ended(run(counted=at(1), state=RunState.CANCELLED), progress[:-1])
