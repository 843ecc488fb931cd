"""Reservations with what is to be done before their guests arrive, as a caller may see it: by batches of reads."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.access.model import Caller
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.canonical.preferences import Kind
from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.sights import sights_of
from chalicelib.entrypoints.api.visibility import InSight
from chalicelib.guests import task_store
from chalicelib.guests.called import name_to_use
from chalicelib.guests.desk import Line
from chalicelib.guests.rules import is_arrival
from chalicelib.guests.tasks import NO_TASKS, State, Task, Tasks, may_be_due, tasks_of
from chalicelib.settings import store as settings
from chalicelib.settings.departments import Department, Prepares


class TaskShown(Shown):
    """A task: either `text` that somebody wrote (`author`, `at`), or a `preference` of the guest's, as kind and
    `value`. `due` moves along with the arrival. What became of it is told with who said so, and when: null where it is
    open."""

    id: str
    department: Department
    due: date
    text: str | None
    preference: Kind | None
    value: str | None
    author: str | None
    at: Instant | None
    state: State
    why: str | None
    settled_by: str | None
    settled_at: Instant | None


class GuestOfTasks(Shown):
    """Whose reservation it is, and what to say to them."""

    id: str
    called: str | None


class ReservationTasksShown(Shown):
    """A reservation with what is to be done before the guest arrives. `guest` is null where the source names nobody."""

    reservation: str
    property_id: PropertyId
    status: Status
    arrival: date
    departure: date
    arrival_time: str | None
    room_type: str | None
    room_number: str | None
    guest: GuestOfTasks | None
    tasks: list[TaskShown]


class Known(NamedTuple):
    """What is known of some reservations beside themselves."""

    sights: Mapping[Leaf, InSight]
    kept: Mapping[ReservationId, Tasks]
    departments: Mapping[Kind, Prepares]


class Wanted(NamedTuple):
    """Which tasks are asked for; None for any."""

    due: date | None = None
    department: str | None = None
    state: str | None = None

    def has(self, task: Task) -> bool:
        return (
            self.due in {None, task.due}
            and self.department in {None, task.department}
            and self.state in {None, task.state}
        )


def due_of(
    caller: Caller, lines: Sequence[Line], day: date, wanted: Wanted
) -> Iterator[tuple[Line, ReservationTasksShown]]:
    """Of the lines that have something to be done on a day, each with it. Guests are read of those alone."""
    kept = task_store.of_reservations(line.stay.reservation for line in lines)
    some = [each for each in lines if may_be_due(each.stay.arrival, kept.get(each.stay.reservation, NO_TASKS), day)]
    known = known_of(caller, some, kept)
    for line in some:
        found = shown(line, known, wanted)
        if found.tasks:
            yield line, found


def known_of(caller: Caller, lines: Sequence[Line], kept: Mapping[ReservationId, Tasks] | None = None) -> Known:
    if kept is None:
        kept = task_store.of_reservations(line.stay.reservation for line in lines)
    return Known(sights_of(caller, {line.leaf for line in lines}), kept, settings.get().departments)


def tasks_in(line: Line, known: Known) -> list[Task]:
    stay, sight = line.stay, known.sights.get(line.leaf)
    if not is_arrival(stay.status):
        return []
    preferences = sight.traits.preferences if sight else None
    return tasks_of(stay.arrival, known.kept.get(stay.reservation, NO_TASKS), preferences, known.departments)


def shown(line: Line, known: Known, wanted: Wanted) -> ReservationTasksShown:
    stay, sight = line.stay, known.sights.get(line.leaf)
    kept = stay.model_dump(include=set(ReservationTasksShown.model_fields))
    guest = GuestOfTasks(id=sight.id, called=name_to_use(sight.traits)) if sight else None
    tasks = [task_shown(each) for each in tasks_in(line, known) if wanted.has(each)]
    return ReservationTasksShown.model_validate({**kept, "guest": guest, "tasks": tasks})


def task_shown(task: Task) -> TaskShown:
    made, wish, outcome = task.made, task.wish, task.outcome
    return TaskShown(
        id=task.id,
        department=task.department,
        due=task.due,
        text=made.text if made else None,
        preference=wish.kind if wish else None,
        value=wish.value if wish else None,
        author=made.author if made else None,
        at=made.at if made else None,
        state=task.state,
        why=outcome.why if outcome else None,
        settled_by=outcome.by if outcome else None,
        settled_at=outcome.at if outcome else None,
    )
