"""What a template may name, and what stands there for one guest."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.preferences import OFFERED
from chalicelib.guests.calendar import Calendar, Rooms
from chalicelib.guests.model import Traits
from chalicelib.guests.preferences import Preferences
from chalicelib.guests.stats import OF_THE_DAY, Days, Stats
from chalicelib.guests.traits import EXAMPLE, IN_TEMPLATES
from chalicelib.properties.model import Branding

OF_HOTEL = frozenset({"postal_address", "logo_url", "booking_url"})
"""What of its branding a template may name, as `hotel.logo_url`; what is not set may be given a default."""
DATES: Mapping[str, Callable[[Stats, Days], date | None]] = {
    "next_arrival": OF_THE_DAY["next_arrival"],
    "last_departure": lambda stats, _: stats.last_departure,
}
"""Dates of a guest that a template may name, as `guest.next_arrival`, for the filter `date`."""
GUEST = "guest."
PREFERENCES, FIELDS = "preferences", "fields"
"""Lists of words by kind, such as `guest.preferences.view`: a template asks whether one of them is in it."""
VARIABLES = frozenset(
    {
        *(f"{GUEST}{name}" for name in (*IN_TEMPLATES, *DATES)),
        *(f"{GUEST}{PREFERENCES}.{kind}" for kind in OFFERED),
        *(f"hotel.{name}" for name in OF_HOTEL),
        "postal_address",
        "unsubscribe_url",
    }
)
FIELD = re.compile(r"guest\.fields\.[a-z][a-z0-9_]{0,30}")
"""A field that the settings define; which there are, they may say otherwise when a mail goes out."""
SAMPLE = Branding(
    postal_address="Main Street 1",
    logo_url="https://hotel.example/logo.png",
    booking_url="https://hotel.example/book",
)
SAMPLE_URL = "https://hub.example.com/u/token"
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, direction overrides and lone surrogates: in a name they forge what the reader sees."""
APART = (
    (re.compile(r"\b(www)\W+", re.IGNORECASE), r"\1 "),
    (re.compile(r"(?<=[^\W_])(:)(?=\S)"), r"\1 "),  # a scheme: https://…, mailto:…
    (re.compile(r"(?<=\S)([.\u2024\u3002\uff0e\uff61])(?=[^\W_]{2})"), r"\1 "),  # a domain: J.R. stays as it is
    (re.compile(r"\s*([@\uff20\ufe6b])\s*"), r" \1 "),
    (re.compile(r"\+?\d(?:[\s().\-/]*\d){4,}"), " "),
)
"""What mail programs make links of, and what is put in its place."""
PRESENT = "@now"
"""The name of the present among the values: no template can name it, nor assign to it."""


@dataclass(frozen=True)
class Clock:
    """`now` is the time at the hotel in whose name a message goes out, `days` those at each stay's."""

    now: datetime
    days: Days


SAMPLE_CLOCK = Clock(datetime(2026, 1, 1, 12, tzinfo=UTC), Days(date(2026, 1, 1)))
PREFERRED = Preferences(**{kind: words[:1] for kind, words in OFFERED.items()})
SAMPLE_GUEST = EXAMPLE.with_preferences(PREFERRED).with_stats(
    Stats(
        last_departure=date(2025, 12, 1),
        arriving=Calendar(listed=(Rooms(date(2026, 2, 1), PropertyId("vienna")),)),
    )
)
"""A guest of whom all is known that a template may ask for."""


def values_of(traits: Traits, names: Branding, unsubscribe_url: str, clock: Clock) -> Mapping[str, Any]:
    known = {name: clean(str(getattr(traits, name) or "")) for name in IN_TEMPLATES}
    preferred = traits.preferences.by_kind if traits.preferences else {}
    lists = {PREFERENCES: {kind: list(preferred.get(kind, ())) for kind in OFFERED}, FIELDS: _fields(traits)}
    dates = {name: day.isoformat() for name, of in DATES.items() if (day := of(traits.stats, clock.days))}
    return {
        PRESENT: clock.now,
        "guest": {**{name: value for name, value in known.items() if value}, **dates, **lists},
        "hotel": names.model_dump(include=set(OF_HOTEL), exclude_none=True),
        "postal_address": names.postal_address or "",
        "unsubscribe_url": unsubscribe_url,
    }


def _fields(traits: Traits) -> Mapping[str, Any]:
    """A flag is true or false, all else text; of the guest of whom all is known something stands in every field."""
    if traits is SAMPLE_GUEST:
        return Anything()
    told = traits.fields or {}
    return {name: each if isinstance(each, bool) else clean(str(each)) for name, each in told.items()}


class Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "1"


def is_known(variable: str) -> bool:
    return variable in VARIABLES or FIELD.fullmatch(variable) is not None


def clean(name: str) -> str:
    """What a record says, as text that no mail program makes a link of: addresses and domains are taken apart by
    blanks, and numbers that could be dialled go."""
    text = UNSEEN.sub(" ", name)
    for pattern, instead in APART:
        text = pattern.sub(instead, text)
    return " ".join(text.split())
