"""Find guests by what identifies them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from chalicelib.canonical.ids import Leaf, digest_in
from chalicelib.guests.model import Guest, Head
from chalicelib.identity import store
from chalicelib.identity.carriers import somebodys
from chalicelib.identity.digests import digest
from chalicelib.identity.likeness import alike, telling
from chalicelib.identity.model import Verdict
from chalicelib.identity.typed import Kind, readings
from chalicelib.settings import store as settings


def carriers(kind: Kind, value: str, countries: Collection[str] = ()) -> list[Leaf]:
    """The records with an e-mail address, a phone number or a member number, as somebody typed it; a mailbox may have
    several. A phone number without its country is looked for in each of `countries` (ISO 3166-1 alpha-2).
    """
    known = store.identifiers(digest(kind, reading) for reading in readings(kind, value, countries))
    return [leaf for each in known for leaf in each.leaves]


class Candidates(NamedTuple):
    """Records whose guests may be the same person after all, but for guests that have one of `known`: of these somebody
    decided, or they are this one."""

    leaves: set[Leaf]
    known: set[Leaf]

    def has(self, guest: Guest) -> bool:
        return self.known.isdisjoint(guest.members)


def candidates(records: Sequence[Head]) -> Candidates:
    """The records that have an address or a number in common with these of one guest, or are rather one person's by all
    that they say, and are another's all the same: a person may know better. Without what is nobody's own. Whose they
    are is the caller's to read."""
    own = {head.leaf for head in records}
    rules = settings.get().guests
    told_by = {digest_in(key) for head in records for key in telling(head, rules)}
    rows, blocks = store.identifiers_and_blocks(told_by, {each for head in records for each in head.blocks})
    beside = {leaf for each in rows.values() for leaf in somebodys(each)} - own
    for head in records:
        beside |= alike(head, rows, [blocks[each] for each in head.blocks if each in blocks], rules) - own
    decided = {leaf for head in records if head.decided for leaf in _kept_apart(head.leaf)}
    return Candidates(beside, decided | own)


def _kept_apart(leaf: Leaf) -> set[Leaf]:
    return {other for other, each in store.decisions(leaf).items() if each.verdict is Verdict.APART}
