"""Programmes that are written: new terms leave the past alone, and the ledgers of all guests follow."""

import json
from datetime import date
from typing import Any

import pytest

from chalicelib.aws import queues
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import ProgramId, leaf_of_profile
from chalicelib.loyalty import actions, programs, store
from tests.builders import EUR_PROGRAM, guest
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
    """Messages to the loyalty queue, in the order in which they wait."""
    waiting: list[dict[str, Any]] = []
    monkeypatch.setattr(queues, "send_many", lambda _, bodies: waiting.extend(bodies))
    monkeypatch.setattr(queues, "send", lambda _, body: waiting.append(body))
    return waiting


def work_off(waiting: list[dict[str, Any]]) -> int:
    handled = 0
    while waiting:
        actions.award_points(json.loads(json.dumps(waiting.pop(0))))
        handled += 1
    return handled


def test_a_programme_that_is_written_after_the_stays_reaches_their_ledgers(
    hotel: Hotel, queued: list[dict[str, Any]]
) -> None:
    hotel.tell(checked_out(1), {**checked_out(1, primary=guest("g2", "Ben")), "source_id": "r2"})
    hotel.deliver()
    programs.put(EUR_PROGRAM.model_copy(update={"id": "late"}))
    assert work_off(queued) == 16
    assert [[each.points for each in store.entries(leaf, ProgramId("late"))] for leaf in (G1, G2)] == [[1000], [1000]]
    before = dict(hotel.table.rows)
    programs.put(EUR_PROGRAM.model_copy(update={"id": "late"}))
    assert queued == []
    assert hotel.table.rows == before


def test_the_walk_over_all_guests_goes_on_in_a_new_message(
    hotel: Hotel, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"p{number}" for number in range(40)]
    for name in names:
        hotel.tell({**checked_out(1, primary=guest(name, "Anna", name)), "source_id": f"r-{name}"})
    monkeypatch.setattr(programs, "GUESTS_AT_ONCE", 2)
    programs.put(EUR_PROGRAM.model_copy(update={"id": "late"}))
    assert work_off(queued) > 16
    earned = [[each.points for each in store.entries(leaf_of_profile(PMS, name), ProgramId("late"))] for name in names]
    assert earned == [[1000]] * 40


def test_a_programme_whose_wake_ups_a_crash_swallowed_wakes_when_it_is_written_again(
    hotel: Hotel, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = EUR_PROGRAM.model_copy(update={"id": "late"})
    with monkeypatch.context() as crash:
        crash.setattr(queues, "send_many", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            programs.put(late)
    assert programs.put(late).version == 1
    assert len(queued) == 16
