"""/v1/spend-settings and /v1/guests/{guest_id}/spend: what the channels take, and what a guest spent net of it."""

from chalicelib.canonical.details import Currency
from chalicelib.canonical.ids import GuestId
from chalicelib.entrypoints.api.answers import Money, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of, stays_of
from chalicelib.guests.spend import Amount, spend_of
from chalicelib.settings import spend_actions, spend_store
from chalicelib.settings.spend import SpendSettings


class Spent(Shown):
    """`net` is the revenue without the `commission` that is taken off here; what a source states without it already is
    stated so."""

    revenue: Money
    commission: Money
    net: Money


class Unconverted(Shown):
    """Reservations with revenue in a currency whose rate nobody told for the day on which they ended."""

    currency: Currency
    reservations: int


class SpendShown(Shown):
    """What the completed stays came to that the key may see: in each currency, and in the group's (null where none is
    set). What is `unconverted` is not in that sum."""

    stays: int
    by_currency: list[Spent]
    in_group_currency: Spent | None
    unconverted: list[Unconverted]


def get() -> SpendSettings:
    """Commissions of channels, the group's currency, and exchange rates."""
    return spend_store.get()


def put(ask: Ask, body: SpendSettings) -> SpendSettings:
    """Write them, all of them: what is left out is gone.

    Two commissions for the same bookings may not overlap, and a currency has one rate from a day on. What guests spent
    follows at once, for it is told from their stays when it is asked.
    """
    return spend_actions.save(body, ask.hand)


def of_guest(ask: Ask, guest_id: GuestId) -> SpendShown:
    """What a guest spent, net of commissions, in each currency and in the group's."""
    sight = guest_of(ask.caller, guest_id)
    found = spend_of([stays_of(sight.eyes, leaf) for leaf in sight.members], spend_store.get())
    return SpendShown(
        stays=found.stays,
        by_currency=[_spent(amount, currency) for currency, amount in found.by_currency.items()],
        in_group_currency=_spent(found.in_one, found.currency) if found.in_one and found.currency else None,
        unconverted=[
            Unconverted(currency=currency, reservations=number) for currency, number in found.unconverted.items()
        ],
    )


def _spent(amount: Amount, currency: str) -> Spent:
    revenue, commission, net = (
        Money(amount_minor=each, currency=currency) for each in (amount.revenue, amount.commission, amount.net)
    )
    return Spent(revenue=revenue, commission=commission, net=net)
