"""/v1/properties"""

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import PropertyId
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.uses import uses_of
from chalicelib.properties import actions, store
from chalicelib.properties.model import Property


def listed(ask: Ask, *, named: str | None = None, page: Page) -> Listing[Property]:
    """The properties that the key may see; with `named` those in whose id or name that stands."""
    seen = (each for each in store.by_id().values() if ask.caller.sees(each.id))
    items, cursor = page.of(paging.named(seen, named, lambda each: (each.id, each.name)), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(ask: Ask, body: Property) -> Property:
    """Write a property; its mail domains are no guest's address at any property."""
    return actions.put(body, ask.hand)


def get(ask: Ask, property_id: PropertyId) -> Property:
    """One property."""
    _require_visible(ask, property_id)
    found = store.get(property_id)
    if found is None:
        raise NotFound("There is no such property.")
    return found


def delete(ask: Ask, property_id: PropertyId) -> None:
    """Take a property off the list; what is known of its guests stays. While connections, keys or a campaign that is
    being sent name it, it is refused, and they are told.
    """
    actions.delete(get(ask, property_id), uses_of(property_id))


def _require_visible(ask: Ask, property_id: PropertyId) -> None:
    if not ask.caller.sees(property_id):
        raise NotFound("There is no such property.")
