"""Find guests by what identifies them."""

from collections.abc import Collection

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity import store
from chalicelib.identity.digests import digest
from chalicelib.identity.typed import Kind, readings


def find(kind: Kind, value: str, countries: Collection[str] = ()) -> list[Guest]:
    """The guests with an e-mail address, a phone number or a member number, as somebody typed it; a mailbox may have
    several. A phone number without its country is looked for in each of `countries` (ISO 3166-1 alpha-2).
    """
    known = store.identifiers(digest(kind, reading) for reading in readings(kind, value, countries))
    found = [guests.guest(leaf) for each in known for leaf in each.leaves]
    return sorted({guest.id: guest for guest in found if guest}.values(), key=lambda guest: guest.id)


def find_by_profile(source: ConnectionId, source_id: str) -> Guest | None:
    return guests.guest(leaf_of_profile(source, source_id))
