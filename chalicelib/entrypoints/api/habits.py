"""/v1/guests/{guest_id}/habits: how a guest stays, by the stays that were completed."""

from typing import Literal

from chalicelib.canonical.ids import GuestId, PropertyId
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of, stays_of
from chalicelib.guests import today
from chalicelib.guests.habits import habits_of
from chalicelib.segments.profiled import Why, why_unprofiled

Party = Literal["alone", "couple", "family", "group"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Frequent(Shown):
    """A word of the source, and in how many stays it stands."""

    value: str
    stays: int


class FrequentHotel(Shown):
    value: PropertyId
    stays: int


class FrequentParty(Shown):
    """A `family` has children with it; without, two are a `couple`, and more a `group`."""

    value: Party
    stays: int


class FrequentWeekday(Shown):
    value: Weekday
    stays: int


class HabitsShown(Shown):
    """What the completed stays tell that the key may see, of each the five most frequent. `lead_days` is the median of
    the days between booking and arrival, null where no source says when was booked. `discounted_percent` are stays with
    a promotion code. Nothing is told of who is `unprofiled`: they object to profiling, their data is restricted, or
    they are under age."""

    stays: int
    nights_per_stay: int | None
    lead_days: int | None
    discounted_percent: int | None
    properties: list[FrequentHotel]
    room_types: list[Frequent]
    channels: list[Frequent]
    market_segments: list[Frequent]
    companies: list[Frequent]
    parties: list[FrequentParty]
    arrival_weekdays: list[FrequentWeekday]
    unprofiled: Why | None


def get(ask: Ask, guest_id: GuestId) -> HabitsShown:
    """How a guest stays: favourite hotel and room, channels, party, weekdays, how long, and how long ahead."""
    sight = guest_of(ask.caller, guest_id)
    why = why_unprofiled(sight.whole.traits, today.days(moment_of(ask.now)))
    told = habits_of([] if why else [stays_of(sight.eyes, leaf) for leaf in sight.members])
    return HabitsShown.model_validate({**told._asdict(), "unprofiled": why}, from_attributes=True)
