"""Change the settings, and tell what follows from them."""

from collections.abc import Iterable

from chalicelib.aws import table
from chalicelib.canonical.definitions import NOBODYS, Hand, refuse_stale
from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.time import now
from chalicelib.jobs import store as jobs
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property
from chalicelib.settings import offices_changed, rules, store
from chalicelib.settings.model import HubSettings
from chalicelib.settings.rules import Controllers

LEAST_MONTHS = 12
"""Who comes once a year is a guest who comes back."""


def save(asked: HubSettings, hand: Hand = NOBODYS) -> HubSettings:
    """Keep settings as the next version; the same again is the same version. Raises Invalid, Conflict."""
    before = store.get()
    version = before.version or 0
    if asked.numbered(version) == before:
        return before
    _refuse_stale(asked, hand)
    hotels = properties.by_id().values()
    _check(before, asked, hotels)
    after = asked.numbered(version + 1)
    store.note(rules.successions_of_settings(before, after, hotels))
    follows = offices_changed.job_of(before, after, now())
    try:
        store.save(after, replaces=version, hand=hand, beside=jobs.kept(follows) if follows else ())
    except table.ConditionFailed:
        raise Conflict("Somebody else changed the settings just now.") from None
    return after


def _refuse_stale(asked: HubSettings, hand: Hand) -> None:
    """By the version in the body, and by the one that was said to be seen."""
    for seen in (asked.version, hand.seen):
        if seen is not None:
            refuse_stale("the settings", Hand(seen=seen), store.changed())


def _check(before: HubSettings, asked: HubSettings, hotels: Iterable[Property]) -> None:
    if asked.retention_erases and (asked.retention_months or 0) < LEAST_MONTHS:
        raise Invalid(FieldError("retention_months", f"is {LEAST_MONTHS} at least where guests are erased by it"))
    missed = rules.brands_taken_away(before, asked, hotels)
    if missed:
        raise Invalid(
            *(FieldError(f"brands.{brand}", f"is named by {hotel}", "brands.?") for brand, hotel in missed.items())
        )


def controllers() -> Controllers:
    """Who answers at each hotel, as of now."""
    hotels = properties.by_id().values()
    settings, successions = store.with_successions()  # behind the hotels: whom they succeed was written before
    return rules.controllers(settings, hotels, successions)
