"""Snapshots: what a source said about one thing at one version. The published body of `POST /v1/events`."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from chalicelib.canonical.details import (
    AgeCategory,
    ChargeCategory,
    ChargeKind,
    Code,
    CountryCode,
    Currency,
    Eligible,
    GuestPreferences,
    InOtherCurrencies,
    MealPlan,
    MinorUnits,
    NightlyRates,
    Payer,
    PostalAddress,
    Purpose,
    SpecialDates,
    TimeOfDay,
    VipLevel,
)
from chalicelib.canonical.ids import PropertyId, digest_of
from chalicelib.canonical.time import instant
from chalicelib.canonical.versions import Version, observed

When = TypeVar("When", date, datetime)


def _within_reach(when: When) -> When:
    if not 1970 <= when.year <= 2200:
        raise ValueError("the year must lie between 1970 and 2200")
    return when


SourceId = Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]
"""An id in the source's own words."""
HUB_ID = StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")
"""Of an id that travels in SES tags, message groups and URLs."""
HubId = Annotated[str, HUB_ID]
Text = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Day = Annotated[date, AfterValidator(_within_reach)]
"""Of a stay: days and weeks are counted from it, back and on."""


class Status(StrEnum):
    """The canonical states of a reservation; UNKNOWN keeps a word that no translation table has."""

    INQUIRY = "inquiry"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    IN_HOUSE = "in_house"
    CHECKED_OUT = "checked_out"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    UNKNOWN = "unknown"

    @property
    def stage(self) -> int:
        """How far a reservation has come: what only follows on another state is later than it."""
        return _STAGES.index(self)


_STAGES = (
    Status.UNKNOWN, Status.INQUIRY, Status.PENDING, Status.CONFIRMED, Status.CANCELLED, Status.NO_SHOW, Status.IN_HOUSE,
    Status.CHECKED_OUT,
)  # fmt: skip
"""A no-show is told of a room that was cancelled when nobody came; who slept there was no such guest."""


class Channel(StrEnum):
    """Where a reservation came from; unknown is not direct."""

    DIRECT = "direct"
    OTA = "ota"
    GDS = "gds"
    CORPORATE = "corporate"
    WHOLESALE = "wholesale"
    GROUP = "group"
    UNKNOWN = "unknown"


def _kind_is_required(schema: dict[str, Any]) -> None:
    """Code need not repeat what a class is; who sends a snapshot must say which of them it is."""
    del schema["properties"]["kind"]["default"]
    schema["required"] = ["kind", *schema["required"]]


class Snapshot(BaseModel):
    """What all snapshots share: closed shape, immutable, and a version."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_kind_is_required)

    changed_at: Moment

    def version(self, observed_at: datetime | None = None) -> Version:
        """The version of this snapshot; `observed_at` is when a thin vendor was asked, None for what was pushed."""
        content = self.model_dump_json(exclude={"changed_at"}, exclude_none=True)
        return Version(instant(self.latest_change()), observed(observed_at), digest_of(content))

    def latest_change(self) -> datetime:
        return self.changed_at.astimezone(UTC)


class GuestSnapshot(Snapshot):
    """What a source says about one person.

    `person` is false for agencies, companies, paymaster and "Walk In" profiles: they never become guests; where
    reservations name the id as their company or agency, its names are that account's. `anonymised`
    is true where the source erased who this was: the hub forgets the person, and keeps the stays.
    `marketing_email` is the source's own opt-in flag: true, false, or null where the source does not say.
    `country` is the nationality, the address's is where the guest lives. `generation` is what tells a father from a
    son of one name (Jr, Sr, III). `vip` is how much attention is due, from 1 on; null is none.
    """

    kind: Literal["guest"] = "guest"
    source_id: SourceId | None = None
    person: bool = True
    anonymised: bool | None = None
    salutation: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] | None = None
    given_name: Text | None = None
    family_name: Text | None = None
    generation: Annotated[str, StringConstraints(max_length=10, strip_whitespace=True)] | None = None
    email: Annotated[str, StringConstraints(max_length=320, strip_whitespace=True)] | None = None
    email_is_relay: bool = False
    phone: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] | None = None
    language: Annotated[str, StringConstraints(max_length=12)] | None = None
    country: CountryCode | None = None
    address: PostalAddress | None = None
    birth_date: date | None = None
    special_dates: SpecialDates | None = None
    preferences: GuestPreferences | None = None
    vip: VipLevel | None = None
    age_category: AgeCategory | None = None
    member_number: Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)] | None = None
    marketing_email: bool | None = None
    merged_into: SourceId | None = None
    property_id: Annotated[PropertyId, HUB_ID] | None = None


class Occupant(BaseModel):
    """A person named by a reservation. A booker made the booking and need not be a guest of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["primary", "companion", "booker"]
    guest: GuestSnapshot


class ReservationSnapshot(Snapshot):
    """One room for one date range.

    Dates are local and, once known, the actual ones: day use has `arrival == departure`. Revenue is net of taxes, fees
    and deposits, and null where the source states none (then the hub sums the charges it was sent). What was billed in
    another currency than `currency` stands in `in_other_currencies`: nothing is ever converted.
    `eligible_room_revenue_minor` is what of the room revenue stands on the guests' own folio and may earn points; null
    is all of it. `payer` is on whose folio the room stands. `arrival_time` is when the guest is expected, local to the
    property. `booking_id` groups the rooms of one booking, `group_id` the bookings of one group (a wedding, a tour).
    `company_id` and `agency_id` are who sends and who sells it, in the source's ids: each is an account of the hub.
    """

    kind: Literal["reservation"] = "reservation"
    source_id: SourceId
    room: Annotated[int, Field(ge=0, le=999)] = 0
    booking_id: SourceId | None = None
    property_id: Annotated[PropertyId, HUB_ID]
    status: Status
    arrival: Day
    departure: Day
    booked_at: AwareDatetime | None = None
    channel: Channel = Channel.UNKNOWN
    adults: Annotated[int, Field(ge=0, le=99)] | None = None
    children: Annotated[int, Field(ge=0, le=99)] | None = None
    currency: Currency | None = None
    room_revenue_minor: MinorUnits | None = None
    eligible_room_revenue_minor: Eligible = None
    other_revenue_minor: MinorUnits | None = None
    in_other_currencies: InOtherCurrencies | None = None
    cancel_reason: Text | None = None
    rate_plan: Code | None = None
    market_segment: Code | None = None
    promotion_code: Code | None = None
    room_type: Code | None = None
    room_number: Code | None = None
    arrival_time: TimeOfDay | None = None
    meal_plan: MealPlan | None = None
    purpose: Purpose | None = None
    company_id: SourceId | None = None
    agency_id: SourceId | None = None
    group_id: SourceId | None = None
    payer: Payer | None = None
    nightly_rates: NightlyRates | None = None
    occupants: Annotated[tuple[Occupant, ...], Field(max_length=20)] = ()
    backfill: bool = False

    @field_validator("departure")
    @classmethod
    def _follows_arrival(cls, departure: date, known: ValidationInfo) -> date:
        if departure < known.data.get("arrival", departure):
            raise ValueError("is before the arrival")
        return departure

    @field_validator(
        "room_revenue_minor",
        "eligible_room_revenue_minor",
        "other_revenue_minor",
        "in_other_currencies",
        "nightly_rates",
    )
    @classmethod
    def _has_a_currency(cls, stated: object, known: ValidationInfo) -> object:
        if stated is not None and known.data.get("currency", "") is None:
            raise ValueError("needs the currency of the reservation")
        return stated

    @field_validator("in_other_currencies")
    @classmethod
    def _are_others(cls, stated: InOtherCurrencies | None, known: ValidationInfo) -> InOtherCurrencies | None:
        if any(each.currency == known.data.get("currency") for each in stated or ()):
            raise ValueError("has the currency of the reservation, whose amounts stand in the reservation itself")
        return stated

    @field_validator("occupants")
    @classmethod
    def _has_one_primary(cls, occupants: tuple[Occupant, ...]) -> tuple[Occupant, ...]:
        if sum(each.role == "primary" for each in occupants) > 1:
            raise ValueError("a room has one primary guest")
        return occupants

    def latest_change(self) -> datetime:
        return max([self.changed_at, *(each.guest.changed_at for each in self.occupants)]).astimezone(UTC)


class ChargeSnapshot(Snapshot):
    """One line of a folio, or one point-of-sale ticket posted to a room.

    `charge` says which sum of the stay the line counts in. It follows from the category where one is stated, and may
    then be left out. `amount_minor` is net of `tax_minor`.
    """

    kind: Literal["charge"] = "charge"
    source_id: SourceId
    property_id: Annotated[PropertyId, HUB_ID]
    reservation_source_id: SourceId
    room: Annotated[int, Field(ge=0, le=999)] = 0
    charge: ChargeKind | None = None
    category: Annotated[ChargeCategory | None, Field(validate_default=True)] = None
    amount_minor: MinorUnits
    tax_minor: MinorUnits | None = None
    currency: Currency
    folio_owner: Payer | None = None
    cancelled: bool = False

    @field_validator("category")
    @classmethod
    def _counts_in_one_sum(cls, category: ChargeCategory | None, known: ValidationInfo) -> ChargeCategory | None:
        charge = known.data.get("charge", "")
        if charge is None and category is None:
            raise ValueError("is required where charge is left out")
        if charge and category and category.kind is not charge:
            raise ValueError(f"counts as {category.kind}, and charge says otherwise")
        return category

    @property
    def counts_as(self) -> ChargeKind:
        """The sum of the stay that this line counts in."""
        return self.category.kind if self.category else self.charge or ChargeKind.EXCLUDED


AnySnapshot = Annotated[GuestSnapshot | ReservationSnapshot | ChargeSnapshot, Field(discriminator="kind")]
