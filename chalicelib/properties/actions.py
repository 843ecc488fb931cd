"""Change a property."""

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.properties import store
from chalicelib.properties.model import Property
from chalicelib.settings import rules
from chalicelib.settings import store as settings
from chalicelib.settings.model import Succession


def put(property_: Property) -> Property:
    """Keep a property, and write down whom its legal entity succeeds. Raises Invalid for a brand that the settings do
    not have."""
    set_, known = settings.with_successions()
    if property_.brand and property_.brand not in set_.brands:
        raise Invalid(FieldError("brand", "is no brand of the settings"))
    before = store.get(property_.id)
    settings.note(rules.successions_of_property(set_, before, property_, known))
    store.put(property_)
    return property_


def delete(property_: Property) -> None:
    """Take a property off the list. Who answered for its guests is remembered, for it may come again."""
    gone = rules.gone_property(property_.id)
    settings.note({Succession(gone, rules.controller_of(settings.get(), property_))})
    store.delete(property_.id)
