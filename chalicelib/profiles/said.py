"""What the guest, or staff, say of a guest through one of its records, on its way in. Pure."""

from dataclasses import dataclass

from chalicelib.canonical.ids import Leaf, PropertyId, digest_of
from chalicelib.canonical.time import Instant
from chalicelib.canonical.versions import Version
from chalicelib.guests.statements import Statement


@dataclass(frozen=True)
class Sayings:
    """What is said in one breath: all of it is kept, or nothing."""

    leaf: Leaf
    said: tuple[Statement, ...]
    at: Instant
    correlation_id: str = ""
    backfill: bool = False
    property_id: PropertyId | None = None

    @property
    def subject(self) -> str:
        return f"{self.leaf}+said"

    @property
    def version(self) -> Version:
        return Version(self.at, "", digest_of("|".join(each.packed() for each in self.said)))
