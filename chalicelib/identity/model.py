"""What the rows of identifiers and blocks are, and what a person may decide about two records."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from chalicelib.canonical.ids import Digest, Leaf, PropertyId, digest_of, is_person
from chalicelib.canonical.time import Instant
from chalicelib.canonical.versions import Version
from chalicelib.identity.blocks import MOST_IN_ONE
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.tombs import Tomb

MOST_LEAVES = 40
"""Beyond this many leaves an identifier belongs to nobody: a regrouping must fit one transaction."""

MOST_CLAIMS = 30
"""So many leaves of one hotel's keys an identifier has at most, and a guest of others: none fills it alone."""

Called = tuple[str | None, str | None] | tuple[str | None, str | None, PropertyId]
"""Given and family name, as a source says them; and the hotel, where its key alone says so."""


def hotel_in(called: Called | None) -> PropertyId | None:
    return called[2] if called and len(called) == 3 else None


@dataclass(frozen=True)
class Identifier:
    """Who carries an identifier. `shared`: its names contradict too much. `suppressed`: why no mail may reach it.

    `objections`: when somebody who reads what is sent there said no, by what they said it to (`consent.model.key_of`).
    `lifted`: when somebody lifted a bounce; older ones that come late hold nothing.
    `bounces`: messages that came back for the time being since one arrived, and when (`consent.bounces`).
    `sends`: marks of the newest messages that reached it, as gates keep them, where more than one guest had it.
    `shared_for`: hotels for whose own records it is shared, by what their keys say beside the group's sources.
    `tombs`: who carried it and was erased; what a source knew of them then is taken no more. `came_back`: when such a
    person last agreed to something by themselves, before which no message reaches them there.
    `names` are what its leaves are called, one each: whom it can tie to whom is told without reading their records.
    """

    digest: Digest
    rev: int = 0
    leaves: tuple[Leaf, ...] = ()
    names: tuple[Called | None, ...] = ()
    shared: bool = False
    shared_for: tuple[PropertyId, ...] = ()
    suppressed: dict[str, str] | None = None
    lifted: Instant | None = None
    objections: Mapping[str, Instant] = field(default_factory=dict)
    sends: tuple[str, ...] = ()
    bounces: Mapping[str, Instant] = field(default_factory=dict)
    tombs: tuple[Tomb, ...] = ()
    came_back: Instant | None = None

    @property
    def carriers(self) -> dict[Leaf, Called | None]:
        """What each of its leaves is called; None where an earlier version did not keep it."""
        return dict(zip_longest(self.leaves, self.names))

    def carried_by(self, carriers: Mapping[Leaf, Called | None]) -> "Identifier":
        leaves = tuple(sorted(carriers))
        return replace(self, leaves=leaves, names=tuple(carriers[leaf] for leaf in leaves))

    def is_shared_for(self, hotel: PropertyId | None) -> bool:
        """Whether it is nobody's for a record of a hotel's key; None for those of the group's sources."""
        return self.shared or hotel in self.shared_for

    @property
    def is_closed(self) -> bool:
        """So many leaves carried it that they are no longer listed: it stays shared for good."""
        return self.shared and not self.leaves


@dataclass(frozen=True)
class Block:
    """Records that have so much in common that they are compared by weight: as each is compared, by its leaf.

    Where more than `MOST_IN_ONE` lie here it `is_full`: it keeps none, and nobody is compared by it any more.
    """

    digest: Digest
    rev: int = 0
    sketches: Mapping[Leaf, Sketch] = field(default_factory=dict)
    is_full: bool = False

    def holding(self, sketches: Mapping[Leaf, Sketch]) -> "Block":
        is_full = self.is_full or len(sketches) > MOST_IN_ONE
        return replace(self, sketches={} if is_full else dict(sorted(sketches.items())), is_full=is_full)


class Likeliest(NamedTuple):
    """Of the records that may be the same person's as one the likeliest, with their match score."""

    other: Leaf
    bits: float


MOST_DECISIONS = 40
"""With so many others a leaf may be joined or kept apart: what was decided about a leaf is one row."""
MOST_REASON = 200
"""Characters of a reason."""

Pair = tuple[Leaf, Leaf]
"""Two leaves, the smaller first."""


def pair_of(one: Leaf, other: Leaf) -> Pair:
    return (one, other) if one < other else (other, one)


class Verdict(StrEnum):
    """JOIN: one person, whatever the records say. APART: never one. WITHDRAWN: as if nobody had said either."""

    JOIN = "join"
    APART = "apart"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Decision:
    """What somebody decided about two leaves; the newest about a pair holds. `decided_at` is an instant in UTC."""

    leaves: Pair
    verdict: Verdict
    decided_at: Instant
    actor: str
    reason: str = ""

    def __post_init__(self) -> None:
        one, other = self.leaves
        if not (one < other and is_person(one) and is_person(other)):
            raise ValueError("a decision is about two different people's leaves, the smaller first")
        if len(self.reason) > MOST_REASON:
            raise ValueError(f"a reason has {MOST_REASON} characters at most")

    def without_reason(self) -> "Decision":
        return replace(self, reason="")

    @property
    def version(self) -> Version:
        """Of two decisions of one instant the content decides, the same way in any order."""
        content = "|".join((*self.leaves, self.verdict, self.actor, self.reason))
        return Version(self.decided_at, "", digest_of(content))
