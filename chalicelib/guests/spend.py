"""What somebody spent: net of what the channels take, and in the group's currency. Pure.

It is told from the completed stays, by the settings of the moment at which it is asked: nothing of it is kept.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from chalicelib.canonical.money import to_major, to_minor
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import by_currency, count_stays, own_stays
from chalicelib.settings.spend import Commission, ExchangeRate, Scope, SpendSettings

WHOLE = 10_000
"""Basis points."""


@dataclass(frozen=True)
class Amount:
    """Minor units of one currency. `commission` is what was taken off here, and nothing that was deducted before."""

    revenue: int = 0
    commission: int = 0

    @property
    def net(self) -> int:
        return self.revenue - self.commission

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.revenue + other.revenue, self.commission + other.commission)


NOTHING = Amount()


class Spend(NamedTuple):
    """`in_one` is what could be converted; None where no currency is set. `unconverted` are the reservations, by
    currency, that no rate was known for at their end: they are in no sum but their currency's own."""

    stays: int
    by_currency: Mapping[str, Amount]
    currency: str | None
    in_one: Amount | None
    unconverted: Mapping[str, int]


def spend_of(by_record: Iterable[Sequence[Stay]], settings: SpendSettings) -> Spend:
    """Of the reservations of each of a guest's records."""
    own_by_record = [own_stays(stays) for stays in by_record]
    sums: dict[str, Amount] = {}
    rates, whole, missing = Rates(settings.rates), NOTHING, Counter[str]()
    for stay in (stay for stays in own_by_record for stay in stays):
        for currency, amount in _amounts(stay, settings.commissions):
            sums[currency] = sums.get(currency, NOTHING) + amount
            converted = rates.converted(amount, currency, settings.currency, stay.departure)
            whole += converted or NOTHING
            missing[currency] += converted is None
    return Spend(
        stays=sum(map(count_stays, own_by_record)),
        by_currency={currency: sums[currency] for currency in sorted(sums)},
        currency=settings.currency,
        in_one=whole if settings.currency else None,
        unconverted={currency: missing[currency] for currency in sorted(missing) if missing[currency]}
        if settings.currency
        else {},
    )


def _amounts(stay: Stay, commissions: Sequence[Commission]) -> Iterator[tuple[str, Amount]]:
    """What a stay came to, currency by currency."""
    taken = commission_of(stay, commissions)
    whole = by_currency([*stay.room_revenue.items(), *stay.other_revenue.items()])
    base = stay.room_revenue if taken and taken.base == "room" else whole
    for currency, revenue in whole.items():
        yield currency, Amount(revenue, _part(base.get(currency, 0), taken))


def commission_of(stay: Stay, commissions: Iterable[Commission]) -> Commission | None:
    """The one that says most about the booking, of those for the day on which it ended."""
    booking = Scope(stay.source, stay.agency_id, stay.property_id, stay.channel, stay.payer)
    found = [each for each in commissions if each.covers(stay.departure) and each.scope.holds(booking)]
    return max(found, key=lambda each: each.scope.told, default=None)


def _part(base: int, taken: Commission | None) -> int:
    """Of less than nothing, which was given back, no commission is taken."""
    if taken is None or taken.deducted or base <= 0:
        return 0
    return int((Decimal(base * taken.basis_points) / WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


class Rates:
    """What currencies are worth, by day."""

    def __init__(self, rates: Iterable[ExchangeRate]) -> None:
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for each in sorted(rates, key=lambda each: each.since):
            self._days.setdefault(each.currency, []).append(each.since)
            self._rates.setdefault(each.currency, []).append(Decimal(each.rate))

    def on(self, currency: str, day: date) -> Decimal | None:
        """The nearest earlier one; None where there is none."""
        before = bisect_right(self._days.get(currency, []), day)
        return self._rates[currency][before - 1] if before else None

    def converted(self, amount: Amount, currency: str, to: str | None, day: date) -> Amount | None:
        """None where nobody said what the currency is worth on that day."""
        if to is None or currency == to:
            return amount
        rate = self.on(currency, day)
        if rate is None:
            return None
        revenue, commission = (
            to_minor(to_major(each, currency) * rate, to) for each in (amount.revenue, amount.commission)
        )
        return Amount(revenue, commission)
