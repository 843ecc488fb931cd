"""Who is in a segment: a part's guests are walked once, each looked at by nothing but what the head packs."""

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.canonical.ids import GuestId
from chalicelib.guests import store as guests
from chalicelib.guests.packed import Packed, traits_of_part
from chalicelib.guests.stats import Days
from chalicelib.guests.today import told
from chalicelib.segments.compiled import Untold, compiled
from chalicelib.segments.model import Rule
from chalicelib.segments.profiled import belongs


class LookedAt(NamedTuple):
    """One guest, and whether the rule holds."""

    guest: Packed
    is_in: bool


def looked_at(rule: Rule, days: Days, part: int, parts: int, position: str) -> Iterator[LookedAt]:
    """The guests of one of so many parts, behind a position."""
    match = compiled(rule, days)
    for guest in traits_of_part(part, parts, position):
        try:
            yield LookedAt(guest, match(guest.traits))
        except Untold:
            yield LookedAt(guest, _matches(rule, guest.id, days))


def _matches(rule: Rule, guest_id: GuestId, days: Days) -> bool:
    """Of one whose head lists too few of the days ahead: asked of all their stays."""
    guest = guests.guest(guest_id)
    return guest is not None and belongs(rule, told(guest, days).traits, days)
