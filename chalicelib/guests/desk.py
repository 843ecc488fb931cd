"""The boards as the front desk reads them: the lines from the index, and each as the table has it at this moment."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests import board
from chalicelib.guests.board import LONG_NIGHTS, BoardLine
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import is_arrival, is_departure
from chalicelib.guests.store import read_stay, stays_of_reservations

LONG = "long"
"""Sorts behind every date."""


class Line(NamedTuple):
    """A reservation, the record that it lies with, and where the board goes on behind it."""

    leaf: Leaf
    stay: Stay
    position: str


class Portion(NamedTuple):
    """One partition of an index, by a name of which the order is the board's."""

    name: str
    lines: Callable[[str | None, int], Iterator[BoardLine]]


def arrivals(property_id: PropertyId, day: date, after: str | None, at_once: int) -> Iterator[Line]:
    """Who is expected or came on that date and has not left; at most `at_once` are read together."""
    portions = [_arriving(property_id, day), _long(property_id)]
    return _read(portions, after, at_once, lambda stay: stay.arrival == day and is_arrival(stay.status))


def arriving(property_id: PropertyId, first: date, days: int, after: str | None, at_once: int) -> Iterator[Line]:
    """The arrivals of so many days from the first on, in the order of the days, the long stays last."""
    wanted = frozenset(first + timedelta(days=each) for each in range(days) if first <= date.max - timedelta(days=each))
    portions = [*(_arriving(property_id, day) for day in sorted(wanted)), _long(property_id)]
    return _read(portions, after, at_once, lambda stay: stay.arrival in wanted and is_arrival(stay.status))


def of_reservation(reservation: ReservationId) -> Line | None:
    """Two batch reads."""
    found = stays_of_reservations([reservation]).get(reservation)
    return Line(*found, position=reservation) if found else None


def departures(property_id: PropertyId, day: date, after: str | None, at_once: int) -> Iterator[Line]:
    """Who leaves or left on that date."""
    portion = Portion(
        day.isoformat(), lambda after, most: board.departures(property_id, day, after=after, at_once=most)
    )
    return _read([portion], after, at_once, lambda stay: stay.departure == day and is_departure(stay.status))


def in_house(property_id: PropertyId, today: date, after: str | None, at_once: int) -> Iterator[Line]:
    """Who checked in and has not left, by arrival, the long stays last; some are checked in on the evening before."""
    days = [today + timedelta(days=each) for each in range(-LONG_NIGHTS, 2)]
    portions = [*(_arriving(property_id, day) for day in days), _long(property_id)]
    return _read(portions, after, at_once, lambda stay: stay.status is Status.IN_HOUSE)


def _arriving(property_id: PropertyId, day: date) -> Portion:
    return Portion(day.isoformat(), lambda after, most: board.arrivals(property_id, day, after=after, at_once=most))


def _long(property_id: PropertyId) -> Portion:
    return Portion(LONG, lambda after, most: board.long_stays(property_id, after=after, at_once=most))


def _read(
    portions: Iterable[Portion], after: str | None, at_once: int, belongs: Callable[[BoardLine | Stay], bool]
) -> Iterator[Line]:
    name, _, reservation = (after or "").partition("#")
    for portion in portions:
        if portion.name >= name:
            lines = portion.lines(reservation if portion.name == name else None, at_once)
            yield from _as_they_are(portion.name, lines, at_once, belongs)


def _as_they_are(
    name: str, lines: Iterator[BoardLine], at_once: int, belongs: Callable[[BoardLine | Stay], bool]
) -> Iterator[Line]:
    """An index follows its table: whoever was cancelled or moved since is left out. A batch read for each portion."""
    while some := list(islice(lines, at_once)):
        wanted = {each: keys.stay(each.leaf, each.lies_in, each.reservation) for each in some if belongs(each)}
        found = table.get_many(wanted.values()) if wanted else {}
        for line, key in wanted.items():
            if key in found and belongs(stay := read_stay(found[key])):
                yield Line(line.leaf, stay, f"{name}#{line.reservation}")
