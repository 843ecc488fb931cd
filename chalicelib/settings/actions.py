"""Change the settings."""

from chalicelib.aws import table
from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.properties import store as properties
from chalicelib.settings import rules, store
from chalicelib.settings.model import HubSettings


def save(asked: HubSettings) -> HubSettings:
    """Keep settings as the next version; the same again is the same version. Raises Invalid, Conflict."""
    before = store.get()
    version = before.version or 0
    if asked.numbered(version) == before:
        return before
    if asked.version not in {None, version}:
        raise Conflict("Somebody else changed the settings since you read them.")
    _check(before, asked)
    after = asked.numbered(version + 1)
    try:
        store.save(after, replaces=version)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed the settings just now.") from None
    return after


def _check(before: HubSettings, asked: HubSettings) -> None:
    missed = rules.brands_taken_away(before, asked, properties.by_id().values())
    if missed:
        raise Invalid(*(FieldError(f"brands.{brand}", f"is named by {hotel}") for brand, hotel in missed.items()))
