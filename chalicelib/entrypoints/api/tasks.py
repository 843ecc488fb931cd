"""/v1/properties/{property_id}/tasks: what each department has to do before guests arrive."""

from itertools import islice
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.ids import TASK, PropertyId, ReservationId, TaskId, stable_id
from chalicelib.canonical.snapshots import HubId
from chalicelib.connectors.cards import scrub_text
from chalicelib.entrypoints.api import properties
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.boards import day_of
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page, one_of
from chalicelib.entrypoints.api.task_lines import (
    ReservationTasksShown,
    Wanted,
    due_of,
    known_of,
    shown,
    tasks_in,
)
from chalicelib.guests import desk, task_store
from chalicelib.guests.desk import Line
from chalicelib.guests.rules import is_arrival
from chalicelib.guests.tasks import (
    DEPARTMENTS,
    MOST_DAYS_BEFORE,
    MOST_LETTERS,
    MOST_MADE,
    Made,
    Outcome,
    State,
    Task,
    Tasks,
)
from chalicelib.settings.departments import Department

LOOKED_AT = 400
"""Reservations that one page looks through: those of a week are more than those that have something to be done."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=MOST_LETTERS, strip_whitespace=True)]


class TaskAsked(BaseModel):
    """What is to be done, by which department, and how many days before the arrival (on the day itself where it is left
    out). Allergies, diets, health and religion stay in the PMS."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reservation: HubId
    department: Department
    text: Words
    days_before: Annotated[int, Field(ge=0, le=MOST_DAYS_BEFORE)] = 0


class OutcomeAsked(BaseModel):
    """What became of a task. Only of what is not possible, `why` is told, and always."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: State
    why: Words | None = None


def listed(
    ask: Ask,
    property_id: PropertyId,
    *,
    date: str | None = None,
    department: str | None = None,
    state: str | None = None,
    page: Page,
) -> Listing[ReservationTasksShown]:
    """What is due at a property on a `date`, by reservation: what people wrote down, and what guests prefer who arrive.

    Without a date it is today's at the property. Only who is expected, or came and has not left, has tasks. A page may
    be short, and still have a `next_cursor`. What is due on days before an arrival is told for arrivals of a week.
    """
    day = day_of(ask, property_id, date)
    chosen = one_of("department", department, DEPARTMENTS), one_of("state", state, get_args(State))
    found = list(islice(desk.arriving(property_id, day, MOST_DAYS_BEFORE + 1, page.after, LOOKED_AT), LOOKED_AT + 1))
    lines = found[:LOOKED_AT]
    told = list(due_of(ask.caller, lines, day, Wanted(day, *chosen)))
    items, more = page.take(each for _, each in told)
    if more:
        return Listing(items=items, next_cursor=page.cursor(told[len(items) - 1][0].position))
    return Listing(items=items, next_cursor=page.cursor(lines[-1].position) if len(found) > len(lines) else None)


def of_reservation(ask: Ask, property_id: PropertyId, reservation_id: str) -> ReservationTasksShown:
    """All that is to be done for one reservation; nothing for one that is not expected."""
    line = _line(ask, property_id, reservation_id)
    return shown(line, known_of(ask.caller, [line]), Wanted())


def create(ask: Ask, property_id: PropertyId, body: TaskAsked) -> ReservationTasksShown:
    """Write a task down for a reservation that is expected."""
    line = _named(ask, property_id, body.reservation)
    task = Made(
        id=TaskId(stable_id(TASK, ask.seed)),
        department=body.department,
        text=scrub_text(body.text),
        days_before=body.days_before,
        author=ask.caller.told,
        at=ask.first,
        leaf=line.leaf,
    )
    task_store.change(line, lambda kept: _with(kept, task))
    return shown(line, known_of(ask.caller, [line]), Wanted())


def _with(kept: Tasks, task: Made) -> Tasks:
    after = kept.having(task)
    if len(after.made) > MOST_MADE:
        raise Conflict(f"A reservation has {MOST_MADE} tasks at most.")
    return after


def put(
    ask: Ask, property_id: PropertyId, reservation_id: str, task_id: str, body: OutcomeAsked
) -> ReservationTasksShown:
    """Say what became of a task. Who says so first did it: the same once more changes nothing."""
    if (body.state == "not_possible") is not (body.why is not None):
        raise Invalid(FieldError("why", "says why something is not possible, and stands there for nothing else"))
    line = _expected(ask, property_id, reservation_id)
    _required(ask, line, task_id)
    why = scrub_text(body.why) if body.why else None
    said = Outcome(state=body.state, why=why, by=ask.caller.told, at=ask.now, leaf=line.leaf)
    task_store.change(line, lambda kept: kept.settled(TaskId(task_id), said))
    return shown(line, known_of(ask.caller, [line]), Wanted())


def delete(ask: Ask, property_id: PropertyId, reservation_id: str, task_id: str) -> None:
    """Take away a task that somebody wrote down. What a guest prefers goes with the preference."""
    line = _expected(ask, property_id, reservation_id)
    if _required(ask, line, task_id).made is None:
        raise Conflict("This follows from what the guest prefers, and goes with that.")
    task_store.change(line, lambda kept: kept.without(TaskId(task_id)))


def _required(ask: Ask, line: Line, task_id: str) -> Task:
    """Raises NotFound."""
    found = next((each for each in tasks_in(line, known_of(ask.caller, [line])) if each.id == task_id), None)
    if found is None:
        raise NotFound("There is no such task.")
    return found


def _line(ask: Ask, property_id: PropertyId, reservation_id: str) -> Line:
    """Raises NotFound, alike for what is not there and for other properties' reservations."""
    properties.get(ask, property_id)
    line = desk.of_reservation(ReservationId(reservation_id))
    if line is None or line.stay.property_id != property_id:
        raise NotFound("There is no such reservation.")
    return line


def _named(ask: Ask, property_id: PropertyId, reservation_id: str) -> Line:
    """By a body's field: raises Invalid for one that is not there."""
    properties.get(ask, property_id)
    try:
        return _expected(ask, property_id, reservation_id)
    except NotFound:
        raise Invalid(FieldError("reservation", "is no reservation of this hotel")) from None


def _expected(ask: Ask, property_id: PropertyId, reservation_id: str) -> Line:
    """Raises NotFound, and Conflict for a reservation that nobody prepares any more."""
    line = _line(ask, property_id, reservation_id)
    if not is_arrival(line.stay.status):
        raise Conflict("Nobody is expected by this reservation any more.")
    return line
