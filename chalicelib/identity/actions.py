"""Find guests by what identifies them."""

from typing import Literal

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity import store
from chalicelib.identity.digests import digest
from chalicelib.identity.identifiers import normalise_email, normalise_phone

Kind = Literal["email", "phone", "member"]


def find(kind: Kind, value: str) -> list[Guest]:
    """The guests with an e-mail address, a phone number (E.164) or a member number; a mailbox may have several."""
    normal = {"email": normalise_email, "phone": _international, "member": str.strip}[kind](value)
    known = store.identifier(digest(kind, normal)) if normal else None
    found = [guests.guest(leaf) for leaf in known.leaves] if known else []
    return sorted({guest.id: guest for guest in found if guest}.values(), key=lambda guest: guest.id)


def _international(number: str) -> str | None:
    return normalise_phone(number, None)


def find_by_profile(source: ConnectionId, source_id: str) -> Guest | None:
    return guests.guest(leaf_of_profile(source, source_id))
