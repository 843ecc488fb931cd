"""What a stay came to, each amount in its own currency. Pure."""

from collections.abc import Sequence
from typing import Literal

from chalicelib.canonical.details import CurrencyAmounts
from chalicelib.guests.kept import Amounts

Name = Literal["room_revenue_minor", "eligible_room_revenue_minor", "other_revenue_minor"]
"""Of an amount, as `CurrencyAmounts` has it."""


def stated(own: tuple[str | None, int | None], elsewhere: Sequence[CurrencyAmounts], name: Name) -> Amounts:
    """What the source states in its own currency for the stay, and in others."""
    told = [own, *((each.currency, getattr(each, name)) for each in elsewhere)]
    return {currency: amount for currency, amount in told if currency and amount is not None}


def within(whole: Amounts, part: Amounts) -> Amounts:
    """The part of each amount, where one is stated: no more than the whole, and of less than nothing, nothing."""
    return {each: min(part[each], max(amount, 0)) if each in part else amount for each, amount in whole.items()}
