"""What is to be done before a guest arrives: what follows from preferences, when it is due, and what becomes of it."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.ids import Leaf, TaskId
from chalicelib.canonical.preferences import OFFERED, Kind
from chalicelib.canonical.time import Instant
from chalicelib.guests.preferences import Preferences
from chalicelib.guests.tasks import (
    NO_TASKS,
    Made,
    Outcome,
    State,
    Tasks,
    Wish,
    id_of,
    may_be_due,
    tasks_of,
)
from chalicelib.settings.departments import SHIPPED, ByPreference

AT = Instant("2026-01-01T00:00:00.000000Z")
ARRIVAL = date(2026, 2, 1)
ANNA, BO = Leaf("g1"), Leaf("g2")
SOFT = Preferences(pillow=("soft",))
PILLOW = id_of(Wish("pillow", "soft"))


def made(id_: str = "t1", days_before: int = 0, leaf: Leaf = ANNA, department: str = "other") -> Made:
    told = {"id": id_, "department": department, "text": "Flowers", "days_before": days_before}
    return Made.model_validate({**told, "author": "ann", "at": AT, "leaf": leaf})


def outcome(state: State = "done", by: str = "ann", why: str | None = None, leaf: Leaf = ANNA) -> Outcome:
    return Outcome(state=state, why=why, by=by, at=AT, leaf=leaf)


def told(kept: Tasks, preferences: Preferences | None = None, departments: ByPreference | None = None) -> list[str]:
    return [each.id for each in tasks_of(ARRIVAL, kept, preferences, departments or {})]


def test_each_word_of_a_preference_is_a_task_of_its_department() -> None:
    known = Preferences(pillow=("soft", "extra"), table=("quiet",), language=("de",), meal_plan=("breakfast",))
    found = [(each.id, each.department, each.due) for each in tasks_of(ARRIVAL, NO_TASKS, known, {})]
    assert found == [
        ("p-pillow-soft", "housekeeping", ARRIVAL),
        ("p-pillow-extra", "housekeeping", ARRIVAL),
        ("p-table-quiet", "food_and_beverage", ARRIVAL),
    ]


def test_the_settings_name_another_department_or_nobody_and_leave_the_others() -> None:
    known = Preferences(pillow=("soft",), view=("sea",), table=("quiet",))
    departments: ByPreference = {"pillow": "reception", "view": "nobody"}
    found = [(each.id, each.department) for each in tasks_of(ARRIVAL, NO_TASKS, known, departments)]
    assert found == [("p-pillow-soft", "reception"), ("p-table-quiet", "food_and_beverage")]


def test_every_kind_of_preference_has_somebody_or_nobody() -> None:
    assert SHIPPED.keys() == OFFERED.keys()
    assert {*get_args(Kind)} == SHIPPED.keys()


def test_another_preference_is_another_task_and_what_was_done_for_the_first_is_not_done_for_it() -> None:
    kept = NO_TASKS.settled(PILLOW, outcome())
    (soft,) = tasks_of(ARRIVAL, kept, SOFT, {})
    (firm,) = tasks_of(ARRIVAL, kept, Preferences(pillow=("firm",)), {})
    assert (soft.state, firm.state) == ("done", "open")
    assert told(kept) == []


@pytest.mark.parametrize("days", [0, 3, 7])
def test_what_is_due_before_an_arrival_moves_along_with_it(days: int) -> None:
    kept = NO_TASKS.having(made(days_before=days))
    for arrival in (ARRIVAL, ARRIVAL + timedelta(days=40)):
        (task,) = tasks_of(arrival, kept, None, {})
        assert task.due == arrival - timedelta(days=days)
        assert may_be_due(arrival, kept, task.due)
    assert not may_be_due(ARRIVAL, kept, ARRIVAL - timedelta(days=days + 1))


def test_what_is_ticked_twice_was_done_by_who_did_it_first() -> None:
    kept = NO_TASKS.settled(PILLOW, outcome(by="ann"))
    assert kept.settled(PILLOW, outcome(by="bo")) is kept
    assert kept.settled(PILLOW, outcome("not_possible", "bo", "none left")).outcomes[PILLOW].by == "bo"


def test_what_is_open_again_has_no_outcome() -> None:
    assert NO_TASKS.settled(PILLOW, outcome()).settled(PILLOW, outcome("open")) == NO_TASKS
    assert NO_TASKS.settled(PILLOW, outcome("open")) == NO_TASKS


def test_a_task_that_is_taken_away_takes_what_became_of_it_along() -> None:
    kept = NO_TASKS.having(made()).settled(TaskId("t1"), outcome())
    assert kept.without(TaskId("t1")) == NO_TASKS
    assert NO_TASKS.settled(PILLOW, outcome()).without(PILLOW) != NO_TASKS  # that goes with the preference


def test_what_was_written_for_one_record_goes_with_it_and_leaves_the_other_s() -> None:
    kept = NO_TASKS.having(made("t1", leaf=ANNA)).having(made("t2", leaf=BO)).settled(TaskId("t2"), outcome(leaf=ANNA))
    assert told(kept.without_record(ANNA)) == ["t2"]
    assert kept.without_record(ANNA).outcomes == {}
    assert kept.without_record(ANNA).without_record(BO).is_empty
    assert kept.of_record(ANNA).made == (made("t1"),)


ACTS = st.lists(
    st.one_of(
        st.sampled_from(["t1", "t2", "t3"]).map(lambda id_: ("make", id_)),
        st.tuples(st.sampled_from(["done", "open", "not_possible"]), st.sampled_from(["t1", "t2", PILLOW])),
    ),
    max_size=12,
)


@given(ACTS)
def test_whatever_is_said_twice_in_a_row_is_said_once(acts: list[tuple[str, str]]) -> None:
    once, twice = NO_TASKS, NO_TASKS
    for what, id_ in acts:
        once = _acted(once, what, id_)
        twice = _acted(_acted(twice, what, id_), what, id_)
    assert once == twice
    assert Tasks.model_validate_json(once.packed()) == once


def _acted(kept: Tasks, what: str, id_: str) -> Tasks:
    if what == "make":
        return kept.having(made(id_))
    state: State = "done" if what == "done" else "open" if what == "open" else "not_possible"
    return kept.settled(TaskId(id_), outcome(state, why="none left" if state == "not_possible" else None))
