"""That who has a record is decided anew, by what is set now, on its way in. Pure."""

from dataclasses import dataclass

from chalicelib.canonical.ids import Leaf, PropertyId, digest_of
from chalicelib.canonical.time import Instant
from chalicelib.canonical.versions import Version
from chalicelib.guests.model import Head
from chalicelib.profiles.membership_acts import Renumbered


@dataclass(frozen=True)
class LookAgain:
    """Nothing is said of anybody: what was set changed."""

    leaf: Leaf
    at: Instant
    correlation_id: str = ""
    backfill: bool = False
    property_id: PropertyId | None = None

    @property
    def subject(self) -> str:
        return f"{self.leaf}+again"

    @property
    def version(self) -> Version:
        return Version(self.at, "", digest_of(self.subject))

    def person_of(self, head: Head) -> Renumbered | None:
        """The record as it ties itself to others; None where there is none."""
        if head.record is None:
            return None
        return Renumbered(head.leaf, head.record, head.identifiers, head.blocks, head.own_profile)
