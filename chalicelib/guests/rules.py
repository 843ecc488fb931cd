"""Which reservations are stays of a person, what they add up to, and which source's word wins on the profile."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalicelib.canonical.snapshots import Status
from chalicelib.guests.model import Amounts, Head, Stats, Stay, Traits

UPCOMING = {Status.PENDING, Status.CONFIRMED}


def is_arrival(stay: Stay) -> bool:
    """Whether a board of arrivals shows it: until the guest has left, so that it also tells who is in house."""
    return stay.status in UPCOMING or stay.status is Status.IN_HOUSE


def is_departure(stay: Stay) -> bool:
    """Whether a board of departures shows it: also who has left already."""
    return is_arrival(stay) or stay.status is Status.CHECKED_OUT


def own_stays(stays: Iterable[Stay]) -> list[Stay]:
    """The completed stays that are the person's own, in time order.

    Rooms under one booker's address that overlap at one property are unnamed occupants' rooms, but for the first: a
    person sleeps in one bed. Decided from all of the leaf's stays, so that no order of notices changes it.
    """
    own: list[Stay] = []
    taken_until: dict[str, date] = {}
    for stay in sorted(stays, key=lambda each: (each.arrival, each.departure, each.source_id, each.reservation)):
        is_taken = stay.nights > 0 and taken_until.get(stay.property_id, stay.arrival) > stay.arrival
        if stay.status is not Status.CHECKED_OUT or is_taken:
            continue
        own.append(stay)
        if stay.nights > 0:  # day use touches a night and never overlaps it
            taken_until[stay.property_id] = stay.departure
    return own


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


def stats_of(stays: Sequence[Stay]) -> Stats:
    """Sum one leaf's reservations."""
    own = own_stays(stays)
    upcoming = [stay.arrival for stay in stays if stay.status in UPCOMING]
    return Stats(
        stays=count_stays(own),
        nights=sum(stay.nights for stay in own),
        room_revenue=_by_currency((stay.currency, stay.room_revenue_minor) for stay in own),
        other_revenue=_by_currency((stay.currency, stay.other_revenue_minor) for stay in own),
        reservations=len(stays),
        cancelled=sum(stay.status is Status.CANCELLED for stay in stays),
        no_shows=sum(stay.status is Status.NO_SHOW for stay in stays),
        first_arrival=min((stay.arrival for stay in own), default=None),
        last_departure=max((stay.departure for stay in own), default=None),
        next_arrival=min(upcoming, default=None),
        in_house=any(stay.status is Status.IN_HOUSE for stay in stays),
        properties=tuple(sorted({stay.property_id for stay in stays})),
    )


def _by_currency(amounts: Iterable[tuple[str | None, int]]) -> Amounts:
    sums: Amounts = {}
    for currency, amount in amounts:
        if currency and amount:
            sums[currency] = sums.get(currency, 0) + amount
    return sums


def add_stats(parts: Sequence[Stats]) -> Stats:
    """Sum leaves into a guest."""
    if len(parts) == 1:
        return parts[0]
    return Stats(
        stays=sum(part.stays for part in parts),
        nights=sum(part.nights for part in parts),
        room_revenue=_by_currency(pair for part in parts for pair in part.room_revenue.items()),
        other_revenue=_by_currency(pair for part in parts for pair in part.other_revenue.items()),
        reservations=sum(part.reservations for part in parts),
        cancelled=sum(part.cancelled for part in parts),
        no_shows=sum(part.no_shows for part in parts),
        first_arrival=min((part.first_arrival for part in parts if part.first_arrival), default=None),
        last_departure=max((part.last_departure for part in parts if part.last_departure), default=None),
        next_arrival=min((part.next_arrival for part in parts if part.next_arrival), default=None),
        in_house=any(part.in_house for part in parts),
        properties=tuple(sorted({place for part in parts for place in part.properties})),
    )


PROFILE = (
    "salutation",
    "given_name",
    "family_name",
    "generation",
    "phone",
    "language",
    "country",
    "address",
    "birth_date",
    "special_dates",
    "age_category",
)
"""What the profile takes over from the records as it is."""


def with_sums(traits: Traits | None, leaves: Sequence[Head]) -> Traits:
    """The profile where only stays changed: what the records say of the person stands."""
    return (traits or Traits()).model_copy(update={"stats": add_stats([leaf.stats for leaf in leaves])})


def project(leaves: Sequence[Head]) -> Traits:
    """The profile of a guest: for each field the newest record that has it, and sums over all leaves.

    A record that its source merged into another says nothing where another does.
    """
    records = [(leaf.record, leaf) for leaf in leaves if leaf.record]
    records.sort(key=lambda each: (each[0].merged_into is None, each[1].record_version, each[1].leaf))
    known: dict[str, Any] = {}
    for record, _ in records:
        known |= {name: value for name in PROFILE if (value := getattr(record, name))}
        if record.email_kind == "own":  # relay, shared and placeholder addresses are never mailed as the guest's own
            known["email"] = record.email
        if record.member_number:
            known["member"] = True
    return Traits(**known, stats=add_stats([leaf.stats for leaf in leaves]))
