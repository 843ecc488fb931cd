"""What a leaf, a stay and a guest are."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.canonical.details import (
    AgeCategory,
    CurrencyAmounts,
    MealPlan,
    Payer,
    PostalAddress,
    Purpose,
    SpecialDate,
)
from chalicelib.canonical.ids import (
    ConnectionId,
    Digest,
    GuestId,
    IdentifierKey,
    Leaf,
    ProgramId,
    PropertyId,
    ReservationId,
    digest_in,
)
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.canonical.time import Instant
from chalicelib.canonical.versions import Version
from chalicelib.guests.declared import Residence, Trait
from chalicelib.guests.drift import NO_DRIFT, Drift, month_of
from chalicelib.guests.enrolments import Enrolment
from chalicelib.guests.kept import Amounts, Kept
from chalicelib.guests.kinds import WhyInShort
from chalicelib.guests.preferences import KeptInShort, Preferences
from chalicelib.guests.records import Record
from chalicelib.guests.revenue import stated, within
from chalicelib.guests.statements import Statement
from chalicelib.guests.stats import DayStats, Stats
from chalicelib.guests.tally import Tally


class Stay(Kept):
    """A reservation as it is kept under the leaf of its primary guest."""

    reservation: ReservationId
    source: ConnectionId
    source_id: str
    booking: str | None = None
    property_id: PropertyId
    status: Status
    arrival: date
    departure: date
    channel: Channel = Channel.UNKNOWN
    stated_currency: str | None = None
    stated_room_minor: int | None = None
    stated_eligible_minor: int | None = None
    stated_other_minor: int | None = None
    stated_elsewhere: tuple[CurrencyAmounts, ...] = ()
    """What the source states in other currencies than its own for this stay, in the order of their names."""
    charged_room: Amounts = Field(default_factory=dict)
    charged_other: Amounts = Field(default_factory=dict)
    adults: int | None = None
    children: int | None = None
    cancel_reason: str | None = None
    companions: tuple[Leaf, ...] = ()
    rate_plan: str | None = None
    market_segment: str | None = None
    promotion_code: str | None = None
    room_type: str | None = None
    room_number: str | None = None
    arrival_time: str | None = None
    meal_plan: MealPlan | None = None
    purpose: Purpose | None = None
    company_id: str | None = None
    agency_id: str | None = None
    group_id: str | None = None
    payer: Payer | None = None
    booked_on: date | None = None
    nightly_rates: dict[date, int] = Field(default_factory=dict)
    """Minor units of the stated currency by night."""

    @property
    def month(self) -> str:
        """Of the arrival, such as `2026-02`; near it lies the stay's row."""
        return month_of(self.arrival)

    @property
    def enquired_on(self) -> date | None:
        """When somebody asked who did not book, by the hotel's calendar."""
        return self.booked_on if self.status is Status.INQUIRY else None

    @property
    def nights(self) -> int:
        """Nights by calendar dates; day use has none."""
        return (self.departure - self.arrival).days

    @property
    def currency(self) -> str | None:
        """The source's currency; without one, the first by name of the room's charges, or else of the others: amounts
        of two currencies do not compare."""
        return self.stated_currency or min(self.charged_room or self.charged_other, default=None)

    @property
    def room_revenue(self) -> Amounts:
        """What the source states wins; where it states nothing, its room charges are summed."""
        own = self.stated_currency, self.stated_room_minor
        return stated(own, self.stated_elsewhere, "room_revenue_minor") or self.charged_room

    @property
    def eligible_room(self) -> Amounts:
        """What of the room revenue may earn points: what stands on the guest's own folio, where the source says so."""
        own = self.stated_currency, self.stated_eligible_minor
        return within(self.room_revenue, stated(own, self.stated_elsewhere, "eligible_room_revenue_minor"))

    @property
    def other_revenue(self) -> Amounts:
        own = self.stated_currency, self.stated_other_minor
        return stated(own, self.stated_elsewhere, "other_revenue_minor") or self.charged_other

    @property
    def room_revenue_minor(self) -> int:
        return self.room_revenue.get(self.currency or "", 0)

    @property
    def other_revenue_minor(self) -> int:
        return self.other_revenue.get(self.currency or "", 0)

    def with_charges(self, *, room: Amounts, other: Amounts) -> "Stay":
        return self.model_copy(update={"charged_room": room, "charged_other": other})

    def with_companions(self, companions: tuple[Leaf, ...]) -> "Stay":
        return self.model_copy(update={"companions": companions})

    def of_reservation(self, reservation: ReservationId) -> "Stay":
        return self.model_copy(update={"reservation": reservation})


class Traits(Kept):
    """What is known of a guest, stored packed on the guest's head. Each trait is declared here and nowhere else:
    profile, segments, templates and API take it from its line."""

    salutation: Annotated[str | None, Trait()] = None
    given_name: Annotated[str | None, Trait(in_segments=True, in_templates=True, identifies=True, example="Anna")] = (
        None
    )
    family_name: Annotated[str | None, Trait(in_segments=True, in_templates=True, identifies=True, example="Lee")] = (
        None
    )
    generation: Annotated[str | None, Trait()] = None
    email: Annotated[str | None, Trait(computed_by="own_email", in_segments=True, identifies=True)] = None
    phone: Annotated[str | None, Trait(in_segments=True, identifies=True)] = None
    language: Annotated[str | None, Trait(in_segments=True, in_templates=True, example="en")] = None
    country: Annotated[str | None, Trait(in_segments=True, in_templates=True, example="AT")] = None
    address: Annotated[PostalAddress | None, Trait(in_segments=True, asked_as=Residence)] = None
    birth_date: Annotated[date | None, Trait(in_segments=True, identifies=True)] = None
    special_dates: Annotated[tuple[SpecialDate, ...], Trait()] = ()
    age_category: Annotated[AgeCategory | None, Trait()] = None
    fields: Annotated[dict[str, bool | int | str] | None, Trait(computed_by="fields")] = None
    vip: Annotated[int | None, Trait(in_segments=True, in_templates=True, example="1")] = None
    member: Annotated[bool, Trait(computed_by="membership", in_segments=True, in_templates=True, example="yes")] = False
    unprofiled: Annotated[WhyInShort, Trait(computed_by="profiling")] = None
    preferences: Annotated[KeptInShort, Trait(computed_by="preferences", in_segments=True)] = None
    stats: Annotated[Stats, Trait(computed_by="sums", in_segments=True, in_api=False, asked_as=DayStats)] = Field(
        default_factory=Stats
    )
    """Not one for all, which would be copied as a whole for each head that is read."""

    @property
    def has_reservations(self) -> bool:
        """For these somebody is shown whose records are all nobody's."""
        return bool(self.stats.reservations)

    def with_membership(self) -> "Traits":
        return self.model_copy(update={"member": True})

    def of_whole(self, guest: "Traits") -> "Traits":
        """With what is so of the guest whoever tells of them: membership, profiling, and what the stays add up to."""
        return self.model_copy(update={"member": guest.member, "stats": guest.stats, "unprofiled": guest.unprofiled})

    def with_email(self, email: str | None) -> "Traits":
        return self if email == self.email else self.model_copy(update={"email": email})

    def with_preferences(self, preferences: Preferences) -> "Traits":
        return self.model_copy(update={"preferences": preferences})

    def with_stats(self, stats: Stats) -> "Traits":
        return self.model_copy(update={"stats": stats})


@dataclass(frozen=True)
class Guest:
    """A person: what the leaves that are taken for one come to, as of a revision of the head of the leaf that names
    them. `members` are all the leaves, that one included; `properties` are those that any leaf was seen at: their keys
    see the guest."""

    id: GuestId
    rev: int
    members: tuple[Leaf, ...]
    traits: Traits
    properties: tuple[PropertyId, ...]
    drift: Drift = NO_DRIFT

    def with_stats(self, stats: Stats) -> "Guest":
        return replace(self, traits=self.traits.with_stats(stats))

    @property
    def others(self) -> tuple[Leaf, ...]:
        """The leaves besides the one that names the guest."""
        return tuple(leaf for leaf in self.members if leaf != self.id)


@dataclass(frozen=True)
class Head:
    """The head of a leaf. A guest's own head keeps what the guest comes to; the others say where they were merged into.

    `rev` grows with every write of anything under the leaf: it is the lock and the version of all that the leaf holds.
    """

    leaf: Leaf
    rev: int = 0
    record: Record | None = None
    """None also where only the head was read: the record is a row of its own."""
    record_rev: int | None = None
    """The revision at which the record was written; None where the leaf has none."""
    record_version: str = ""
    stats: Stats = field(default_factory=Stats)
    tally: Tally | None = None
    """None where an earlier version kept the head: then the sums follow from all the stays."""
    identifiers: tuple[IdentifierKey, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    """What people said of memberships through this record, one a programme, and the identifiers that only it brings."""
    enrolled_keys: tuple[IdentifierKey, ...] = ()
    statements: tuple[Statement, ...] = ()
    """What the guest, or staff, said through this record."""
    enrolled_in: tuple[ProgramId, ...] = ()
    """Programmes whose ledger has a member here of itself: what people say of one counts more."""
    blocks: tuple[Digest, ...] = ()
    """Where the record lies beside others that it is compared with by weight."""
    own_profile: Digest | None = None
    """The digest under which other records name this one as what their source merged them into."""
    members: tuple[Leaf, ...] = ()
    merged_into: GuestId | None = None
    traits: Traits | None = None
    seen_at: tuple[PropertyId, ...] = ()
    """Properties that this leaf's source named it at."""
    since: int | None = None
    """When the hub was first told of the record, in milliseconds since 1970: no source says that of itself."""
    properties: tuple[PropertyId, ...] = ()
    """On a guest: the properties that any of its leaves was seen at; keys of these see the guest."""
    drift: Drift = NO_DRIFT
    """Of the leaf's stays; on a guest, of those of all its leaves. It never shrinks: it says where to look."""
    nobody: bool = False
    """On a guest: whether all its records are nobody's. It is shown for its stays, as long as it has any."""
    erased: Instant | None = None
    """When who this was was erased, or another record of theirs: nothing that a source knew then is taken any more."""
    decided: bool = False
    """Whether a person decided with whom this leaf belongs or not: a row of its own says what."""

    @property
    def has_record(self) -> bool:
        """Whether a source said anything about a person here."""
        return self.record is not None or self.record_rev is not None

    @property
    def version(self) -> Version | None:
        return Version.parse(self.record_version) if self.record_version else None

    @property
    def digests(self) -> set[Digest]:
        """Of the identifiers that the record carries."""
        return {digest_in(key) for key in self.identifiers}

    def digests_of(self, kind: str) -> set[Digest]:
        """Of one kind of them."""
        return {digest_in(key) for key in self.identifiers if key.startswith(f"{kind}:")}

    @property
    def guest(self) -> GuestId:
        """The id of the guest this leaf belongs to."""
        return self.merged_into or GuestId(self.leaf)

    def as_guest(self) -> Guest | None:
        """None where nobody is known, the leaf was merged away, or whose it was is erased."""
        is_empty = self.erased or (self.nobody and not (self.traits and self.traits.has_reservations))
        if self.merged_into is not None or not self.has_record or is_empty:
            return None
        return Guest(
            id=GuestId(self.leaf),
            rev=self.rev,
            members=self.members if self.leaf in self.members else (self.leaf, *self.members),
            traits=self.traits or Traits(),
            properties=self.properties,
            drift=self.drift,
        )
