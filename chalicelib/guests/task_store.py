"""How the tasks of a reservation are kept: one row each, found by the reservation, whoever it is for and when."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws import keys_of_tasks as keys_of
from chalicelib.aws.codec import Item
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.guests import store
from chalicelib.guests.desk import Line
from chalicelib.guests.tasks import NO_TASKS, Tasks

KEPT = timedelta(days=365)
"""Behind the departure, as it was when something was written last; as long as a note lives."""
NOT_ERASED = table.When("attribute_not_exists(erased)")
BUSY = "the tasks were changed by others all the time"


class OfReservation(NamedTuple):
    """The tasks of a reservation, and the hotel that wrote them."""

    reservation: ReservationId
    property_id: PropertyId
    tasks: Tasks


def of_reservations(reservations: Iterable[ReservationId]) -> dict[ReservationId, Tasks]:
    """Of those that have any; one batch read a hundred."""
    wanted = {keys_of.tasks(each): each for each in reservations}
    found = table.get_many(wanted) if wanted else {}
    kept = {wanted[key]: _read(item) for key, item in found.items()}
    return {reservation: tasks for reservation, tasks in kept.items() if not tasks.is_empty}


def change(line: Line, change: Callable[[Tasks], Tasks]) -> Tasks:
    """What is kept after a change, whoever writes beside it; nothing is written where it changes nothing. Raises what
    the change raises, TryAgain, and NotFound where whose the reservation is was erased meanwhile."""
    return until_written(partial(_changed, line, change), BUSY)


def _changed(line: Line, change: Callable[[Tasks], Tasks]) -> Tasks:
    head, item = store.head(line.leaf), table.get(keys_of.tasks(line.stay.reservation))
    if head is not None and head.erased:
        raise NotFound("There is no such guest.")
    before = _read(item) if item else NO_TASKS
    after = change(before)
    if after != before:
        rev = item["rev"] if item else None
        table.transact([
            table.Put(row(line, after, (rev or 0) + 1), table.unchanged_since(rev)),
            *(table.Put(tasked_row(each, line)) for each in sorted(after.leaves | {line.leaf})),
            table.Check(keys.head(line.leaf), NOT_ERASED, size=1024),
        ])  # fmt: skip
    return after


def row(line: Line, tasks: Tasks, rev: int) -> Item:
    stay = line.stay
    key, packed = keys_of.tasks(stay.reservation), tasks.packed()
    return table.row(key, rev=rev, tasks=packed, property_id=stay.property_id, expires_at=_ends(line))


def tasked_row(leaf: Leaf, line: Line) -> Item:
    """It lasts as long as what was written for the record: the reservation may be another's by now, and move."""
    return table.row(keys_of.tasked(leaf, line.stay.reservation), expires_at=_ends(line))


def _ends(line: Line) -> int:
    return int((datetime.combine(line.stay.departure, time(), UTC) + KEPT).timestamp())


def of_record(leaf: Leaf) -> list[OfReservation]:
    """What is kept of a record's reservations, and what was written while others were its."""
    own = {stay.reservation for stay in store.stays(leaf)}
    rows = _rows_of(leaf, own)
    found = [OfReservation(each, item["property_id"], _read(item)) for each, item in rows.items()]
    return [each if each.reservation in own else _of_leaf(each, leaf) for each in found]


def _of_leaf(found: OfReservation, leaf: Leaf) -> OfReservation:
    return found._replace(tasks=found.tasks.of_record(leaf))


def _rows_of(leaf: Leaf, own: Iterable[ReservationId]) -> Mapping[ReservationId, Item]:
    beside = (ReservationId(keys.last_part(table.key_of(item))) for item in _tasked(leaf))
    wanted = {keys_of.tasks(each): each for each in (*own, *beside)}
    return {wanted[key]: item for key, item in table.get_many(wanted).items()}


def _tasked(leaf: Leaf) -> Iterable[Item]:
    return table.query(keys.leaf(leaf), keys_of.TASKED)


def forget(leaf: Leaf) -> None:
    """All of the record's reservations, and of others what was written while they were its. Raises TryAgain."""
    own = {stay.reservation for stay in store.stays(leaf)}
    for reservation in _rows_of(leaf, own):
        gone = _nothing if reservation in own else partial(Tasks.without_record, leaf=leaf)
        until_written(partial(_take_out, reservation, gone), BUSY)
    for item in list(_tasked(leaf)):
        table.write(table.Delete(table.key_of(item)))


def _nothing(_: Tasks) -> Tasks:
    return NO_TASKS


def _take_out(reservation: ReservationId, gone: Callable[[Tasks], Tasks]) -> None:
    """The row stays, also where nothing is left in it: a revision that began anew would let pass what was read earlier,
    with what is taken out here."""
    item = table.get(keys_of.tasks(reservation))
    left = gone(_read(item)) if item else None
    if item and left and left != _read(item):
        after = {**item, "rev": item["rev"] + 1, "tasks": left.packed()}
        table.write(table.Put(after, table.unchanged_since(item["rev"])))


def _read(item: Item) -> Tasks:
    return Tasks.model_validate_json(item["tasks"])
