"""What may enter the profiles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from chalicelib.canonical.details import ChargeCategory, ChargeKind, Payer
from chalicelib.canonical.ids import ChargeId, Digest, IdentifierKey, Leaf, PropertyId, key_of
from chalicelib.canonical.versions import Version
from chalicelib.guests.model import Head, Record, Stay
from chalicelib.identity.model import Decision

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

    def is_newer_than(self, kept: Head) -> bool:
        return self.version.supersedes(kept.version, _stage(self.record), _stage(kept.record))

    @cached_property
    def identifiers(self) -> tuple[IdentifierKey, ...]:
        """What can tell the person: `kind:digest`."""
        return tuple(key_of(kind, self.digest(kind, value)) for kind, value in self.told_by.items())

    @cached_property
    def own_profile(self) -> Digest | None:
        """The digest under which other records name this one as what they were merged into."""
        named = f"{self.record.source}|{self.record.source_id}"
        return self.digest("profile", named) if self.record.source_id else None


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
    charge: Charge | None = None
    correlation_id: str = ""
    backfill: bool = False
    again: bool = False
    """The message that named it came before: a crash may have kept its facts from the bus."""

    @property
    def property_id(self) -> PropertyId | None:
        return self.stay.property_id if self.stay else next((each.property_id for each in self.people), None)


@dataclass(frozen=True)
class MergeDecision:
    """What a person decided about two leaves, on its way in: it is stored and told as a source's change is."""

    decision: Decision
    property_id: PropertyId | None = None
    """The hotel whose people decided; None for the group's."""
    correlation_id: str = ""
    backfill: bool = False

    @property
    def subject(self) -> str:
        return "+".join(self.decision.leaves)

    @property
    def version(self) -> Version:
        return self.decision.version


Input = Change | MergeDecision
"""Whatever regroups: one transaction each, known by subject and version."""
