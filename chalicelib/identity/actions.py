"""Find guests by what identifies them."""

from collections.abc import Collection, Sequence

from chalicelib.canonical.ids import ConnectionId, Leaf, digest_in, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head
from chalicelib.identity import store
from chalicelib.identity.carriers import tells
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Verdict
from chalicelib.identity.typed import Kind, readings


def find(kind: Kind, value: str, countries: Collection[str] = ()) -> list[Guest]:
    """The guests with an e-mail address, a phone number or a member number, as somebody typed it; a mailbox may have
    several. A phone number without its country is looked for in each of `countries` (ISO 3166-1 alpha-2).
    """
    known = store.identifiers(digest(kind, reading) for reading in readings(kind, value, countries))
    return _guests_of([leaf for each in known for leaf in each.leaves])


def candidates(records: Sequence[Head]) -> list[Guest]:
    """Who has an address or a number in common with these records of one guest, and is another guest by what is said of
    them: a person may know better. Without whom somebody decided about, and what is nobody's own."""
    own = {head.leaf for head in records}
    told_by = {digest_in(key) for head in records for key in head.identifiers if tells(key)}
    beside = {leaf for each in store.identifiers(told_by) if not each.shared for leaf in each.leaves} - own
    decided = {leaf for head in records if head.decided for leaf in _kept_apart(head.leaf)}
    return [guest for guest in _guests_of(sorted(beside)) if (decided | own).isdisjoint(guest.members)]


def _kept_apart(leaf: Leaf) -> set[Leaf]:
    return {other for other, each in store.decisions(leaf).items() if each.verdict is Verdict.APART}


def _guests_of(leaves: Sequence[Leaf]) -> list[Guest]:
    """Each once, by their ids."""
    found = map(guests.guest, leaves)
    return sorted({guest.id: guest for guest in found if guest}.values(), key=lambda guest: guest.id)


def find_by_profile(source: ConnectionId, source_id: str) -> Guest | None:
    return guests.guest(leaf_of_profile(source, source_id))
