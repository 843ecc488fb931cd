"""What each department has to do before guests arrive: a hotel's day, one reservation, one task.

A day asks AWS 14 to 25 times beyond the session, and the hotels; a reservation or a task 8 times.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from chalice.app import Response

from chalicelib.canonical.errors import CallerError, NotFound
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import is_date, local_date, moment_of
from chalicelib.entrypoints.api import tasks
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.task_lines import ReservationTasksShown, TaskShown
from chalicelib.entrypoints.api.tasks import OutcomeAsked, TaskAsked
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.pages.board import beside, tabs_of
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.guests.tasks import DEPARTMENTS, MOST_DAYS_BEFORE, MOST_LETTERS
from chalicelib.properties.model import Property

TASKS, ALL = "tasks", "200"
NOTHING: Listing[ReservationTasksShown] = Listing(items=[])
TYPED = ("department", "text")


class Row(NamedTuple):
    """One task, and the reservation that it is for."""

    reservation: ReservationTasksShown
    task: TaskShown


def listed(visit: Visit) -> Response:
    """What is due on a day, by department."""
    hotel = _hotel(visit)
    try:
        found = visit.call(
            tasks.listed,
            hotel.id,
            date=visit.query.get("date") or None,
            department=visit.asked("department"),
            state=visit.asked("state"),
            page=visit.part(visit.path),
        )
    except CallerError as refusal:
        return _day(visit.refused(refusal), hotel, NOTHING)
    return _day(visit, hotel, found)


def _day(visit: Visit, hotel: Property, found: Listing[ReservationTasksShown]) -> Response:
    today = local_date(moment_of(visit.now), hotel.time_zone)
    asked = visit.query.get("date", "")
    day = date.fromisoformat(asked) if is_date(asked) else today
    return visit.shown(
        "tasks.html",
        hotel=hotel,
        day=day,
        is_today=day == today,
        before=beside(day, -1),
        after=beside(day, 1),
        tabs=tabs_of(visit, hotel.id, TASKS),
        departments=_by_department(found.items),
        all_departments=DEPARTMENTS,
        next_cursor=found.next_cursor,
        all=ALL,
    )


def _by_department(found: Iterable[ReservationTasksShown]) -> Mapping[str, list[Row]]:
    """Of those that have anything to do, by room."""
    rows = sorted((Row(each, task) for each in found for task in each.tasks), key=_by_room)
    by_name = {name: [row for row in rows if row.task.department == name] for name in DEPARTMENTS}
    return {name: some for name, some in by_name.items() if some}


def _by_room(row: Row) -> tuple[int, str, str]:
    room = row.reservation.room_number or ""
    return len(room), room, row.reservation.reservation


def ticked(visit: Visit) -> Response:
    """One of the day is done, or open again."""
    form = visit.form
    said = visit.body(OutcomeAsked, {"state": form.text("state")})
    hotel = PropertyId(visit.names["property_id"])
    visit.call(tasks.put, hotel, form.text("reservation"), form.text("task"), said)
    asked = {name: form.text(name) for name in ("date", "department", "only") if form.text(name)}
    return visit.go(visit.path, date=asked.get("date"), department=asked.get("department"), state=asked.get("only"))


def of_reservation(visit: Visit) -> Response:
    found = _found(visit)
    return visit.shown(
        "reservation_tasks.html",
        hotel=_hotel(visit),
        found=found,
        departments=DEPARTMENTS,
        most=MOST_LETTERS,
        most_days=MOST_DAYS_BEFORE,
    )


def created(visit: Visit) -> Response:
    days = visit.number("days_before")
    document = {
        "reservation": visit.names["reservation_id"],
        **visit.form.filled(TYPED),
        **({"days_before": days} if days is not None else {}),
    }
    visit.call(tasks.create, PropertyId(visit.names["property_id"]), visit.body(TaskAsked, document))
    return visit.go(visit.path, done="saved")


def one(visit: Visit) -> Response:
    found = _found(visit)
    return visit.shown("task.html", hotel=_hotel(visit), found=found, task=_task(visit, found), most=MOST_LETTERS)


def settled(visit: Visit) -> Response:
    """What is typed as a reason counts for what is not possible alone."""
    state = visit.form.text("state")
    why = visit.form.text("why").strip() if state == "not_possible" else ""
    said = visit.body(OutcomeAsked, {"state": state, "why": why or None})
    visit.call(tasks.put, *_named(visit), visit.names["task_id"], said)
    return visit.go(_up(visit), done="saved")


def deleting(visit: Visit) -> Response:
    found = _found(visit)
    return visit.shown("task_delete.html", hotel=_hotel(visit), found=found, task=_task(visit, found))


def deleted(visit: Visit) -> Response:
    visit.call(tasks.delete, *_named(visit), visit.names["task_id"])
    return visit.go(_up(visit), done="deleted")


def _hotel(visit: Visit) -> Property:
    """Raises NotFound."""
    hotel = hotels.of(visit).get(PropertyId(visit.names["property_id"]))
    if hotel is None:
        raise NotFound("There is no such property.")
    return hotel


def _named(visit: Visit) -> tuple[PropertyId, str]:
    return PropertyId(visit.names["property_id"]), visit.names["reservation_id"]


def _found(visit: Visit) -> ReservationTasksShown:
    return visit.call(tasks.of_reservation, *_named(visit))


def _task(visit: Visit, found: ReservationTasksShown) -> TaskShown:
    """Raises NotFound."""
    task = next((each for each in found.tasks if each.id == visit.names["task_id"]), None)
    if task is None:
        raise NotFound("There is no such task.")
    return task


def _up(visit: Visit) -> str:
    hotel, reservation = _named(visit)
    return f"/board/{hotel}/tasks/{reservation}"
