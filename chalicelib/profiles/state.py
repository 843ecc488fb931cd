"""What the rules of ingest may look at: the part of the table that one change could touch, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.canonical.ids import ChannelName, ChargeId, Digest, GuestId, Leaf, ReservationId
from chalicelib.canonical.versions import Version
from chalicelib.consent.model import Acts, Gate
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.spans import Around
from chalicelib.identity.model import Block, Decision, Identifier, Likeliest
from chalicelib.settings.guest_rules import SHIPPED, GuestRules
from chalicelib.settings.rules import Controllers

Decisions = dict[Leaf, Decision]
"""What was decided about one leaf, by the other leaf."""

GateId = tuple[GuestId, ChannelName]
"""Guest and channel."""


@dataclass(frozen=True)
class KeptStay:
    """A stay as it lies in the table."""

    stay: Stay
    version: Version | None
    lies_in: str
    """The month of its row, which may be another than that in which the stay begins by now."""


@dataclass(frozen=True)
class KeptCharge:
    kind: str
    amount_minor: int
    currency: str
    version: Version
    category: str | None = None
    tax_minor: int | None = None
    folio_owner: str | None = None

    @property
    def stage(self) -> int:
        """What was cancelled is kept at nothing, and was something before."""
        return int(not self.amount_minor)


@dataclass
class ProfileState:
    """Rows by their ids; what is absent here is absent in the table."""

    heads: dict[Leaf, Head] = field(default_factory=dict)
    has_records: bool = True
    """Whether the heads come with their records: not where nothing new is said of anybody."""
    identifiers: dict[Digest, Identifier] = field(default_factory=dict)
    blocks: dict[Digest, Block] = field(default_factory=dict)
    """Where the people of whom something is said lie, or lay; and where those lie that it reaches."""
    too_far: bool = False
    """Whether the heads are only those of the guests that it is about: more is tied to them than it may regroup."""
    asked_heads: set[Leaf] = field(default_factory=set)
    asked_identifiers: set[Digest] = field(default_factory=set)
    """Leaves and digests that were looked for, those that are absent included."""
    locked_by_guest: set[Leaf] = field(default_factory=set)
    """Leaves whose heads were read after that of their guest, which is written beside whatever is new of them: where
    it is as it was read, they are."""
    readers: dict[Leaf, GuestId] = field(default_factory=dict)
    """Who else has a mailbox of these people, and is not regrouped: only that somebody shares it is theirs to know."""
    stays: dict[Leaf, dict[ReservationId, KeptStay]] = field(default_factory=dict)
    """Those that the change names."""
    around: dict[Leaf, Around] = field(default_factory=dict)
    """What was read of the other stays of a leaf, where its sums could not be told without."""
    leaf_by_reservation: dict[ReservationId, Leaf] = field(default_factory=dict)
    """Reservation → leaf."""
    charges: dict[ChargeId, tuple[ReservationId, KeptCharge]] = field(default_factory=dict)
    """Charge → the reservation that it is kept under, and the charge."""
    reservation_by_charge: dict[ChargeId, ReservationId] = field(default_factory=dict)
    """Charge → the reservation that it should be kept under."""
    gates: dict[GateId, Gate] = field(default_factory=dict)
    acts: dict[tuple[Leaf, ChannelName], Acts] = field(default_factory=dict)
    """(leaf, channel) → what was done through the leaf; of guests whose gate rests on acts."""
    decisions: dict[Leaf, Decisions] = field(default_factory=dict)
    controllers: Controllers = field(default_factory=Controllers)
    """Who answers at the hotels that any of the leaves was named at; known where something new is said of anybody."""
    guest_rules: GuestRules = SHIPPED
    """What is set of how guests are recognised; known where something new is said of anybody."""
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    """(subject, version mark) → the facts that were made then."""

    @property
    def is_torn(self) -> bool:
        """Whether rows contradict each other: some were read before somebody's write and some after it.

        Each tie is kept in two rows that are written together: a head and its record, a leaf and its guest, an
        identifier and who carries it, a decision under either leaf, a reservation and where its stay lies, a charge and
        its reservation. Where the two differ, nothing can be decided.
        """
        ties = self._records_differ, self._guests_differ, self._carriers_differ, self._decisions_differ
        return any(differ() for differ in (*ties, self._stays_differ))

    def _records_differ(self) -> bool:
        return self.has_records and any(head.has_record and not head.record for head in self.heads.values())

    def _guests_differ(self) -> bool:
        known = {leaf: head for leaf, head in self.heads.items() if head.has_record}
        belong = {(leaf, head.guest) for leaf, head in known.items()}
        return belong != {(leaf, guest) for guest, head in known.items() for leaf in head.members}

    def _carriers_differ(self) -> bool:
        if not self.asked_identifiers:
            return False
        closed = {digest for digest, found in self.identifiers.items() if found.is_closed}
        carry = {(leaf, digest) for leaf, head in self.heads.items() for digest in head.digests - closed}
        listed = {
            (leaf, digest): called
            for digest, found in self.identifiers.items()
            for leaf, called in found.carriers.items()
            if leaf in self.asked_heads
        }
        called_now = {leaf: head.record.called for leaf, head in self.heads.items() if head.record}
        return listed.keys() != {each for each in carry if each[1] in self.asked_identifiers} or any(
            called is not None and called[:2] != called_now.get(leaf) for (leaf, _), called in listed.items()
        )

    def _decisions_differ(self) -> bool:
        return any(
            self.decisions[other].get(leaf) != decision
            for leaf, decided in self.decisions.items()
            for other, decision in decided.items()
            if other in self.decisions
        )

    def _stays_differ(self) -> bool:
        strayed = any(
            reservation not in self.stays.get(leaf, {}) for reservation, leaf in self.leaf_by_reservation.items()
        )
        return strayed or self.reservation_by_charge != {charge: kept[0] for charge, kept in self.charges.items()}


@dataclass(frozen=True)
class FactMade:
    """A fact in a marker: what cannot be had from the change itself."""

    type: str
    subject: str
    version: int
    leaf: Leaf


@dataclass
class ProfileUpdate:
    """What to write. Rows are new versions of what the state holds; the store adds the conditions."""

    heads: dict[Leaf, Head] = field(default_factory=dict)
    identifiers: dict[Digest, Identifier] = field(default_factory=dict)
    blocks: dict[Digest, Block] = field(default_factory=dict)
    gates: dict[GateId, Gate | None] = field(default_factory=dict)
    """None where a guest was merged away, and its gate went along."""
    acts: dict[tuple[Leaf, ChannelName], Acts] = field(default_factory=dict)
    """(leaf, channel) → the acts of a leaf; their lock is the gate of its guest, which is written beside them."""
    decisions: dict[Leaf, Decisions] = field(default_factory=dict)
    stays: dict[tuple[Leaf, ReservationId], KeptStay | None] = field(default_factory=dict)
    """(leaf, reservation) → the stay, or None where it moved away from."""
    stays_left: set[tuple[Leaf, str, ReservationId]] = field(default_factory=set)
    """(leaf, month, reservation) of the rows that stays moved away from, to another leaf or to a month too far."""
    leaf_by_reservation: dict[ReservationId, Leaf] = field(default_factory=dict)
    companions: dict[tuple[Leaf, str, ReservationId], Leaf | None] = field(default_factory=dict)
    """(companion's leaf, month, reservation) → the primary guest's leaf, or None where nobody is a companion now."""
    charges: dict[tuple[ReservationId, ChargeId], KeptCharge | None] = field(default_factory=dict)
    """(reservation, charge) → the charge, or None where it moved away from."""
    reservation_by_charge: dict[ChargeId, ReservationId] = field(default_factory=dict)
    candidates: dict[Leaf, Likeliest | None] = field(default_factory=dict)
    """Leaf → who may be the same person, and waits for an answer; None where nobody does any more."""
    relisted: dict[Leaf, Head] = field(default_factory=dict)
    """Leaf → the head as it was, of those whose names are listed otherwise from now on."""
    facts: list[FactMade] = field(default_factory=list)
    relied_on_heads: set[Leaf] = field(default_factory=set)
    relied_on_identifiers: set[Digest] = field(default_factory=set)
    relied_on_gates: set[GateId] = field(default_factory=set)
    """What the decision rests on: it stands only if none of these rows was written beside it."""

    @property
    def checked_heads(self) -> set[Leaf]:
        """Those that it rests on and does not write."""
        return self.relied_on_heads - self.heads.keys()

    def rely_on_guests(self, guests: Mapping[Leaf, GuestId]) -> None:
        """Leaf → the guest whose lock is its lock."""
        self.relied_on_heads = {Leaf(guests.get(leaf, leaf)) for leaf in self.relied_on_heads}

    @property
    def is_empty(self) -> bool:
        return not (self.heads or self.identifiers or self.gates or self.stays or self.charges)
