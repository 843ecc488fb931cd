"""All guests with their records, as an audit looks at them: so many at a time, whatever their number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from chalicelib.canonical.ids import Digest, Leaf, digest_in
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head
from chalicelib.guests.standing import is_somebodys
from chalicelib.identity import store as identity
from chalicelib.identity.likeness import sketched_by, telling
from chalicelib.identity.model import Identifier
from chalicelib.settings.guest_rules import GuestRules
from infra.identity.columns import Laid
from infra.identity.quality import Counts, rated

AT_ONCE = 100
"""Guests that are read together."""


def read_all(rules: GuestRules, counts: Counts, tell: Callable[[int], None]) -> Iterator[Laid]:
    """Every record of somebody's, counted as it goes by; `tell` is told how many of the 256 parts were begun, in
    the order of their ids."""
    walk = guests.walk(0, 1)
    while some := list(islice(walk, AT_ONCE)):
        yield from _read([guest for _, guest in some], rules, counts)
        tell(int(some[-1][0].partition(":")[0]) + 1)


def _read(some: Sequence[Guest], rules: GuestRules, counts: Counts) -> Iterator[Laid]:
    """Of guests that are regrouped meanwhile, what is theirs still."""
    found = guests.with_records(guests.heads(sorted({leaf for guest in some for leaf in guest.members})))
    rows = {each.digest: each for each in identity.identifiers(sorted(_digests(found)))}
    gates = consents.gates([guest.id for guest in some], EMAIL)
    for guest in some:
        heads = [head for leaf in guest.members if (head := found.get(leaf)) and _is_somebodys(head, guest)]
        counts.add(rated(head, head.record, gates.get(guest.id), rules) for head in heads if head.record)
        yield from (_laid(head, guest, rows, rules) for head in heads)


def _digests(heads: Mapping[Leaf, Head]) -> set[Digest]:
    return {digest_in(key) for head in heads.values() for key in head.identifiers}


def _is_somebodys(head: Head, guest: Guest) -> bool:
    return head.guest == guest.id and is_somebodys(head)


def _laid(head: Head, guest: Guest, rows: Mapping[Digest, Identifier], rules: GuestRules) -> Laid:
    hotel = head.record.hotel if head.record else None
    own = [key for key in telling(head, rules) if (row := rows.get(digest_in(key))) and not row.is_shared_for(hotel)]
    email = next((key for key in own if key.startswith("email:")), None)
    return Laid(head.leaf, guest.id, sketched_by(head, rows.get, rules), hotel, email)
