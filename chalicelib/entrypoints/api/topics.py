"""/v1/topics: what mails may be about. Campaigns name one, and guests choose among them."""

from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.paging import Page
from chalicelib.settings import legal_store
from chalicelib.settings.legal import MailTopic


def listed(*, page: Page) -> Listing[MailTopic]:
    """The company's topics by their ids; they are written with the consent settings."""
    items, cursor = page.of(sorted(legal_store.get().topics, key=lambda each: each.id), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)
