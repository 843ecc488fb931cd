"""What the lines of a Mews bill come to, and on whose folio the room stands.

https://docs.mews.com/connector-api/operations/orderitems: one reservation may be billed in several currencies. Their
amounts are never compared, and never converted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.canonical.details import MOST_CURRENCIES, MOST_NIGHTS, CurrencyAmounts, NightlyRate, Payer
from chalicelib.canonical.money import to_minor
from chalicelib.canonical.time import local_date, moment_of
from chalicelib.connectors.mews.calls import Row

NIGHT_ITEM = "SpaceOrder"
ROOM_ITEMS = {NIGHT_ITEM, "NightRebate", "ResourceUpgradeFee"}
OTHER_ITEMS = {"ProductOrder", "ProductOrderRebate", "AdditionalExpenseRebate", "CustomItem", "AllowanceDiscount"}
"""Order item types that are revenue; the rest is tax, fee, deposit or bookkeeping. Allowances are spent on products."""
BILLED = {"Open", "Closed"}
"""Accounting states that count; Inactive and Canceled do not."""


def nights_in(items: Sequence[Row]) -> list[Row]:
    """The lines that sell a night of the room."""
    return [item for item in _billed(items) if item["Type"] == NIGHT_ITEM]


def payer_of(row: Row, items: Sequence[Row], paymasters: Collection[str]) -> Payer:
    """On whose folio most of the room stands, in the room's own currency; before anything is billed, the owner's."""
    stands: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    billed = _by_currency(_billed(items))
    for item in billed[_currency_of_the_room(billed)] if billed else ():
        if item["Type"] in ROOM_ITEMS and item.get("AccountId"):
            stands[str(item["AccountId"]), str(item.get("AccountType"))] += _net([item])
    owner = str(row["AccountId"]), str(row["AccountType"])
    account, type_ = max(sorted(stands), key=stands.__getitem__, default=owner)
    if account in paymasters:
        return Payer.MASTER_ACCOUNT
    return Payer.COMPANY if type_ == "Company" else Payer.GUEST


def revenue_of(
    items: Sequence[Row], guests: Collection[str | None], zone: str, ignored: Counter[str]
) -> dict[str, Any]:
    """Currency, room and other revenue, net, and what is billed in other currencies. Without a billed line, nothing.

    What stands on the folio of a company, an agency or somebody who does not sleep here is revenue, and not eligible.
    """
    billed = _by_currency(_billed(items))
    if not billed:
        return {}
    own = _currency_of_the_room(billed)
    others = [_amounts(each, billed[each], guests) for each in sorted(billed) if each != own]
    if len(others) > MOST_CURRENCIES:
        ignored["currency_beyond_the_most"] += len(others) - MOST_CURRENCIES
    return {
        **_amounts(own, billed[own], guests).model_dump(),
        "in_other_currencies": tuple(others[:MOST_CURRENCIES]) or None,
        "nightly_rates": _nightly_rates(_rooms_in(billed[own]), own, zone),
    }


def _billed(items: Sequence[Row]) -> list[Row]:
    return [item for item in items if item["AccountingState"] in BILLED and item["Type"] in ROOM_ITEMS | OTHER_ITEMS]


def _by_currency(items: Sequence[Row]) -> Mapping[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for item in items:
        grouped[str(item["Amount"]["Currency"])].append(item)
    return grouped


def _rooms_in(items: Sequence[Row]) -> list[Row]:
    return [item for item in items if item["Type"] in ROOM_ITEMS]


def _currency_of_the_room(billed: Mapping[str, Sequence[Row]]) -> str:
    """The one in which most nights were billed, or else most of what belongs to the room, or most of the rest: lines
    are counted, for amounts of two currencies do not compare."""

    def weight(currency: str) -> tuple[int, int, int]:
        its = billed[currency]
        return len(nights_in(its)), len(_rooms_in(its)), len(its)

    return max(sorted(billed), key=weight)


def _amounts(currency: str, items: Sequence[Row], guests: Collection[str | None]) -> CurrencyAmounts:
    """A rebate may stand on another's folio than the room: what is eligible is no more than the room comes to."""
    rooms = _rooms_in(items)
    room, own = (to_minor(_net(each), currency) for each in (rooms, _on_folios_of(guests, rooms)))
    return CurrencyAmounts(
        currency=currency,
        room_revenue_minor=room,
        eligible_room_revenue_minor=min(own, max(room, 0)),
        other_revenue_minor=to_minor(_net(item for item in items if item["Type"] in OTHER_ITEMS), currency),
    )


def _nightly_rates(rooms: Sequence[Row], currency: str, zone: str) -> list[NightlyRate] | None:
    """Mews bills a room by the night; where a line does not say its night, none is stated."""
    if not rooms or not all(item.get("StartUtc") for item in rooms):
        return None
    by_night: dict[date, list[Row]] = {}
    for item in rooms:
        by_night.setdefault(local_date(moment_of(item["StartUtc"]), zone), []).append(item)
    rates = {night: to_minor(_net(its), currency) for night, its in sorted(by_night.items())}
    return [NightlyRate(night=night, amount_minor=amount) for night, amount in rates.items()][:MOST_NIGHTS]


def _on_folios_of(guests: Collection[str | None], items: Iterable[Row]) -> list[Row]:
    return [item for item in items if item.get("AccountId") is None or item["AccountId"] in guests]


def _net(items: Iterable[Row]) -> Decimal:
    return sum((Decimal(str(item["Amount"]["NetValue"])) for item in items), Decimal())
