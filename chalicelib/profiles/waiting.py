"""Two guests beside each other: whether a person could still decide that they are one, and what speaks for it.

What is read is bounded by the guests: heads, guests, records, decisions and identifiers, a batch each for all pairs
that are looked at together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import NamedTuple

from chalicelib.canonical.ids import Digest, GuestId, Leaf, digest_in
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head
from chalicelib.guests.standing import is_somebodys
from chalicelib.identity import store as identity
from chalicelib.identity.carriers import tells
from chalicelib.identity.likeness import compared, in_common, sketched_by
from chalicelib.identity.model import Decision, Identifier, Pair, Verdict
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import Weighed
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules

Sketched = tuple[Head, Sketch]
"""A record, and as it is compared."""


class Likeness(NamedTuple):
    """The two records that are likeliest one person's, the first guest's first."""

    records: Pair
    weighed: Weighed


@dataclass(frozen=True)
class Beside:
    """Two guests as they are now; `heads` are those of their records, which say what their sources say."""

    one: Guest
    other: Guest
    heads: Mapping[Leaf, Head]
    identifiers: Mapping[Digest, Identifier]
    decided: Mapping[Leaf, Mapping[Leaf, Decision]]
    rules: GuestRules

    @property
    def guests(self) -> frozenset[GuestId]:
        return frozenset({self.one.id, self.other.id})

    @property
    def is_settled(self) -> bool:
        """Whether they are one guest already, or somebody keeps a record of one apart from one of the other: then no
        third record makes them one either."""
        return self.one.id == self.other.id or any(
            decision.verdict is Verdict.APART
            for leaf in self.one.members
            for other, decision in self.decided.get(leaf, {}).items()
            if other in self.other.members
        )

    def likeliest(self, ones: Iterable[Leaf], others: Iterable[Leaf]) -> Likeness | None:
        """Of these records of either guest; None where none says anything of a person."""
        pairs = product(self.somebodys(ones), self.somebodys(others))
        found = [Likeness((one[0].leaf, other[0].leaf), self._weighed(one, other)) for one, other in pairs]
        return min(found, key=lambda each: (-each.weighed.bits, each.records), default=None)

    def somebodys(self, leaves: Iterable[Leaf]) -> list[Sketched]:
        """Of these records those that say something of a person."""
        somebodys = [head for leaf in leaves if (head := self.heads.get(leaf)) and is_somebodys(head)]
        return [(head, sketched_by(head, self.identifiers.get, self.rules)) for head in somebodys]

    def _weighed(self, one: Sketched, other: Sketched) -> Weighed:
        return compared(one[1], other[1], self.rules, in_common(one[0], other[0], self.identifiers, self.rules))


def beside(pairs: Sequence[tuple[Leaf, Leaf]]) -> list[Beside | None]:
    """The guests to whom two records belong now, for each of some pairs; None where one is nobody's. The same guest
    twice where they are one."""
    found = guests.heads(chain.from_iterable(pairs))
    known = {guest.id: guest for guest in guests.guests_of(found)}
    by_leaf = {leaf: known[head.guest] for leaf, head in found.items() if head.guest in known}
    heads = _heads_of(known.values(), found)
    identifiers = {each.digest: each for each in identity.identifiers(shared_keys(heads.values()))}
    decided = identity.decisions_about(sorted(leaf for leaf, head in heads.items() if head.decided))
    known_rows = heads, identifiers, decided, settings.get().guests
    return [
        Beside(by_leaf[one], by_leaf[other], *known_rows) if {one, other} <= by_leaf.keys() else None
        for one, other in pairs
    ]


def _heads_of(known: Iterable[Guest], read: Mapping[Leaf, Head]) -> dict[Leaf, Head]:
    """The records of some guests; without one that was taken off its guest between two reads."""
    belong = {leaf: guest.id for guest in known for leaf in guest.members}
    missing = [leaf for leaf in belong if leaf not in read]
    heads = {**read, **(guests.heads(missing) if missing else {})}
    return guests.with_records({leaf: heads[leaf] for leaf, guest in belong.items() if _is_of(heads.get(leaf), guest)})


def _is_of(head: Head | None, guest: GuestId) -> bool:
    return head is not None and head.guest == guest


def shared_keys(heads: Iterable[Head]) -> list[Digest]:
    """What more than one of these records carries, and could tell a person by."""
    carried = Counter(key for head in heads for key in {*head.identifiers} if tells(key))
    return sorted(digest_in(key) for key, records in carried.items() if records > 1)
