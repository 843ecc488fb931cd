"""Rooms by day and hotel: the few days that come first, and how many rooms lie behind them. Pure.

The same rooms make the same calendar in whatever order they came, and what is behind the listed days costs no more than
its number: a tour leader's three hundred bookings are as large as six.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chalicelib.canonical.ids import PropertyId
from chalicelib.guests.kept import Kept

Place = tuple[int, PropertyId]
"""Of a day and a hotel in an order."""


class Rooms(NamedTuple):
    """So many rooms of one hotel that begin, or end, on one day; and the nights of all of them."""

    day: date
    at: PropertyId
    rooms: int = 1
    nights: int = 0


class Calendar(Kept):
    """`listed` are those that come first; `rooms` and `nights` are what lies behind the last of them. Rooms behind
    nothing that is listed are of unknown days."""

    listed: tuple[Rooms, ...] = ()
    rooms: int = 0
    nights: int = 0


NOTHING = Calendar()


@dataclass(frozen=True)
class Order:
    """Which days come first, and how many are listed at most."""

    most: int
    sign: int = 1

    def place(self, rooms: Rooms) -> Place:
        return self.sign * rooms.day.toordinal(), rooms.at


SOONEST, LATEST = Order(most=6), Order(most=3, sign=-1)
EVERY_SOONEST, EVERY_LATEST = Order(most=1_000_000), Order(most=1_000_000, sign=-1)


def calendar_of(rooms: Iterable[Rooms], order: Order) -> Calendar:
    return _cut(_sum(rooms, order), order)


def together(parts: Iterable[Calendar], order: Order) -> Calendar:
    """One of several: nothing is listed that lies behind what one of them lists of many."""
    known = list(parts)
    rooms = _sum((each for part in known for each in part.listed), order)
    ends = [order.place(part.listed[-1]) if part.listed else None for part in known if part.rooms]
    sure = [each for each in rooms if all(end is not None and order.place(each) <= end for end in ends)]
    behind = [Rooms(date.min, PropertyId(""), part.rooms, part.nights) for part in known]
    return _cut(sure, order, [*rooms[len(sure) :], *behind])


def moved(before: Calendar, gone: Iterable[Rooms], come: Iterable[Rooms], order: Order) -> Calendar | None:
    """After some rooms went and others came; None where what lies behind the listed days must be looked at again."""
    last = order.place(before.listed[-1]) if before.rooms and before.listed else None
    less = [each._replace(rooms=-each.rooms, nights=-each.nights) for each in gone]
    changed = [*less, *come]
    near = [each for each in changed if last is None or order.place(each) <= last]
    far = [each for each in changed if last is not None and order.place(each) > last]
    rest = Rooms(date.min, PropertyId(""), before.rooms, before.nights)
    after = _cut(_sum([*before.listed, *near], order), order, [rest, *far])
    return None if after.rooms and len(after.listed) < order.most else after


def _sum(rooms: Iterable[Rooms], order: Order) -> list[Rooms]:
    """One entry for each day and hotel, in order."""
    sums: dict[Place, Rooms] = {}
    for each in rooms:
        place = order.place(each)
        known = sums.get(place)
        more = each._replace(rooms=each.rooms + known.rooms, nights=each.nights + known.nights) if known else each
        sums[place] = more
    return [sums[place] for place in sorted(sums) if sums[place].rooms]


def _cut(rooms: list[Rooms], order: Order, behind: Iterable[Rooms] = ()) -> Calendar:
    rest = [*rooms[order.most :], *behind]
    return Calendar(
        listed=tuple(rooms[: order.most]),
        rooms=sum(each.rooms for each in rest),
        nights=sum(each.nights for each in rest),
    )
