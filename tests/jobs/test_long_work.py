"""Long work ends, whatever dies on the way, and nobody works a part beside another."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, queues, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import NotFound, Rejected
from chalicelib.canonical.ids import JobId
from chalicelib.canonical.time import now
from chalicelib.jobs import parts, store, work
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.jobs.queued import WorkPart, read_work_part
from infra.workers import worker
from tests.crashes import Crash, crash_at, points_of
from tests.exhaustive import some_of
from tests.fakes import received, waiting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UNITS = 62_500
"""Of each of 16 parts: a million."""
PER_STEP = 500


@pytest.fixture
def clock(aws: Settings) -> Iterator[time_machine.Traveller]:
    queues.url_of("jobs")
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def counting(_: Job, part: Part) -> Iterator[Step]:
    """Goes through all units of a part, in order."""
    for at in range(int(part.position or 0), UNITS, PER_STEP):
        yield Step(str(at + PER_STEP), PER_STEP, {"even": PER_STEP // 2})


def started(parts: int = 16) -> Job:
    return work.start(work.job_of("count", "everything", NOW, parts))


def asked_for() -> list[WorkPart]:
    """What waits on the queue, in any order, taken from it."""
    found = list[WorkPart]()
    while records := received("jobs")["Records"]:
        for record in records:
            found.append(read_work_part(json.loads(record["body"])))
            queues.delete("jobs", record["receiptHandle"])
    return found


def turn(part: WorkPart, seconds: Callable[[], float] = lambda: 600.0) -> None:
    work.work_part(part, lambda _: counting, seconds)


def wake_all() -> None:
    for job in store.jobs(store.waking().jobs):
        work.wake(job, now())


def test_a_job_is_done_when_all_parts_are(clock: time_machine.Traveller) -> None:
    job = started()
    first, *others = asked_for()
    assert {first.part, *(each.part for each in others)} == set(range(16))
    turn(first)
    found = work.progress(job.id)
    assert (found.parts_done, found.units_done, found.job.is_over) == (1, UNITS, False)
    for each in others:
        turn(each)
    found = work.progress(job.id)
    assert (found.parts_done, found.units_done, found.job.is_over) == (16, 16 * UNITS, True)
    assert found.counted == {"even": 8 * UNITS}
    assert store.waking().jobs == []


def test_a_job_over_a_million_ends_whatever_dies_on_the_way(clock: time_machine.Traveller) -> None:
    """Each worker dies after some steps, or its time is over; nobody but the tick asks for a part again."""
    job, chance = started(), Random(7)

    def dies_or_stops() -> Callable[[], float]:
        left, death = 100.0, chance.randrange(400)

        def seconds_left() -> float:
            nonlocal left, death
            left, death = left - 1, death - 1
            if death == 0:
                raise Crash
            return left

        return seconds_left

    deaths, turns = 0, 0
    while not work.progress(job.id).job.is_over:
        for each in asked_for():
            turns += 1
            try:
                turn(each, dies_or_stops())
            except Crash:
                deaths += 1
        clock.shift(60)
        wake_all()
        assert turns < 1_000
    found = work.progress(job.id)
    assert deaths > 5
    assert (found.units_done, found.counted) == (16 * UNITS, {"even": 8 * UNITS})


def test_a_part_that_one_worker_has_is_nobody_elses(clock: time_machine.Traveller) -> None:
    job = started(1)
    (part,) = asked_for()
    beside = list[int]()

    def while_working(_: Job, at: Part) -> Iterator[Step]:
        yield Step("1")
        turn(part)  # the message comes twice
        beside.append(work.progress(job.id).units_done)
        assert work.wake(job, now()) == 0, "the tick sees that somebody works on it"
        yield Step("2")

    work.work_part(part, lambda _: while_working, lambda: 100.0)
    assert beside == [0]
    assert work.progress(job.id).units_done == 2


def test_the_part_of_a_worker_that_died_is_taken_up_when_the_worker_cannot_live_any_more(
    clock: time_machine.Traveller,
) -> None:
    job = started(1)
    (part,) = asked_for()

    def dying(_: Job, __: Part) -> Iterator[Step]:
        yield from (Step(str(1 // at)) for at in range(1))

    with pytest.raises(ZeroDivisionError):
        work.work_part(part, lambda _: dying, lambda: 100.0)
    clock.shift(100)
    assert work.wake(job, now()) == 0
    clock.shift(6)
    assert work.wake(job, now()) == 1
    for each in asked_for():
        turn(each)
    assert work.progress(job.id).job.is_over


def test_a_worker_whose_lease_ran_out_keeps_nothing(clock: time_machine.Traveller) -> None:
    """Its clock stood still while another took the part up."""
    job = started(1)
    (part,) = asked_for()

    def too_slow(_: Job, at: Part) -> Iterator[Step]:
        yield Step("1", 1)
        clock.shift(1_000)
        turn(part)
        yield Step("2", 1)

    work.work_part(part, lambda _: too_slow, lambda: 100.0)
    assert work.progress(job.id).units_done == UNITS


def test_a_part_is_put_down_in_time_and_goes_on_at_its_position(clock: time_machine.Traveller) -> None:
    job = started(1)
    (part,) = asked_for()
    left = iter([100.0, 90.0, 50.0, 19.0])
    turn(part, lambda: next(left))
    assert work.progress(job.id).units_done == 2 * PER_STEP
    assert work.wake(job, now()) == 1
    turn(part)
    assert work.progress(job.id).units_done == UNITS


@pytest.mark.parametrize("seconds", [worker("run_job").timeout])
def test_a_part_is_worked_for_most_of_a_minute_before_the_next_tick(seconds: int) -> None:
    assert seconds - work.ENOUGH_SECONDS >= 45


@pytest.mark.exhaustive
def test_a_crash_at_any_call_is_mended_by_the_tick(clock: time_machine.Traveller) -> None:
    def everything(subject: str) -> Callable[[], None]:
        def act() -> None:
            job = work.start(work.job_of("count", subject, NOW, 2))
            for number in range(2):
                turn(WorkPart(job.id, number))

        return act

    points = points_of(everything("calm"))
    for number, point in enumerate(some_of(points)):
        subject = f"s{number}"
        act, job = everything(subject), work.job_of("count", subject, NOW, 2)
        assert crash_at(point, act), point
        work.start(job)  # who asked, asks again
        for _ in range(4):
            clock.shift(600)
            wake_all()
            for each in asked_for():
                turn(each)
        found = work.progress(job.id)
        assert (found.job.is_over, found.units_done) == (True, 2 * UNITS), point
        assert job.id not in store.waking().jobs, point


def test_starting_the_same_again_is_the_same_job(clock: time_machine.Traveller) -> None:
    job = started(1)
    clock.shift(5)
    assert work.start(work.job_of("count", "everything", now(), 1)) == job
    for each in asked_for():
        turn(each)
    assert work.start(job).is_over
    assert waiting("jobs") == 0


def test_the_rows_of_a_job_that_is_over_expire(clock: time_machine.Traveller) -> None:
    job = started(1)
    (part,) = asked_for()
    turn(part)
    for key in (keys.long_work(job.id), keys.part_of_work(job.id, 0)):
        row = table.get(key)
        assert row is not None
        assert row["expires_at"] == int((NOW + parts.KEPT).timestamp())


def test_a_job_that_nobody_started_is_not_there(aws: Settings) -> None:
    with pytest.raises(NotFound):
        work.progress(JobId("j-unknown"))
    turn(WorkPart(JobId("j-unknown"), 0))


# As they were sent on the day named: samples are added, and never changed.
SAMPLES: list[tuple[dict[str, Any], WorkPart]] = [
    # 2026-11-27
    ({"v": 1, "work": "j1", "part": 3}, WorkPart(JobId("j1"), 3)),
]


@pytest.mark.parametrize(("body", "meant"), SAMPLES)
def test_a_message_of_an_earlier_day_is_read(body: dict[str, Any], meant: WorkPart) -> None:
    assert read_work_part(body) == meant
    assert read_work_part({**body, "v": 2, "hotel": "vienna"}) == meant
    assert read_work_part(dict(meant.body())) == meant


@pytest.mark.parametrize("body", [{"work": 1, "part": 1}, {"work": "j1"}, {"work": "j1", "part": True}])
def test_a_message_that_is_none_of_ours_is_rejected(body: dict[str, object]) -> None:
    with pytest.raises(Rejected, match="malformed_message"):
        read_work_part(body)
