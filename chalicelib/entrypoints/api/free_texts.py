"""What people type in their own words of a guest: a card's number is taken out before anything sees it."""

from pydantic import AfterValidator

from chalicelib.canonical.details import PostalAddress
from chalicelib.connectors.cards import scrub_text

WITHOUT_CARDS = AfterValidator(scrub_text)


def _scrubbed(address: PostalAddress) -> PostalAddress:
    return address.worded(scrub_text)


ADDRESS_WITHOUT_CARDS = AfterValidator(_scrubbed)
