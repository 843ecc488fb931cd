"""What staff wrote about what is to be done before a guest's arrivals: a part of the guest's export."""

from chalicelib.canonical.ids import GuestId, PropertyId, TaskId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of
from chalicelib.guests import task_store
from chalicelib.guests.task_store import OfReservation
from chalicelib.guests.tasks import State, Tasks
from chalicelib.settings.departments import Department


class TaskWritten(Shown):
    """A task as it is kept: what somebody wrote, where it does not follow from a preference, and what became of it."""

    id: TaskId
    department: Department | None
    text: str | None
    days_before: int | None
    author: str | None
    at: Instant | None
    state: State
    why: str | None
    settled_by: str | None
    settled_at: Instant | None


class ReservationTasksWritten(Shown):
    reservation: str
    property_id: PropertyId
    tasks: list[TaskWritten]


def of_guest(ask: Ask, guest_id: GuestId) -> list[ReservationTasksWritten]:
    """Of all reservations of the guest's records in sight, also those that are somebody else's by now: what was written
    while they were the guest's. Three reads a record."""
    sight = guest_of(ask.caller, guest_id)
    found = (each for leaf in sight.members for each in task_store.of_record(leaf))
    shown = [_shown(each) for each in found if sight.eyes.sees(each.property_id) and not each.tasks.is_empty]
    return sorted(shown, key=lambda each: each.reservation)


def _shown(found: OfReservation) -> ReservationTasksWritten:
    made = {each.id for each in found.tasks.made}
    tasks = [_task(each, found.tasks) for each in (*sorted(made), *sorted(found.tasks.outcomes.keys() - made))]
    return ReservationTasksWritten(reservation=found.reservation, property_id=found.property_id, tasks=tasks)


def _task(id_: TaskId, kept: Tasks) -> TaskWritten:
    made = next((each for each in kept.made if each.id == id_), None)
    outcome = kept.outcomes.get(id_)
    return TaskWritten(
        id=id_,
        department=made.department if made else None,
        text=made.text if made else None,
        days_before=made.days_before if made else None,
        author=made.author if made else None,
        at=made.at if made else None,
        state=outcome.state if outcome else "open",
        why=outcome.why if outcome else None,
        settled_by=outcome.by if outcome else None,
        settled_at=outcome.at if outcome else None,
    )
