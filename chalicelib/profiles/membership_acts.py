"""What somebody says of a membership through one record, on its way in. Pure."""

from dataclasses import dataclass

from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, ProgramId, PropertyId, digest_of
from chalicelib.canonical.time import Instant
from chalicelib.canonical.versions import Version
from chalicelib.guests.carried import carrying, enrolment, told_by_record
from chalicelib.guests.enrolments import Enrolment, Turn
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record


@dataclass(frozen=True)
class MembershipAct:
    """What somebody of a hotel says of a membership through one record: a number, and the turn that it takes from a
    day on. What is left out stays as it is; the same again says nothing new.

    Who is out carries the number no more, and gets it back who comes in again, if it is nobody else's by then.
    """

    leaf: Leaf
    program: ProgramId
    said_at: Instant
    number: str | None = None
    key: IdentifierKey | None = None
    """The number's identifier."""
    turn: Turn | None = None
    correlation_id: str = ""
    backfill: bool = False
    property_id: PropertyId | None = None

    @property
    def subject(self) -> str:
        return f"{self.leaf}+{self.program}"

    @property
    def version(self) -> Version:
        return Version(self.said_at, "", digest_of(self.subject))

    @property
    def ends(self) -> bool:
        return self.turn is not None and not self.turn.into

    def after(self, before: Enrolment | None) -> Enrolment:
        """What is known of the membership when this is said."""
        known = before or Enrolment(program=self.program, said_at=self.said_at)
        renumbered = known.numbered(self.number, self.key) if self.key else known
        after = renumbered.turned(self.turn) if self.turn else renumbered
        return known if after == known else after.said(self.said_at)

    def head_after(self, head: Head) -> Head:
        """The record's head when this is said."""
        others = [each for each in head.enrolments if each.program != self.program]
        after = self.after(enrolment(head, self.program))
        return carrying(head, told_by_record(head), sorted([*others, after], key=lambda each: each.program))

    def person_of(self, head: Head) -> "Renumbered | None":
        """The record as it ties itself to others when this is said; None where there is none."""
        if head.record is None:
            return None
        return Renumbered(head.leaf, head.record, self.head_after(head).identifiers, head.blocks, head.own_profile)


@dataclass(frozen=True)
class Renumbered:
    """The person of a record through which something is said of a membership, as it ties itself to others then."""

    leaf: Leaf
    record: Record
    identifiers: tuple[IdentifierKey, ...]
    blocks: tuple[Digest, ...]
    own_profile: Digest | None

    def is_newer_than(self, kept: Head) -> bool:
        """Whatever the source's record says, it is said beside that."""
        return kept.leaf == self.leaf
