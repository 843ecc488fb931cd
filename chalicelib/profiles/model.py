"""What may enter the profiles."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from chalicelib.canonical.details import ChargeCategory, ChargeKind, Payer
from chalicelib.canonical.ids import (
    ChargeId,
    Digest,
    ErasureId,
    IdentifierKey,
    Leaf,
    PropertyId,
    digest_of,
    key_of,
)
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.canonical.versions import Version
from chalicelib.guests.carried import sketch
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.records import Record
from chalicelib.identity import blocks
from chalicelib.identity.model import Decision
from chalicelib.profiles.looking_again import LookAgain
from chalicelib.profiles.membership_acts import MembershipAct
from chalicelib.profiles.said import Sayings

Revisions = Mapping[tuple[str, str], int | None]
"""Key of a row → its revision; None where there is no such row."""


class Told(Protocol):
    """Of whom something new is said that may tie them to others."""

    @property
    def leaf(self) -> Leaf: ...
    @property
    def record(self) -> Record: ...
    @property
    def identifiers(self) -> tuple[IdentifierKey, ...]: ...
    @property
    def blocks(self) -> tuple[Digest, ...]: ...
    @property
    def own_profile(self) -> Digest | None: ...
    def is_newer_than(self, kept: Head) -> bool: ...


DigestOf = Callable[[str, str], Digest]
"""(kind, normalised value) → keyed digest."""


@dataclass(frozen=True)
class Person:
    """One person of a change. Digests are made when they are asked for: most changes say nothing new of anybody."""

    leaf: Leaf
    record: Record
    version: Version
    property_id: PropertyId | None
    told_by: Mapping[str, str]
    """What can tell the person: kind → normalised value."""
    digest: DigestOf

    def claimed_by(self, hotels: Collection[PropertyId]) -> "Person":
        """As what one of these hotels alone says: the one where it is told, else the first by its id."""
        told = [each for each in hotels if each == self.property_id]
        return replace(self, record=self.record.as_claim_of(min(told or hotels)))

    def is_newer_than(self, kept: Head) -> bool:
        if kept.erased or self.record.nobody == "erased":
            return not kept.erased
        return self.version.supersedes(kept.version, _stage(self.record), _stage(kept.record))

    def erased(self, leaf: Leaf, at: Instant) -> "Person":
        """As what is left of a person who was erased at that time."""
        return gone(leaf, self.record, at, self.digest)

    def begun_anew(self, leaf: Leaf) -> "Person":
        """As who comes again after an erasure, under this leaf."""
        told_by = {kind: value for kind, value in self.told_by.items() if kind not in {"member", "profile"}}
        return replace(self, leaf=leaf, record=self.record.begun_anew(), told_by=told_by)

    @cached_property
    def identifiers(self) -> tuple[IdentifierKey, ...]:
        """What can tell the person: `kind:digest`."""
        return tuple(key_of(kind, self.digest(kind, value)) for kind, value in self.told_by.items())

    @cached_property
    def blocks(self) -> tuple[Digest, ...]:
        """Where the record lies beside others that it may be the same person as; nobody's lies nowhere. What one hotel
        alone says lies beside what it says else: of others' records it can fill no block, and join none by likeness."""
        found = () if self.record.nobody else blocks.keys_of(sketch(self.record))
        return tuple(self.digest("alike", f"{self.record.hotel or ''}|{key}") for key in found)

    @cached_property
    def own_profile(self) -> Digest | None:
        """The digest under which other records name this one as what they were merged into."""
        named = f"{self.record.source}|{self.record.source_id}"
        is_named = self.record.source_id and self.record.nobody != "erased"
        return self.digest("profile", named) if is_named else None


def gone(leaf: Leaf, record: Record, at: Instant, digest: DigestOf) -> Person:
    """The same of whatever was known, so that it does not matter what came before."""
    return Person(leaf, record.erased(), Version(at, "", digest_of("erased")), None, {}, digest)


def _stage(record: Record | None) -> int:
    """Of two records of one instant: a profile is merged after it was one, a no counts more than a yes, and the person
    who was taken out more than the person."""
    if record is None:
        return 0
    return 4 * (record.nobody is not None) + 2 * (record.merged_into is not None) + (record.marketing_email is False)


@dataclass(frozen=True)
class Charge:
    """One folio line, with the sums it belongs to."""

    id: ChargeId
    kind: ChargeKind
    amount_minor: int
    currency: str
    version: Version
    category: ChargeCategory | None = None
    tax_minor: int | None = None
    folio_owner: Payer | None = None


@dataclass(frozen=True)
class Change:
    """What one transaction stores. `subject` and `version` are what duplicates are known by."""

    subject: str
    version: Version
    vendor_id: str
    people: tuple[Person, ...] = ()
    stay: Stay | None = None
    stay_version: Version | None = None
    stay_leaf: Leaf | None = None
    booked_at: Instant | None = None
    """When the reservation was made, where the source says it."""
    charge: Charge | None = None
    correlation_id: str = ""
    backfill: bool = False
    received_at: Instant | None = None
    """When the hub was told."""
    own_act: bool = False
    """The person said it of themselves, and proved that the mailbox is theirs."""
    replaces: str | None = None
    """The version of the first person's record over which it is said, "" where there was none: staff correct what they
    saw. None for a source, whose newest word counts."""
    again: bool = False
    """The message that named it came before: a crash may have kept its facts from the bus."""

    def claimed_by(self, hotels: Collection[PropertyId]) -> "Change":
        """What comes through a connection that these hotels alone set up; the same where there are none."""
        return replace(self, people=tuple(each.claimed_by(hotels) for each in self.people)) if hotels else self

    def received(self, at: Instant) -> "Change":
        return replace(self, received_at=at)

    @property
    def since(self) -> int | None:
        return round(moment_of(self.received_at).timestamp() * 1000) if self.received_at else None

    @property
    def property_id(self) -> PropertyId | None:
        return self.stay.property_id if self.stay else next((each.property_id for each in self.people), None)


def taken_out(leaf: Leaf, record: Record, at: Instant, digest: DigestOf) -> Change:
    """That a record of the hub's own is nobody's from then on, as the one is through which it was said."""
    nobodys = Record(source=record.source, source_id=record.source_id, nobody="anonymised")
    person = Person(leaf, nobodys, Version(at, "", digest_of("anonymised")), None, {}, digest)
    return Change(subject=leaf, version=person.version, vendor_id="", people=(person,), received_at=at)


@dataclass(frozen=True)
class MergeDecision:
    """What a person decided about two leaves, on its way in: it is stored and told as a source's change is."""

    decision: Decision
    property_id: PropertyId | None = None
    """The hotel whose people decided; None for the group's."""
    correlation_id: str = ""
    backfill: bool = False
    beside: tuple[Decision, ...] = ()
    """What was decided in the same breath, each about another pair: all of it is kept, or nothing."""

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return (self.decision, *self.beside)

    @property
    def subject(self) -> str:
        return "+".join(self.decision.leaves)

    @property
    def version(self) -> Version:
        if not self.beside:
            return self.decision.version
        return Version(
            self.decision.decided_at, "", digest_of("|".join(each.version.text() for each in self.decisions))
        )


@dataclass(frozen=True)
class Erasure:
    """That who has these records is erased, as of an instant; `id` is that of what is kept of the erasure itself."""

    id: ErasureId
    leaves: tuple[Leaf, ...]
    at: Instant
    digest: DigestOf
    whole: frozenset[Leaf] = frozenset()
    """Where a guest is erased as a whole: all its records. Nothing is taken where there are others by now."""
    within: frozenset[PropertyId] | None = None
    """The hotels whose people asked for it: a record that others know, too, is not taken. None for the group's."""
    later: tuple[Leaf, ...] = ()
    """Records of the same guest that go with a transaction behind this one: they are held with this one."""
    rests_on: Revisions = field(default_factory=dict)
    """Rows by which it was judged, at their revisions: nothing is taken where one of them is another by now."""
    correlation_id: str = ""
    backfill: bool = False
    property_id: PropertyId | None = None

    @property
    def subject(self) -> str:
        return self.id

    @property
    def version(self) -> Version:
        """A guest of many records is erased by and by."""
        return Version(self.at, "", digest_of("|".join(self.leaves)))

    @property
    def halves(self) -> "tuple[Erasure, Erasure]":
        first, second = self.leaves[: (middle := len(self.leaves) // 2)], self.leaves[middle:]
        return replace(self, leaves=first, later=(*second, *self.later)), replace(self, leaves=second, rests_on={})

    def may_take(self, hotels: Collection[PropertyId]) -> bool:
        """A record that these hotels know."""
        return self.within is None or self.within.issuperset(hotels)

    def person_of(self, head: Head) -> Person | None:
        """What is left of a record that was read with its head; None where nothing more is to go."""
        return gone(head.leaf, head.record, self.at, self.digest) if head.record and not head.erased else None


Input = Change | MergeDecision | MembershipAct | Sayings | Erasure | LookAgain
"""Whatever regroups: one transaction each, known by subject and version."""
