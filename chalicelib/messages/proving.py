"""That whoever says something behind a mail's link reads the mailbox: kept as a word of theirs, with the record that
has the address."""

from chalicelib.canonical.ids import Digest
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import CHANNELS
from chalicelib.guests.model import Head
from chalicelib.guests.standing import is_somebodys
from chalicelib.guests.statements import PROVED, Statement
from chalicelib.guests.survivorship import digest_of_value, said_of
from chalicelib.identity.digests import digest
from chalicelib.messages.tokens import UnsubscribeLink


def proof(head: Head, link: UnsubscribeLink, address: Digest | None, at: Instant) -> tuple[Statement, ...]:
    """Nothing where the record says another address than the one that the mail went to; `address` is its digest."""
    kind = CHANNELS[link.channel]
    value = said_of(head, kind)
    if not value or not is_somebodys(head) or digest(kind, value) != address:
        return ()
    return (Statement(about=f"{PROVED}{kind}", by="guest", at=at, values=(digest_of_value(value),)),)
