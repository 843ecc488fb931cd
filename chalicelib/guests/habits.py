"""How somebody stays, of the stays that were completed: told from the stays themselves, where it is asked for. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median_low
from typing import NamedTuple

from chalicelib.guests.model import Stay
from chalicelib.guests.rules import count_stays, own_stays
from chalicelib.guests.stats import rounded

MOST_NAMED = 5
"""Of one kind, the most frequent first."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Counted(NamedTuple):
    value: str
    stays: int


class Habits(NamedTuple):
    """`lead_days` is the median of the days between booking and arrival, None where no source said when was booked;
    `discounted_percent` are the stays with a promotion code, of all of them; None where there is none."""

    stays: int
    nights_per_stay: int | None
    lead_days: int | None
    discounted_percent: int | None
    properties: tuple[Counted, ...]
    room_types: tuple[Counted, ...]
    channels: tuple[Counted, ...]
    market_segments: tuple[Counted, ...]
    companies: tuple[Counted, ...]
    parties: tuple[Counted, ...]
    arrival_weekdays: tuple[Counted, ...]


def habits_of(by_record: Iterable[Sequence[Stay]]) -> Habits:
    """Of the reservations of each of a guest's records: rooms of one booking and unnamed occupants' rooms are told
    apart there."""
    own_by_record = [own_stays(stays) for stays in by_record]
    own, number = [stay for stays in own_by_record for stay in stays], sum(map(count_stays, own_by_record))
    ahead = [(stay.arrival - stay.booked_on).days for stay in own if stay.booked_on and stay.booked_on <= stay.arrival]
    return Habits(
        stays=number,
        nights_per_stay=rounded(sum(stay.nights for stay in own), number),
        lead_days=median_low(ahead) if ahead else None,
        discounted_percent=rounded(100 * sum(stay.promotion_code is not None for stay in own), len(own)),
        properties=_counted(own, lambda stay: stay.property_id),
        room_types=_counted(own, lambda stay: stay.room_type),
        channels=_counted(own, lambda stay: stay.channel),
        market_segments=_counted(own, lambda stay: stay.market_segment),
        companies=_counted(own, lambda stay: stay.company_id),
        parties=_counted(own, party_of),
        arrival_weekdays=_counted(own, lambda stay: WEEKDAYS[stay.arrival.weekday()], len(WEEKDAYS)),
    )


def party_of(stay: Stay) -> str | None:
    """Who travels together, as far as the source counts them."""
    if stay.children:
        return "family"
    return {None: None, 0: None, 1: "alone", 2: "couple"}.get(stay.adults, "group")


def _counted(own: Iterable[Stay], of: Callable[[Stay], str | None], most: int = MOST_NAMED) -> tuple[Counted, ...]:
    """Of equals the first by name."""
    found = Counter(str(value) for stay in own if (value := of(stay)))
    return tuple(Counted(*each) for each in sorted(found.items(), key=lambda each: (-each[1], each[0]))[:most])
