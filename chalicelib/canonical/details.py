"""What a snapshot may say besides: who pays, which rate and room, where the guest lives. All of it may be null.

Codes and ids are the source's own words; what rules and segments compare across hotels has the hub's words.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo

from chalicelib.canonical.preferences import (
    MOST_VALUES,
    Activity,
    Bed,
    Floor,
    Meals,
    Outlet,
    Pillow,
    Table,
    Temperature,
    Tongue,
    View,
)

MinorUnits = Annotated[int, Field(ge=-(10**12), le=10**12)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
"""A rate plan, a segment, a room: as the source names it."""
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""`15:30`, local to the property."""
VipLevel = Annotated[int, Field(ge=1, le=9)]
"""More is more; what each level means is the hotels' own."""
MOST_CURRENCIES = 10
"""Currencies, besides its own, in which a reservation may state revenue."""
MOST_NIGHTS = 400
"""Nights of which a reservation may state a rate: a year, and what it takes to round it up."""


class MealPlan(StrEnum):
    """The board that the rate includes. It is no diet: that never enters the hub."""

    ROOM_ONLY = "room_only"
    BREAKFAST = "breakfast"
    HALF_BOARD = "half_board"
    FULL_BOARD = "full_board"
    ALL_INCLUSIVE = "all_inclusive"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """Why the guest travels."""

    LEISURE = "leisure"
    BUSINESS = "business"
    STUDY = "study"
    UNKNOWN = "unknown"


class Payer(StrEnum):
    """Whose folio it is. An agency that pays is a company; a group's folio is a master account."""

    GUEST = "guest"
    COMPANY = "company"
    MASTER_ACCOUNT = "master_account"


class ChargeKind(StrEnum):
    """ROOM and OTHER are revenue; EXCLUDED is tax, fee or deposit."""

    ROOM = "room"
    OTHER = "other"
    EXCLUDED = "excluded"


class ChargeCategory(StrEnum):
    """What was charged for. GIFT_CARD is the sale of one: it is revenue where it is spent."""

    ROOM = "room"
    FOOD_AND_BEVERAGE = "food_and_beverage"
    SPA = "spa"
    OTHER = "other"
    FEE = "fee"
    TAX = "tax"
    GRATUITY = "gratuity"
    GIFT_CARD = "gift_card"

    @property
    def kind(self) -> ChargeKind:
        """The sum that a charge of this category counts in."""
        return _KINDS.get(self, ChargeKind.EXCLUDED)


_KINDS = {
    ChargeCategory.ROOM: ChargeKind.ROOM,
    ChargeCategory.FOOD_AND_BEVERAGE: ChargeKind.OTHER,
    ChargeCategory.SPA: ChargeKind.OTHER,
    ChargeCategory.OTHER: ChargeKind.OTHER,
}


class AgeCategory(StrEnum):
    """The age that the source counts the guest as, by the OTA's age qualifying codes."""

    INFANT = "infant"
    CHILD = "child"
    TEENAGER = "teenager"
    ADULT = "adult"
    SENIOR = "senior"


class SpecialDateKind(StrEnum):
    """Which day of the guest's it is; the birthday is the guest's `birth_date`."""

    ANNIVERSARY = "anniversary"
    NAME_DAY = "name_day"
    OTHER = "other"


class Detail(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PostalAddress(Detail):
    """Where the guest lives. `region` is a state or province, by its ISO 3166-2 code where the source has one."""

    street: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] | None = None
    postal_code: Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)] | None = None
    city: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] | None = None
    region: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] | None = None
    country: CountryCode | None = None

    def worded(self, change: Callable[[str], str]) -> "PostalAddress":
        """With each of its lines as the change makes it."""
        return self.model_copy(
            update={
                "street": self.street and change(self.street),
                "postal_code": self.postal_code and change(self.postal_code),
                "city": self.city and change(self.city),
                "region": self.region and change(self.region),
            }
        )


class SpecialDate(Detail):
    kind: SpecialDateKind
    day: date


class NightlyRate(Detail):
    """What one night costs, net of taxes and fees, in the reservation's currency."""

    night: date
    amount_minor: MinorUnits


def _within_the_room(eligible: int | None, known: ValidationInfo) -> int | None:
    """A part is no more than its whole; of less than nothing, nothing is the most."""
    room = known.data.get("room_revenue_minor")
    if eligible is not None and room is not None and eligible > max(room, 0):
        raise ValueError("is more than room_revenue_minor, of which it is a part")
    return eligible


Eligible = Annotated[MinorUnits | None, AfterValidator(_within_the_room)]
"""What of `room_revenue_minor`, which stands before it, may earn points."""


class CurrencyAmounts(Detail):
    """What of a reservation was billed in one currency; null where the source states nothing of it."""

    currency: Currency
    room_revenue_minor: MinorUnits | None = None
    eligible_room_revenue_minor: Eligible = None
    other_revenue_minor: MinorUnits | None = None


def _one_a_currency(amounts: tuple[CurrencyAmounts, ...]) -> tuple[CurrencyAmounts, ...]:
    if len({each.currency for each in amounts}) < len(amounts):
        raise ValueError("a currency is named twice")
    return amounts


InOtherCurrencies = Annotated[
    tuple[CurrencyAmounts, ...], Field(max_length=MOST_CURRENCIES), AfterValidator(_one_a_currency)
]


def _one_a_night(rates: tuple[NightlyRate, ...]) -> tuple[NightlyRate, ...]:
    if len({each.night for each in rates}) < len(rates):
        raise ValueError("a night has one rate")
    return rates


NightlyRates = Annotated[tuple[NightlyRate, ...], Field(max_length=MOST_NIGHTS), AfterValidator(_one_a_night)]
SpecialDates = Annotated[tuple[SpecialDate, ...], Field(max_length=10)]


Few = Field(max_length=MOST_VALUES)
One = Field(max_length=1)


class GuestPreferences(Detail):
    """What a source knows that the guest prefers; a kind that is left out says nothing. There is none for allergies,
    diets, health or religion: these stay in the PMS."""

    pillow: Annotated[tuple[Pillow, ...], Few] = ()
    bed: Annotated[tuple[Bed, ...], Few] = ()
    floor: Annotated[tuple[Floor, ...], Few] = ()
    view: Annotated[tuple[View, ...], Few] = ()
    temperature: Annotated[tuple[Temperature, ...], One] = ()
    outlet: Annotated[tuple[Outlet, ...], Few] = ()
    table: Annotated[tuple[Table, ...], Few] = ()
    meal_plan: Annotated[tuple[Meals, ...], One] = ()
    activities: Annotated[tuple[Activity, ...], Few] = ()
    language: Annotated[tuple[Tongue, ...], One] = ()
