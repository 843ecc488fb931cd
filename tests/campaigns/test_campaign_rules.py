"""Which chunks are next, and when a run is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns import rules
from chalicelib.campaigns.model import CHUNKS, RunPart, Sent
from chalicelib.jobs.model import Part


def part(number: int = 0, *, planned: int = 0, queued: int = 0, done: bool = False, **counts: int) -> RunPart:
    """`chunks` of the counts is how many are done."""
    sent = Sent(counts.pop("chunks", 0), counts)
    return RunPart(number, Part(number=number, done=done, counted={CHUNKS: planned}), queued, sent)


def test_a_chunk_is_no_more_than_a_second_of_the_rate() -> None:
    assert [rules.chunk_size(rate) for rate in (None, 0.5, 14.0, 500.0)] == [50, 1, 14, 50]


def test_no_part_waits_for_another() -> None:
    parts = [part(0, planned=4), part(1, planned=2, queued=1), part(2, planned=3)]
    assert rules.next_spots(parts, 5) == [(0, 0), (1, 1), (2, 0), (0, 1), (2, 1)]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.integers(1, 7))
def test_every_planned_chunk_is_queued_once(planned: list[int], most: int) -> None:
    queued, spots = [0] * len(planned), list[rules.Spot]()
    while True:
        parts = [part(at, planned=made, queued=queued[at]) for at, made in enumerate(planned)]
        looked_at = rules.next_spots(parts, most)
        if not looked_at:
            break
        allowed = looked_at[: max(1, most - 1)]
        spots += allowed
        queued = [rules.queued_up_to(each, looked_at, looked_at[len(allowed) :]) for each in parts]
    assert sorted(spots) == [(at, number) for at, made in enumerate(planned) for number in range(made)]


def test_what_was_looked_at_and_need_not_wait_is_passed() -> None:
    of = part(2, planned=9, queued=3)
    looked_at = [(2, 3), (2, 4), (2, 5), (1, 7)]
    assert rules.queued_up_to(of, looked_at, []) == 6
    assert rules.queued_up_to(of, looked_at, [(2, 4), (2, 5), (1, 7)]) == 4
    assert rules.queued_up_to(of, [(1, 7)], []) == 3


@pytest.mark.parametrize(
    ("parts", "is_over"),
    [
        ([part(done=True), part(1, done=True, planned=2, chunks=2)], True),
        ([part(done=True), part(1, done=False, planned=2, chunks=2)], False),
        ([part(done=True), part(1, done=True, planned=2, chunks=1)], False),
    ],
)
def test_a_run_ends_when_all_is_planned_and_sent(parts: list[RunPart], is_over: bool) -> None:
    assert rules.is_over(parts) is is_over


def test_a_run_s_counts_are_the_sums_of_its_parts() -> None:
    assert rules.summed([part(sent=2, no_consent=1), part(1, sent=3)]) == {"sent": 5, "no_consent": 1}
