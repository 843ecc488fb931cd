"""What the API answers: shapes that more than one resource gives."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.snapshots import Currency
from chalicelib.guests.model import Amounts

Item = TypeVar("Item")


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class Listing(Shown, Generic[Item]):
    """One page. `next_cursor` leads to the next one, and is null on the last; a short page need not be the last."""

    items: list[Item]
    next_cursor: str | None = None


class Money(Shown):
    amount_minor: int
    currency: Currency


def amounts(by_currency: Amounts) -> list[Money]:
    return [Money(amount_minor=amount, currency=currency) for currency, amount in sorted(by_currency.items())]
