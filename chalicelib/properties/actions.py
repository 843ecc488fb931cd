"""Change a property."""

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.properties import store
from chalicelib.properties.model import Property
from chalicelib.settings import store as settings


def put(property_: Property) -> Property:
    """Keep a property. Raises Invalid for a brand that the settings do not have."""
    if property_.brand and property_.brand not in settings.get().brands:
        raise Invalid(FieldError("brand", "is no brand of the settings"))
    store.put(property_)
    return property_
