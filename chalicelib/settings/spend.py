"""What the channels keep of what guests spend, and what other currencies are worth, as a document. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from chalicelib.canonical.details import Currency, Payer
from chalicelib.canonical.errors import FieldError
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.snapshots import HUB_ID, Channel, Day, SourceId

MOST_COMMISSIONS = 200
MOST_RATES = 3_000
Base = Literal["room", "all"]


def _is_worth_something(rate: str) -> str:
    if not Decimal(rate):
        raise ValueError("must be more than 0")
    return rate


RateText = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,12})?$"), AfterValidator(_is_worth_something)
]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scope(NamedTuple):
    """Which bookings a commission is for, what tells most first; None is any."""

    source: str | None
    agency_id: str | None
    property_id: str | None
    channel: str | None
    payer: str | None

    def holds(self, booking: "Scope") -> bool:
        return all(own is None or own == told for own, told in zip(self, booking, strict=True))

    @property
    def told(self) -> tuple[bool, ...]:
        """Of two that hold for a booking the higher counts."""
        return tuple(each is not None for each in self)


class Commission(Closed):
    """What a channel takes of the stays that end from `since` until `until` (the last such day; null is for good).

    It is for bookings of one `source`, one of its agencies (`agency_id`, in its words), one hotel, one `channel`, and
    one `payer`: who pays the hotel, the guest there, or the agency or channel (`company`) that the guest paid. What is
    left out is any. Where several are for a booking, the one that names its source counts, of these the one that
    names its agency, and so on in this order.

    `basis_points` are hundredths of a percent of the room revenue, or of `all` revenue. `deducted` says that the source
    states revenue without it already: then nothing more is taken off.
    """

    source: Annotated[ConnectionId, HUB_ID] | None = None
    agency_id: SourceId | None = None
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    channel: Channel | None = None
    payer: Payer | None = None
    basis_points: Annotated[int, Field(ge=0, le=10_000)]
    base: Base = "room"
    deducted: bool = False
    since: Day
    until: Day | None = None

    @field_validator("until")
    @classmethod
    def _follows_since(cls, until: date | None, known: ValidationInfo) -> date | None:
        since = known.data.get("since")
        if until and since and until < since:
            raise ValueError("is before since")
        return until

    @property
    def scope(self) -> Scope:
        return Scope(self.source, self.agency_id, self.property_id, self.channel, self.payer)

    def covers(self, day: date) -> bool:
        return self.since <= day <= (self.until or date.max)

    @property
    def span(self) -> str:
        return f"{self.since} to {self.until}" if self.until else f"from {self.since} on"


class ExchangeRate(Closed):
    """What one unit of a currency is in the group's, from a day on until the next that is told: `0.92`."""

    currency: Currency
    since: Day
    rate: RateText


class SpendSettings(Closed):
    """How what guests spent is told net of commissions, and in one currency. `version` grows by itself with every
    change.

    The day on which a stay ended says which commission is taken off, and at which rate it is converted: the nearest
    earlier one. A currency without one is told apart, and never as 0.
    """

    currency: Currency | None = None
    commissions: Annotated[tuple[Commission, ...], Field(max_length=MOST_COMMISSIONS)] = ()
    rates: Annotated[tuple[ExchangeRate, ...], Field(max_length=MOST_RATES)] = ()
    version: Annotated[int, Field(ge=0)] = 0

    def at_version(self, version: int) -> "SpendSettings":
        return self.model_copy(update={"version": version})

    def faults(self) -> Iterator[FieldError]:
        """What does not fit together, each at its field."""
        yield from _faults_of_commissions(self.commissions)
        yield from _faults_of_rates(self.rates, self.currency)


def _faults_of_commissions(commissions: Sequence[Commission]) -> Iterator[FieldError]:
    for at, each in enumerate(commissions):
        if each.agency_id and not each.source:
            yield FieldError(f"commissions.{at}.source", "is required beside agency_id, which is in its words")
        before = next((n for n, other in enumerate(commissions[:at]) if _collide(each, other)), None)
        if before is not None:
            message = f"overlaps commissions.{before} ({commissions[before].span}), which is for the same bookings"
            yield FieldError(f"commissions.{at}.since", message)


def _collide(one: Commission, other: Commission) -> bool:
    """Whether they could both count for a booking, and neither says more of it."""
    is_one_time = one.since <= (other.until or date.max) and other.since <= (one.until or date.max)
    return one.scope == other.scope and is_one_time


def _faults_of_rates(rates: Sequence[ExchangeRate], currency: str | None) -> Iterator[FieldError]:
    if rates and currency is None:
        yield FieldError("currency", "is required: it says in which currency the rates are")
    seen: dict[tuple[str, date], int] = {}
    for at, each in enumerate(rates):
        if each.currency == currency:
            yield FieldError(f"rates.{at}.currency", "is the group's own currency, which needs no rate")
        before = seen.setdefault((each.currency, each.since), at)
        if before != at:
            yield FieldError(f"rates.{at}.since", f"is the day of rates.{before} for the same currency")
