"""What a leaf's stays, or a guest's, come to: as it is kept, and as it is on a day. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import local_date
from chalicelib.guests.calendar import Calendar, Rooms
from chalicelib.guests.kept import Amounts, Kept

UTC = "UTC"


@dataclass(frozen=True)
class Days:
    """Which day it is at one instant: at hotels where it is another day than `elsewhere`, and elsewhere."""

    elsewhere: date
    at: Mapping[PropertyId, date] = field(default_factory=dict)

    def of(self, hotel: PropertyId | None) -> date:
        return self.at.get(hotel, self.elsewhere) if hotel else self.elsewhere

    @cached_property
    def first(self) -> date:
        return min([self.elsewhere, *self.at.values()])

    @cached_property
    def last(self) -> date:
        return max([self.elsewhere, *self.at.values()])


def days_at(moment: datetime, zones: Mapping[PropertyId, str], own: PropertyId | None = None) -> Days:
    """The days at the hotels of these zones (IANA names), and elsewhere: that of the hotel that asks, or UTC's."""
    elsewhere = local_date(moment, zones.get(own, UTC) if own else UTC)
    days = {hotel: local_date(moment, zone) for hotel, zone in zones.items()}
    return Days(elsewhere, {hotel: day for hotel, day in days.items() if day != elsewhere})


class Totals(Kept):
    """Sums that are the same on every day. Amounts are minor units by currency."""

    stays: int = 0
    nights: int = 0
    room_revenue: Amounts = Field(default_factory=dict)
    other_revenue: Amounts = Field(default_factory=dict)
    reservations: int = 0
    cancelled: int = 0
    no_shows: int = 0
    first_arrival: date | None = None
    last_departure: date | None = None
    properties: tuple[PropertyId, ...] = ()


class Stats(Totals):
    """Sums over one leaf, or over a guest, as they are kept: what they come to on a day follows from the days in them.

    `arriving` are the rooms that are booked and not checked in by their arrivals, soonest first, `leaving` those that
    the guest is checked in to by their departures, latest first. Nobody may ever have closed them.
    """

    first_hotel: PropertyId | None = None
    """That of the first arrival; where there were several, the first by name."""
    last_hotel: PropertyId | None = None
    """That of the last departure; where there were several, the last by name."""
    arriving: Calendar = Calendar()
    leaving: Calendar = Calendar()

    @model_validator(mode="before")
    @classmethod
    def _read_earlier(cls, known: Any) -> Any:
        """Earlier versions kept one next arrival, without its hotel: of when it was, the stays tell."""
        if not isinstance(known, dict) or known.keys().isdisjoint(EARLIER):
            return known
        return {**known, **{name: UNKNOWN for was, name in EARLIER.items() if known.get(was)}}

    def with_calendars(self, arriving: Calendar, leaving: Calendar) -> "Stats":
        return self.model_copy(update={"arriving": arriving, "leaving": leaving})


EARLIER = {"next_arrival": "arriving", "in_house": "leaving"}
UNKNOWN = Calendar(rooms=1)


class GuestState(StrEnum):
    """Where somebody stands with the hotels. Who has another stay ahead is no prospect, and has not lapsed."""

    PROSPECT = "prospect"
    EXPECTED = "expected"
    IN_HOUSE = "in_house"
    STAYED = "stayed"
    LAPSED = "lapsed"


LAPSED_DAYS = 730
"""Days after the last departure; two years."""


class DayStats(Totals):
    """What the sums come to on a day, at each stay's hotel."""

    state: GuestState = GuestState.PROSPECT
    nights_per_stay: int = 0
    next_arrival: date | None = None
    in_house: bool = False
    upcoming_bookings: int = 0
    upcoming_nights: int = 0


def on(stats: Stats, days: Days) -> DayStats:
    told = {name: answer(stats, days) for name, answer in OF_THE_DAY.items()}
    return DayStats(**{name: getattr(stats, name) for name in Totals.model_fields}, **told)


def tells(stats: Stats, days: Days) -> bool:
    """Whether what is kept says what the sums come to on a day. Where it lists less than there is, and its last listed
    day is past, the stays say it."""
    ahead, house = stats.arriving, stats.leaving
    is_ahead = not ahead.rooms or bool(ahead.listed and ahead.listed[-1].day >= days.last)
    is_house = not house.rooms or bool(house.listed and house.listed[-1].day < days.first)
    return is_ahead and (is_house or _in_house(stats, days))


def _upcoming(stats: Stats, days: Days) -> list[Rooms]:
    return [each for each in stats.arriving.listed if each.day >= days.of(each.at)]


def _next(stats: Stats, days: Days) -> Rooms | None:
    return next(iter(_upcoming(stats, days)), None)


def _next_arrival(stats: Stats, days: Days) -> date | None:
    found = _next(stats, days)
    return found.day if found else None


def _in_house(stats: Stats, days: Days) -> bool:
    return any(each.day >= days.of(each.at) for each in stats.leaving.listed)


def _bookings(stats: Stats, days: Days) -> int:
    return sum(each.rooms for each in _upcoming(stats, days)) + stats.arriving.rooms


def _nights(stats: Stats, days: Days) -> int:
    return sum(each.nights for each in _upcoming(stats, days)) + stats.arriving.nights


def _state(stats: Stats, days: Days) -> GuestState:
    """A booking that nobody closed since it should have begun is none."""
    if _in_house(stats, days):
        return GuestState.IN_HOUSE
    if not stats.stays or stats.last_departure is None:
        return GuestState.EXPECTED if _bookings(stats, days) else GuestState.PROSPECT
    since = (days.of(stats.last_hotel) - stats.last_departure).days
    is_lapsed = since > LAPSED_DAYS and not _bookings(stats, days)
    return GuestState.LAPSED if is_lapsed else GuestState.STAYED


def rounded(amount: int, parts: int) -> int | None:
    """What one of so many parts is, to the nearest whole number; None of no parts."""
    return (2 * amount + parts) // (2 * parts) if parts else None


def _nights_per_stay(stats: Stats, _days: Days) -> int:
    """The average, to the nearest whole night."""
    return rounded(stats.nights, stats.stays) or 0


def _next_hotel(stats: Stats, days: Days) -> PropertyId | None:
    found = _next(stats, days)
    return found.at if found else None


OF_THE_DAY: Mapping[str, Callable[[Stats, Days], Any]] = {
    "state": _state,
    "nights_per_stay": _nights_per_stay,
    "next_arrival": _next_arrival,
    "in_house": _in_house,
    "upcoming_bookings": _bookings,
    "upcoming_nights": _nights,
}
"""What depends on the day, or is computed where it is asked for, by name."""
HOTELS: Mapping[str, Callable[[Stats, Days], PropertyId | None]] = {
    "next_arrival": _next_hotel,
    "first_arrival": lambda stats, _: stats.first_hotel,
    "last_departure": lambda stats, _: stats.last_hotel,
}
"""At which hotel a date is, by its name: there, days since and until it are counted."""
CALENDARS = frozenset({"arriving", "leaving", *EARLIER})
"""What must be known for it, of what is kept."""
NEEDED: Mapping[str, frozenset[str]] = {
    "state": CALENDARS | {"stays", "last_departure", "last_hotel"},
    "nights_per_stay": frozenset({"stays", "nights"}),
}
"""And for those that rest on more, or on other things."""
