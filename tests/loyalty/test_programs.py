"""Programmes that are written: new terms leave the past alone, and the ledgers of all guests follow."""

import json
from collections.abc import Callable
from datetime import date
from itertools import cycle
from typing import Any

import pytest

from chalicelib.aws import queues
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import Leaf, ProgramId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints import schedules
from chalicelib.guests import store as guests
from chalicelib.jobs import work
from chalicelib.loyalty import actions, programs, store
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.wakes import Sweep
from tests.builders import DAY_ONE, EUR_PROGRAM, guest
from tests.ids import PMS
from tests.loyalty.hotels import G1, G2, Hotel, checked_out


def test_a_new_rate_changes_nothing_that_was_earned_before_it(hotel: Hotel) -> None:
    today = date(2026, 2, 10)
    hotel.tell(checked_out(1, departure="2026-02-03"))
    hotel.deliver()
    cheaper = EUR_PROGRAM.model_copy(update={"points_per_unit": {"EUR": "1"}})
    assert programs.keep(cheaper, today).effective_from == date(2026, 2, 11)
    hotel.deliver()
    hotel.tell({**checked_out(2, arrival="2026-02-20", departure="2026-02-21"), "source_id": "r2"})
    hotel.deliver()
    assert sorted(points for each in hotel.points().values() for points in each) == [100, 1000]


def test_terms_that_would_change_the_past_are_refused(hotel: Hotel) -> None:
    backdated = EUR_PROGRAM.model_copy(update={"auto_enrol": False, "effective_from": date(2026, 2, 1)})
    with pytest.raises(Invalid, match="effective_from"):
        programs.keep(backdated, date(2026, 2, 1))
    with pytest.raises(Invalid, match="starts_on"):
        programs.keep(EUR_PROGRAM.model_copy(update={"starts_on": date(2026, 1, 1)}), date(2026, 2, 1))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Parts of long work that wait on their queue."""
    waiting: list[dict[str, Any]] = []
    monkeypatch.setattr(queues, "send_many", lambda _, bodies: waiting.extend(bodies))
    return waiting


LATE = EUR_PROGRAM.model_copy(update={"id": "late"})


def work_off(waiting: list[dict[str, Any]], seconds_left: Callable[[], float] = lambda: 600.0) -> int:
    handled = 0
    while waiting:
        schedules.run(json.loads(json.dumps(waiting.pop(0))), seconds_left)
        handled += 1
    return handled


def entries_of(*leaves: Leaf) -> list[list[int]]:
    return [[each.points for each in store.entries(leaf, ProgramId("late"))] for leaf in leaves]


def test_a_programme_that_is_written_after_the_stays_reaches_their_ledgers(
    hotel: Hotel, queued: list[dict[str, Any]]
) -> None:
    hotel.tell(checked_out(1), {**checked_out(1, primary=guest("g2", "Ben")), "source_id": "r2"})
    hotel.deliver()
    programs.put(LATE)
    (under_way,) = work.under_way()
    assert (under_way.job.kind, under_way.job.subject) == ("follow_programme", "late")
    assert work_off(queued) == 16
    assert entries_of(G1, G2) == [[1000], [1000]]
    done = work.progress(under_way.job.id)
    assert (done.job.is_over, done.units_done, done.counted) == (True, 2, {"entries": 2})
    before = dict(hotel.table.rows)
    programs.put(LATE)
    assert queued == []
    assert hotel.table.rows == before


def test_a_walk_that_ran_out_of_time_goes_on_behind_the_last_guest(hotel: Hotel, queued: list[dict[str, Any]]) -> None:
    names = [f"p{number}" for number in range(40)]
    for name in names:
        hotel.tell({**checked_out(1, primary=guest(name, "Anna", name)), "source_id": f"r-{name}"})
    programs.put(LATE)
    turns, left = 0, cycle([100.0, 90.0, 5.0])
    while under_way := work.under_way():
        turns += work_off(queued, lambda: next(left))
        work.wake(under_way[0].job, now())
    assert turns > 16
    assert entries_of(*(leaf_of_profile(PMS, name) for name in names)) == [[1000]] * 40


def test_a_programme_whose_wake_ups_a_crash_swallowed_wakes_when_it_is_written_again(
    hotel: Hotel, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(queues, "send_many", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            programs.put(LATE)
    assert programs.put(LATE).version == 1
    assert len(queued) == 16


@pytest.mark.parametrize(
    "change", [{"name": "Renamed"}, {"points_per_unit": {"EUR": "1"}}, {"auto_enrol": False}], ids=str
)
def test_a_programme_renamed_or_changed_from_a_later_day_on_wakes_nobody(
    change: dict[str, Any], hotel: Hotel, queued: list[dict[str, Any]]
) -> None:
    programs.put(LATE)
    work_off(queued)
    assert programs.put(LATE.model_copy(update=change)).version == 2
    assert queued == []
    assert work.under_way() == []


def test_a_sweep_that_an_earlier_version_queued_becomes_long_work(hotel: Hotel, queued: list[dict[str, Any]]) -> None:
    hotel.tell(checked_out(1))
    programs.keep(LATE, DAY_ONE.date())
    for start in (0, 16):
        actions.award_points(Sweep(LATE.id, start, start + 16, instant(DAY_ONE), v=1).body())
    assert queued == [], "who is fed by facts queues nothing: the tick does"
    (under_way,) = work.under_way()
    assert under_way.job.at == instant(DAY_ONE)
    work.wake(under_way.job, now())
    work_off(queued)
    assert entries_of(G1) == [[1000]]


def test_many_stays_are_one_transaction(hotel: Hotel, queued: list[dict[str, Any]]) -> None:
    for number in range(50):
        stay = checked_out(1, arrival=f"20{number + 26}-01-05", departure=f"20{number + 26}-01-06")
        hotel.tell({**stay, "source_id": f"r{number}"})
    hotel.deliver()
    programs.put(LATE)
    before = hotel.table.transactions
    work_off(queued)
    assert entries_of(G1) == [[1000] * 50]
    ending = 1
    assert hotel.table.transactions - before <= 2 + ending


def test_a_guest_of_many_records_is_read_once_not_once_a_record(hotel: Hotel, queued: list[dict[str, Any]]) -> None:
    def rows_read(records: int) -> float:
        for number in range(records):
            hotel.tell(guest(f"m{records}-{number}", "Anna", email=f"anna{records}@mail.example"))
        (merged,) = [one for _, one in guests.walk(0, 1) if len(one.members) == records]
        before = hotel.table.rows_read
        settle(merged.members, EUR_PROGRAM, instant(DAY_ONE))
        return (hotel.table.rows_read - before) / records

    assert rows_read(12) <= 1.2 * rows_read(3)
