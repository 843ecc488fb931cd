"""What the API answers: shapes that more than one resource gives."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, WithJsonSchema

from chalicelib.canonical.details import Currency
from chalicelib.canonical.ids import ChannelName
from chalicelib.consent.model import CHANNELS
from chalicelib.guests.kept import Amounts

Item = TypeVar("Item")
KnownChannel = Annotated[ChannelName, WithJsonSchema({"type": "string", "enum": [*CHANNELS]})]


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class Listing(Shown, Generic[Item]):
    """One page. `next_cursor` leads to the next one, and is null on the last; a short page need not be the last."""

    items: list[Item]
    next_cursor: str | None = None

    @classmethod
    def model_parametrized_name(cls, params: tuple[type, ...]) -> str:
        """In the OpenAPI document a list of `GuestShown` is a `GuestList`."""
        return f"{params[0].__name__.removesuffix('Shown')}List"


class Money(Shown):
    amount_minor: int
    currency: Currency


def amounts(by_currency: Amounts) -> list[Money]:
    return [Money(amount_minor=amount, currency=currency) for currency, amount in sorted(by_currency.items())]
