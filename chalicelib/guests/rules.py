"""Which reservations are stays of a person, what they add up to, and which source's word wins on the profile."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from chalicelib.canonical.ids import PropertyId, Scope
from chalicelib.canonical.snapshots import Status
from chalicelib.connections.model import API
from chalicelib.guests.calendar import EVERY_LATEST, EVERY_SOONEST, LATEST, SOONEST, Order, Rooms, calendar_of, together
from chalicelib.guests.enrolments import is_member
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Head, Stay, Traits
from chalicelib.guests.stats import Stats
from chalicelib.guests.traits import COMPUTED, FROM_RECORDS

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
    return (traits or Traits()).with_stats(_sums(leaves))


def project(leaves: Sequence[Head], own: Collection[Scope] = ()) -> Traits:
    """The profile of a guest: of each field the newest record's that has it, and what is computed from all leaves.

    What a hotel claims fills in what the group's word leaves open, and overrides none of it; nor does it override what
    a hotel says that knew the guest before, but for those whose profile it is: their `own` claims are as any record.
    A record that its source merged into another says nothing where another does.
    """
    told = sorted((leaf for leaf in leaves if leaf.record), key=_standing)
    known: dict[str, Any] = {}
    for leaf in _best_word_last(told, frozenset(own)):
        known |= {name: value for name in FROM_RECORDS if (value := getattr(leaf.record, name))}
    known |= {name: COMPUTATIONS[by](told) for name, by in COMPUTED.items()}
    return Traits(**known)


def _best_word_last(told: Sequence[Head], own: AbstractSet[Scope]) -> list[Head]:
    """Of each hotel, and of the group, in the order given."""
    claims = [head for head in told if claimed_by(head) not in {None, *own}]
    if not claims:
        return [*told]
    since = _since(told)
    ordered = sorted(claims, key=lambda head: _known_from(head, since), reverse=True)
    return [*ordered, *(head for head in told if head not in claims)]


def claimed_by(record: Head) -> PropertyId | None:
    """The hotel that alone says so; None of the group's word."""
    return record.record.hotel if record.record else None


def _since(records: Iterable[Head]) -> Mapping[PropertyId, int]:
    """From when each hotel knows a guest who has these records."""
    since: dict[PropertyId, int] = {}
    for head in records:
        for hotel in head.seen_at:
            since[hotel] = min(head.since or 0, since.get(hotel, head.since or 0))
    return since


def _known_from(head: Head, since: Mapping[PropertyId, int]) -> tuple[int, str]:
    """Of a record, from when its hotels know the guest: the first of them."""
    return min(((since[each], each) for each in head.seen_at), default=(0, ""))


def first_known(records: Iterable[Head]) -> list[Head]:
    """Records in the order in which they count where none is to count for being new: the group's own, then what its
    other sources say, then what hotels claim; of either in the order in which the hotels knew the guest, and of one
    hotel the newest. What was merged away comes last of the group's word, and of the claims."""
    newest = newest_first(records)
    since = _since(newest)

    def rank(head: Head) -> tuple[bool, bool, bool, tuple[int, str]]:
        own = is_of_group(head)
        known = (0, "") if own else _known_from(head, since)
        return claimed_by(head) is not None, not _standing(head)[0], not own, known

    return sorted(newest, key=rank)


def known_to_the_group(records: Iterable[Head]) -> list[Head]:
    """By which of a guest's records the group knows the guest, the best word first: by its word alone, and where it has
    none, by what that hotel claims which knew the guest first."""
    ordered = first_known(records)
    hotel = claimed_by(ordered[0]) if ordered else None
    return [head for head in ordered if claimed_by(head) == hotel]


def newest_first(records: Iterable[Head]) -> list[Head]:
    """Those that say anything; what was merged away comes last."""
    return sorted((head for head in records if head.record), key=_standing, reverse=True)


def is_of_group(record: Head) -> bool:
    """Whether it is the group's own word: of a key for all hotels, or of a source of the group's that names none."""
    said = record.record
    return not (said and said.hotel) and (not record.seen_at or (said is not None and said.source == API))


def hotels_of(record: Head) -> frozenset[PropertyId]:
    """Those that may say that a record is theirs: it was named at one of them, or stayed there."""
    return frozenset((*record.seen_at, *record.stats.properties))


def first_hotel(record: Head) -> PropertyId:
    """Of its hotels that which comes first by its id; "" where it has none."""
    return min(hotels_of(record), default=PropertyId(""))


def _standing(leaf: Head) -> tuple[bool, str, str]:
    """When a record was read is no news of it: of two profiles, each read now and then, neither is the newer for it."""
    is_merged = leaf.record is not None and leaf.record.merged_into is not None
    return not is_merged, leaf.version.mark if leaf.version else "", leaf.leaf


def _own_email(told: Sequence[Head]) -> str | None:
    """Relay, shared and placeholder addresses are never mailed as the guest's own. The one that stood first counts."""
    return next(own_emails(first_known(told)), None)


def own_emails(records: Iterable[Head]) -> Iterator[str]:
    """In the order of the records."""
    told = (head.record for head in records if head.record)
    return (record.email for record in told if record.email and record.email_kind == "own")


def _is_member(told: Sequence[Head]) -> bool:
    return any(map(makes_member, told))


def makes_member(head: Head) -> bool:
    """Who became nobody is no member."""
    record = head.record
    if record is None or record.nobody:
        return False
    return is_member(head.enrolments, head.enrolled_in, has_number=bool(record.member_number))


def _sums(leaves: Sequence[Head]) -> Stats:
    return add_stats([leaf.stats for leaf in sorted(leaves, key=lambda leaf: leaf.leaf)])


COMPUTATIONS: Mapping[str, Callable[[Sequence[Head]], Any]] = {
    "own_email": _own_email,
    "membership": _is_member,
    "sums": _sums,
}
"""From the leaves of a guest that have a record, the best word last."""
