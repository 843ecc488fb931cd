"""Stays as the API shows them: the guest's own, and those in which the guest shared another's room."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from chalicelib.canonical.details import MealPlan, Payer, Purpose
from chalicelib.canonical.happenings import Happening, Source
from chalicelib.canonical.ids import GuestId, Leaf, PropertyId, ReservationId
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.entrypoints.api.answers import Listing, Money, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.in_pms import addresses_of
from chalicelib.entrypoints.api.paging import Item, Page, one_of
from chalicelib.entrypoints.api.visibility import InSight, guest_of, may_see
from chalicelib.guests.history import SharedStay
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Stay
from chalicelib.timeline import actions as timeline
from chalicelib.timeline.rules import Part


class NightShown(Shown):
    night: date
    rate: Money


class RevenueShown(Shown):
    """What of a stay was billed in one of its other currencies."""

    room_revenue: Money
    other_revenue: Money


class StayShown(Shown):
    """A reservation. As a `companion` the guest shared the room of another, whose revenue is not shown here. In a list
    of stays `desk_url` opens it in the PMS, where its connection says how."""

    id: str
    role: Literal["guest", "companion"] = "guest"
    source_id: str
    booking_id: str | None
    property_id: PropertyId
    status: Status
    arrival: date
    departure: date
    nights: int
    channel: Channel
    room_revenue: Money | None
    other_revenue: Money | None
    in_other_currencies: list[RevenueShown]
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
    booked_on: date | None
    nightly_rates: list[NightShown]
    desk_url: str | None = None

    def at_desk(self, desk_url: str | None) -> "StayShown":
        return self.model_copy(update={"desk_url": desk_url}) if desk_url else self

    def to_companion(self) -> "StayShown":
        return self.model_copy(
            update={
                "role": "companion",
                "room_revenue": None,
                "other_revenue": None,
                "in_other_currencies": [],
                "nightly_rates": [],
            }
        )


def listed(
    ask: Ask, guest_id: GuestId, *, property_id: PropertyId | None = None, status: str | None = None, page: Page
) -> Listing[StayShown]:
    """The guest's reservations at the key's properties, and those shared as a companion, newest first.

    With a `property_id` those there alone, with a `status` those in that state: then a page may be short, and still
    have a `next_cursor`.
    """
    wanted = Wanted(property_id, one_of("status", status, list(Status)))
    sight = guest_of(ask.caller, guest_id)
    found = history_of(sight, timeline.stays(sight.whole.drift), page, wanted=wanted.has)
    told = [each.what for each in found.happenings if isinstance(each.what, Stay | SharedStay)]
    in_pms = addresses_of(each.stay if isinstance(each, SharedStay) else each for each in told)
    items = [each.at_desk(in_pms.get(ReservationId(each.id))) for each in map(stay_shown, told)]
    return page_of(page, found, items)


class Wanted(NamedTuple):
    property_id: PropertyId | None
    status: str | None

    def has(self, line: Happening[object]) -> bool:
        stay = line.what.stay if isinstance(line.what, SharedStay) else line.what
        is_there = self.property_id in {None, line.property_id}
        return is_there and (self.status is None or (isinstance(stay, Stay) and stay.status == self.status))


def history_of(
    sight: InSight,
    sources: Sequence[Source],
    page: Page,
    mailed: Sequence[Leaf] = (),
    wanted: Callable[[Happening[object]], bool] = lambda _: True,
) -> Part:
    """The part of the guest's history that a page holds of what is in sight and wanted."""
    sees = may_see(sight.eyes)
    return timeline.history(
        sight.members,
        sources,
        before=page.after,
        limit=page.limit,
        may_see=lambda line: wanted(line) and sees(line),
        mailed=mailed,
    )


def page_of(page: Page, found: Part, shown: Sequence[Item]) -> Listing[Item]:
    """What of a part of a history an answer holds, each happening as it is shown: the next page goes on behind that."""
    items, more = page.take(shown)
    ends_at = found.happenings[len(items) - 1].position if more else found.ends_at
    return Listing(items=items, next_cursor=page.cursor(ends_at) if ends_at else None)


SHOWN_OTHERWISE = {"id", "role", "booking_id", "nights", "nightly_rates", "in_other_currencies", "desk_url"}


def stay_shown(found: Stay | SharedStay) -> StayShown:
    return _companion(found.stay) if isinstance(found, SharedStay) else _own(found)


def _own(stay: Stay) -> StayShown:
    room, other = stay.room_revenue, stay.other_revenue
    kept = stay.model_dump(include=set(StayShown.model_fields) - SHOWN_OTHERWISE)
    return StayShown.model_validate(
        {
            **kept,
            "id": stay.reservation,
            "booking_id": stay.booking,
            "nights": stay.nights,
            "room_revenue": _money(stay.room_revenue_minor, stay.currency),
            "other_revenue": _money(stay.other_revenue_minor, stay.currency),
            "in_other_currencies": [
                RevenueShown(room_revenue=_amount(room, each), other_revenue=_amount(other, each))
                for each in sorted({*room, *other} - {stay.currency})
            ],
            "nightly_rates": [
                NightShown(night=night, rate=Money(amount_minor=amount, currency=stay.stated_currency or ""))
                for night, amount in stay.nightly_rates.items()
            ],
        }
    )


def _companion(stay: Stay) -> StayShown:
    return _own(stay).to_companion()


def _amount(amounts: Amounts, currency: str) -> Money:
    return Money(amount_minor=amounts.get(currency, 0), currency=currency)


def _money(amount_minor: int, currency: str | None) -> Money | None:
    return Money(amount_minor=amount_minor, currency=currency) if currency else None
