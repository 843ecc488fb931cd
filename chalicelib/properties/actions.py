"""Change a property."""

from collections.abc import Sequence

from chalicelib.canonical.errors import Conflict, Invalid
from chalicelib.properties import store
from chalicelib.properties.model import Property
from chalicelib.properties.rules import faults
from chalicelib.settings import rules
from chalicelib.settings import store as settings
from chalicelib.settings.model import Succession


def put(property_: Property) -> Property:
    """Keep a property, and write down whom its legal entity succeeds. Raises Invalid for what it names and is not
    there."""
    set_, known = settings.with_successions()
    found = list(faults(property_, set_.brands))
    if found:
        raise Invalid(*found)
    before = store.get(property_.id)
    settings.note(rules.successions_of_property(set_, before, property_, known))
    store.put(property_)
    return property_


def delete(property_: Property, used_by: Sequence[str] = ()) -> None:
    """Take a property off the list. Who answered for its guests is remembered, for it may come again. Raises Conflict
    where somebody works with it."""
    if used_by:
        raise Conflict(f"This property is in use: {', '.join(used_by)}.")
    gone = rules.gone_property(property_.id)
    settings.note({Succession(gone, rules.controller_of(settings.get(), property_))})
    store.delete(property_.id)
