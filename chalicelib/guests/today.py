"""Guests as of a day: what a head does not list is read from the stays, of the few guests of whom it matters."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.canonical.ids import PropertyId
from chalicelib.guests import rules, store
from chalicelib.guests.model import Guest
from chalicelib.guests.rules import WHOLE
from chalicelib.guests.stats import Days, days_at, tells
from chalicelib.properties import store as properties


def days(moment: datetime, own: PropertyId | None = None) -> Days:
    """Which day it is at each hotel; elsewhere it is that of `own`, or UTC's."""
    return days_at(moment, zones(), own)


def zones() -> Mapping[PropertyId, str]:
    """Of all hotels."""
    return {each.id: each.time_zone for each in properties.by_id().values()}


def told(guest: Guest, on: Days) -> Guest:
    """With all days that lie ahead, where the head lists too few to tell what is so on these; one query a record."""
    stats = guest.traits.stats
    if tells(stats, on):
        return guest
    whole = rules.add_stats([rules.stats_of(store.stays(leaf), WHOLE) for leaf in guest.members], WHOLE)
    return guest.with_stats(stats.with_calendars(whole.arriving, whole.leaving))
