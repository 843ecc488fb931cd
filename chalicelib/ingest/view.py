"""What the rules of ingest may look at: the part of the table that one change could touch, as plain values."""

from dataclasses import dataclass, field

from chalicelib.canonical.snapshots import Version
from chalicelib.consent.model import Gate
from chalicelib.guests.model import Head, Stay
from chalicelib.identity.model import Identifier


@dataclass(frozen=True)
class KeptStay:
    """A stay as it lies in the table."""

    stay: Stay
    version: Version | None


@dataclass(frozen=True)
class KeptCharge:
    kind: str
    amount_minor: int
    currency: str
    version: Version


@dataclass
class View:
    """Rows by their ids; what is absent here is absent in the table."""

    heads: dict[str, Head] = field(default_factory=dict)
    identifiers: dict[str, Identifier] = field(default_factory=dict)
    stays: dict[str, dict[str, KeptStay]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """Reservation → leaf."""
    charges: dict[str, KeptCharge] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    """(subject, version mark) → the facts that were made then."""


@dataclass(frozen=True)
class FactMade:
    """A fact in a marker: what cannot be had from the change itself."""

    type: str
    subject: str
    version: int
    leaf: str
    member: bool = False


@dataclass
class Outcome:
    """What to write. Rows are new versions of what the view holds; the store adds the conditions."""

    heads: dict[str, Head] = field(default_factory=dict)
    identifiers: dict[str, Identifier] = field(default_factory=dict)
    gates: dict[str, Gate | None] = field(default_factory=dict)
    """None where a guest was merged away, and its gate went along."""
    stays: dict[tuple[str, str], KeptStay | None] = field(default_factory=dict)
    """(leaf, reservation) → the stay, or None where it moved away from."""
    places: dict[str, str] = field(default_factory=dict)
    companions: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """(companion's leaf, reservation) → the primary guest's leaf, or None where the companion no longer is one."""
    charges: dict[str, tuple[str, KeptCharge]] = field(default_factory=dict)
    """Charge → (reservation, charge)."""
    facts: list[FactMade] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.heads or self.identifiers or self.gates or self.stays or self.charges)
