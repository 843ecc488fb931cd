"""What a property may be, beyond the form of its fields. What is kept is not asked again: it must stay readable."""

import re
from collections.abc import Collection, Iterator

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError
from chalicelib.properties.model import DOMAIN, Property
from chalicelib.properties.world import country_fault, currency_fault


def faults(asked: Property, brands: Collection[str]) -> Iterator[FieldError]:
    """Every field that names what is not there."""
    if not any(each.isprintable() and not each.isspace() for each in asked.name):
        yield FieldError("name", "must not be empty")
    for name, fault in (("country", country_fault(asked.country)), ("currency", currency_fault(asked.currency))):
        if fault:
            yield FieldError(name, fault)
    for at, domain in enumerate(asked.mail_domains):
        if not re.fullmatch(DOMAIN, domain):
            yield FieldError(f"mail_domains.{at}", "must be a domain in small letters, such as hotel.example")
    if asked.brand and asked.brand not in brands:
        yield FieldError("brand", f"is no brand of the settings; there is {known(brands, asked.brand)}")
