"""Change what the channels keep, and what other currencies are worth."""

from collections.abc import Iterator

from chalicelib.canonical.definitions import NOBODYS, Hand
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.properties import store as properties
from chalicelib.settings import spend_store
from chalicelib.settings.spend import SpendSettings


def save(asked: SpendSettings, hand: Hand = NOBODYS) -> SpendSettings:
    """Keep them as the next version; the same again is the same version. Raises Invalid, Conflict, TooLarge."""
    found = [*asked.faults(), *_strange_hotels(asked)]
    if found:
        raise Invalid(*found)
    return spend_store.save(asked, hand)


def _strange_hotels(asked: SpendSettings) -> Iterator[FieldError]:
    known = properties.by_id()
    for at, each in enumerate(asked.commissions):
        if each.property_id and each.property_id not in known:
            yield FieldError(f"commissions.{at}.property_id", "is no hotel of the hub")
