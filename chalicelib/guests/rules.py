"""Which reservations are stays of a person, what they add up to, and which source's word wins on the profile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests.calendar import EVERY_LATEST, EVERY_SOONEST, LATEST, SOONEST, Order, Rooms, calendar_of, together
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Head, Stay, Traits
from chalicelib.guests.stats import Stats

UPCOMING = {Status.PENDING, Status.CONFIRMED}


def is_arrival(status: Status) -> bool:
    """Whether a board of arrivals shows it: until the guest has left, so that it also tells who is in house."""
    return status in UPCOMING or status is Status.IN_HOUSE


def is_departure(status: Status) -> bool:
    """Whether a board of departures shows it: also who has left already."""
    return is_arrival(status) or status is Status.CHECKED_OUT


def own_stays(stays: Iterable[Stay]) -> list[Stay]:
    """The completed stays that are the person's own, in time order.

    Rooms under one booker's address that overlap at one property are unnamed occupants' rooms, but for the first: a
    person sleeps in one bed. Decided from all of the leaf's stays, so that no order of notices changes it.
    """
    own: list[Stay] = []
    taken_until: dict[str, date] = {}
    for stay in in_time_order(stays):
        is_taken = stay.nights > 0 and taken_until.get(stay.property_id, stay.arrival) > stay.arrival
        if stay.status is not Status.CHECKED_OUT or is_taken:
            continue
        own.append(stay)
        if stay.nights > 0:  # day use touches a night and never overlaps it
            taken_until[stay.property_id] = stay.departure
    return own


def in_time_order(stays: Iterable[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda each: (each.arrival, each.departure, each.source_id, each.reservation))


def count_stays(own: Sequence[Stay]) -> int:
    """Own stays that touch at one property are one stay: count the chains that shared dates make."""
    before: dict[tuple[str, date], tuple[str, date]] = {}

    def first_of(end: tuple[str, date]) -> tuple[str, date]:
        while before.setdefault(end, end) != end:
            end = before[end]
        return end

    for stay in own:
        before[first_of((stay.property_id, stay.departure))] = first_of((stay.property_id, stay.arrival))
    return len({first_of((stay.property_id, stay.arrival)) for stay in own})


@dataclass(frozen=True)
class Listing:
    """How much of the days to come is listed."""

    arriving: Order
    leaving: Order


KEPT = Listing(SOONEST, LATEST)
WHOLE = Listing(EVERY_SOONEST, EVERY_LATEST)


def stats_of(stays: Sequence[Stay], listing: Listing = KEPT) -> Stats:
    """Sum one leaf's reservations."""
    own = own_stays(stays)
    first, last = first_of(own), last_of(own)
    return Stats(
        stays=count_stays(own),
        nights=sum(stay.nights for stay in own),
        room_revenue=by_currency(pair for stay in own for pair in stay.room_revenue.items()),
        other_revenue=by_currency(pair for stay in own for pair in stay.other_revenue.items()),
        reservations=len(stays),
        cancelled=sum(stay.status is Status.CANCELLED for stay in stays),
        no_shows=sum(stay.status is Status.NO_SHOW for stay in stays),
        first_arrival=first.day if first else None,
        first_hotel=(first.at or None) if first else None,
        last_departure=last.day if last else None,
        last_hotel=(last.at or None) if last else None,
        arriving=calendar_of(arriving(stays), listing.arriving),
        leaving=calendar_of(leaving(stays), listing.leaving),
        properties=tuple(sorted({stay.property_id for stay in stays})),
    )


def arriving(stays: Iterable[Stay]) -> list[Rooms]:
    """Those that are booked and that nobody checked in to."""
    return [Rooms(each.arrival, each.property_id, 1, each.nights) for each in stays if each.status in UPCOMING]


def leaving(stays: Iterable[Stay]) -> list[Rooms]:
    """Those that are checked in to, by their departures."""
    return [Rooms(each.departure, each.property_id) for each in stays if each.status is Status.IN_HOUSE]


class Day(NamedTuple):
    """Of an arrival or a departure, and its hotel."""

    day: date
    at: PropertyId


def first_of(own: Iterable[Stay]) -> Day | None:
    return min((Day(stay.arrival, stay.property_id) for stay in own), default=None)


def last_of(own: Iterable[Stay]) -> Day | None:
    return max((Day(stay.departure, stay.property_id) for stay in own), default=None)


def by_currency(amounts: Iterable[tuple[str, int]]) -> Amounts:
    """Without currencies that come to nothing, in the order of their names."""
    sums: Amounts = {}
    for currency, amount in amounts:
        if amount:
            sums[currency] = sums.get(currency, 0) + amount
    return {currency: sums[currency] for currency in sorted(sums) if sums[currency]}


def add_stats(parts: Sequence[Stats], listing: Listing = KEPT) -> Stats:
    """Sum leaves into a guest."""
    if len(parts) == 1:
        return parts[0]
    first = min(
        (Day(each.first_arrival, _hotel(each.first_hotel)) for each in parts if each.first_arrival), default=None
    )
    last = max(
        (Day(each.last_departure, _hotel(each.last_hotel)) for each in parts if each.last_departure), default=None
    )
    return Stats(
        stays=sum(part.stays for part in parts),
        nights=sum(part.nights for part in parts),
        room_revenue=by_currency(pair for part in parts for pair in part.room_revenue.items()),
        other_revenue=by_currency(pair for part in parts for pair in part.other_revenue.items()),
        reservations=sum(part.reservations for part in parts),
        cancelled=sum(part.cancelled for part in parts),
        no_shows=sum(part.no_shows for part in parts),
        first_arrival=first.day if first else None,
        first_hotel=(first.at or None) if first else None,
        last_departure=last.day if last else None,
        last_hotel=(last.at or None) if last else None,
        arriving=together((part.arriving for part in parts), listing.arriving),
        leaving=together((part.leaving for part in parts), listing.leaving),
        properties=tuple(sorted({place for part in parts for place in part.properties})),
    )


def _hotel(known: PropertyId | None) -> PropertyId:
    """Earlier versions did not keep it."""
    return known or PropertyId("")


def with_sums(traits: Traits | None, leaves: Sequence[Head]) -> Traits:
    """The profile where only stays changed: what the records say of the person stands."""
    return (traits or Traits()).with_stats(sums_of_leaves(leaves))


def sums_of_leaves(leaves: Sequence[Head]) -> Stats:
    return add_stats([leaf.stats for leaf in sorted(leaves, key=lambda leaf: leaf.leaf)])
