"""Stays as the API shows them: the guest's own, and those in which the guest shared another's room."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.details import MealPlan, Payer, Purpose
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.entrypoints.api.answers import Money, Shown
from chalicelib.entrypoints.api.caller import Caller
from chalicelib.guests import store
from chalicelib.guests.model import Stay


class NightShown(Shown):
    night: date
    rate: Money


class StayShown(Shown):
    """A reservation. As a `companion` the guest shared the room of another, whose revenue is not shown here."""

    id: str
    role: Literal["guest", "companion"] = "guest"
    source_id: str
    booking_id: str | None
    property_id: str
    status: Status
    arrival: date
    departure: date
    nights: int
    channel: Channel
    room_revenue: Money | None
    other_revenue: Money | None
    adults: int | None
    children: int | None
    cancel_reason: str | None
    rate_plan: str | None
    market_segment: str | None
    promotion_code: str | None
    room_type: str | None
    room_number: str | None
    arrival_time: str | None
    meal_plan: MealPlan | None
    purpose: Purpose | None
    company_id: str | None
    agency_id: str | None
    group_id: str | None
    payer: Payer | None
    nightly_rates: list[NightShown]


class Held(NamedTuple):
    """A stay, and the guest's leaf through which it is theirs."""

    leaf: str
    stay: StayShown


def rows_of(leaves: Iterable[str]) -> Iterator[Item]:
    """The rows that `stays_in` reads, and no others."""
    for leaf in leaves:
        for kind in (keys.STAY, keys.COMPANION):
            yield from table.query(keys.leaf(leaf), kind)


def stays_in(caller: Caller, rows: Sequence[Item]) -> list[Held]:
    """The stays among a guest's rows that the caller may see; one that is own and shared is the guest's own."""
    own = [(leaf_of(row), store.read_stay(row)) for row in rows if row["sk"].startswith(keys.STAY)]
    shared = _shared([row for row in rows if row["sk"].startswith(keys.COMPANION)])
    found = {stay.reservation: Held(leaf, _companion(stay)) for leaf, stay in shared if caller.sees(stay.property_id)}
    found |= {stay.reservation: Held(leaf, stay_shown(stay)) for leaf, stay in own if caller.sees(stay.property_id)}
    return list(found.values())


SHOWN_OTHERWISE = {"id", "role", "booking_id", "nights", "nightly_rates"}


def stay_shown(stay: Stay) -> StayShown:
    kept = stay.model_dump(include=set(StayShown.model_fields) - SHOWN_OTHERWISE)
    return StayShown.model_validate(
        {
            **kept,
            "id": stay.reservation,
            "booking_id": stay.booking,
            "nights": stay.nights,
            "room_revenue": _money(stay.room_revenue_minor, stay.currency),
            "other_revenue": _money(stay.other_revenue_minor, stay.currency),
            "nightly_rates": [
                NightShown(night=night, rate=Money(amount_minor=amount, currency=stay.stated_currency or ""))
                for night, amount in stay.nightly_rates.items()
            ],
        }
    )


def _companion(stay: Stay) -> StayShown:
    hidden: dict[str, object] = {"role": "companion", "room_revenue": None, "other_revenue": None, "nightly_rates": []}
    return stay_shown(stay).model_copy(update=hidden)


def _shared(companions: Sequence[Item]) -> list[tuple[str, Stay]]:
    """Only the primary guest's leaf holds the stay. It may have moved on since the rows were read: then it is gone."""
    named = {keys.stay(row["leaf"], *row["sk"].split("#")[1:]): leaf_of(row) for row in companions}
    return [(named[key], store.read_stay(row)) for key, row in table.get_many(named).items()]


def leaf_of(row: Item) -> str:
    return str(row["pk"]).removeprefix(keys.leaf(""))


def _money(amount_minor: int, currency: str | None) -> Money | None:
    return Money(amount_minor=amount_minor, currency=currency) if currency else None
