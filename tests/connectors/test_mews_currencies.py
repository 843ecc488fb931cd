"""A Mews bill in several currencies: each amount stays in its own, and none is compared with another."""

from itertools import permutations

import pytest

from chalicelib.canonical.details import MOST_CURRENCIES, CurrencyAmounts, Payer
from chalicelib.canonical.snapshots import ReservationSnapshot
from chalicelib.connectors.contract import Translated
from chalicelib.connectors.mews import translate
from tests.fake_mews import LINK, FakeMews, Row, converse, customer, item, reservation, reservations_changed

UPGRADE, PRODUCT, REBATE = "ResourceUpgradeFee", "ProductOrder", "NightRebate"


def fetched(*rows: Row) -> Translated:
    mews = FakeMews()
    mews.keep(reservation(), customer(), *rows)
    translated = converse(translate.fetch([reservations_changed("r1")], LINK), mews)
    assert isinstance(translated, Translated)
    return translated


def billed(*rows: Row) -> ReservationSnapshot:
    (snapshot,) = fetched(*rows).snapshots
    assert isinstance(snapshot, ReservationSnapshot)
    return snapshot


def amounts(told: ReservationSnapshot) -> dict[str | None, tuple[int | None, int | None, int | None]]:
    """By currency: room, what of it is eligible, other."""
    each: list[ReservationSnapshot | CurrencyAmounts] = [told, *(told.in_other_currencies or ())]
    return {
        one.currency: (one.room_revenue_minor, one.eligible_room_revenue_minor, one.other_revenue_minor) for one in each
    }


def test_an_upgrade_in_a_currency_of_small_coins_does_not_outweigh_the_room() -> None:
    lines = (
        item("i1", net="420"),
        item("i2", type_=UPGRADE, net="9000", currency="CZK"),
        item("i3", net="11", type_=PRODUCT),
    )
    for order in permutations(lines):
        told = billed(*order)
        assert told.currency == "EUR"
        assert amounts(told) == {"EUR": (42000, 42000, 1100), "CZK": (900000, 900000, 0)}


@pytest.mark.parametrize(
    ("lines", "currency"),
    [
        (["JPY", "USD", "USD"], "USD"),  # the most nights
        (["USD", "JPY"], "JPY"),  # as many of each: the first by name
        ([("VND", UPGRADE), ("VND", REBATE), ("USD", "SpaceOrder")], "USD"),  # nights before what comes to them
        ([("VND", PRODUCT), ("VND", PRODUCT), ("USD", UPGRADE)], "USD"),  # the room before the rest
        ([("VND", PRODUCT), ("USD", PRODUCT), ("USD", PRODUCT)], "USD"),
    ],
)
def test_the_currency_of_the_room_is_counted_in_lines(lines: list[str | tuple[str, str]], currency: str) -> None:
    told = [(each, "SpaceOrder") if isinstance(each, str) else each for each in lines]
    nets = ["10" if each == currency else "1000000" for each, _ in told]
    rows = [
        item(f"i{at_}", type_=kind, net=net, currency=each)
        for at_, ((each, kind), net) in enumerate(zip(told, nets, strict=True))
    ]
    assert billed(*rows).currency == currency


def test_each_currency_has_its_own_minor_units_and_its_own_eligible_part() -> None:
    rows = [item("i1", net="100"), item("i2", type_=UPGRADE, net="5000", currency="JPY")]
    rows += [item("i3", type_=UPGRADE, net="3000", currency="JPY", AccountId="company")]
    rows += [item("i4", type_=PRODUCT, net="1.5", currency="KWD")]
    assert amounts(billed(*rows)) == {"EUR": (10000, 10000, 0), "JPY": (8000, 5000, 0), "KWD": (0, 0, 1500)}


def test_nightly_rates_are_of_the_rooms_currency_alone() -> None:
    night = "2026-02-01T14:00:00Z"
    rows = [
        item("i1", net="100", StartUtc=night),
        item("i2", type_=UPGRADE, net="9000", currency="CZK", StartUtc=night),
    ]
    assert [each.amount_minor for each in billed(*rows).nightly_rates or ()] == [10000]


def test_a_rebate_on_anothers_folio_makes_no_more_eligible_than_the_room() -> None:
    rows = [item("i1", net="100", AccountId="c1"), item("i2", type_=REBATE, net="-30", AccountId="company")]
    assert amounts(billed(*rows)) == {"EUR": (7000, 7000, 0)}
    beyond = item("i2", type_=REBATE, net="-130", AccountId="company")
    assert amounts(billed(rows[0], beyond)) == {"EUR": (-3000, 0, 0)}


def test_on_whose_folio_the_room_stands_is_told_in_the_rooms_currency() -> None:
    rows = [item("i1", net="100", AccountId="c1", AccountType="Customer")]
    rows += [item("i2", type_=UPGRADE, net="9000", currency="CZK", AccountId="k1", AccountType="Company")]
    assert billed(*rows).payer is Payer.GUEST


def test_more_currencies_than_anybody_pays_in_are_counted_and_fail_nothing() -> None:
    names = [f"A{chr(65 + first)}{chr(65 + second)}" for first in range(2) for second in range(10)]
    translated = fetched(
        item("i0"), *(item(f"i{at_}", type_=PRODUCT, currency=each) for at_, each in enumerate(names, 1))
    )
    (told,) = translated.snapshots
    assert isinstance(told, ReservationSnapshot)
    assert (told.currency, len(told.in_other_currencies or ())) == ("EUR", MOST_CURRENCIES)
    assert translated.ignored == {"currency_beyond_the_most": len(names) - MOST_CURRENCIES}
