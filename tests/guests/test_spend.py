"""What a guest spent is told net of what channels take, and in one currency, by the day on which each stay ended."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from chalicelib.canonical.details import CurrencyAmounts
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.guests.model import Stay
from chalicelib.guests.spend import Amount, Rates, commission_of, spend_of
from chalicelib.settings.spend import Commission, ExchangeRate, SpendSettings
from tests.builders import stay

OTA: dict[str, Any] = {"channel": "ota", "basis_points": 1500, "since": "2026-01-01"}


def ota(number: int = 1, **fields: Any) -> Stay:
    return stay(f"r{number}", f"2026-02-{number:02}", f"2026-02-{number + 1:02}", channel=Channel.OTA, **fields)


def settings(*commissions: dict[str, Any], currency: str | None = "EUR", **rates: str) -> SpendSettings:
    """Rates are those of the first of January."""
    told = [{"currency": each, "since": "2026-01-01", "rate": rate} for each, rate in rates.items()]
    return SpendSettings.model_validate({"currency": currency, "commissions": commissions, "rates": told})


def net(told: Stay, *commissions: dict[str, Any]) -> int:
    """In euros."""
    return spend_of([[told]], settings(*commissions)).by_currency["EUR"].net


def test_a_commission_is_taken_off_the_room_or_of_all_revenue() -> None:
    told = ota(stated_other_minor=5_000)
    assert net(told) == 25_000
    assert net(told, OTA) == 22_000
    assert net(told, {**OTA, "base": "all"}) == 21_250
    assert net(told, {**OTA, "deducted": True}) == 25_000
    assert net(told.model_copy(update={"channel": Channel.DIRECT}), OTA) == 25_000


def test_of_what_was_given_back_no_commission_is_taken_and_halves_go_to_the_even() -> None:
    assert net(ota(stated_room_minor=-1_000), OTA) == -1_000
    assert net(ota(stated_room_minor=50), {**OTA, "basis_points": 500}) == 48  # 2.5 is 2
    assert net(ota(stated_room_minor=70), {**OTA, "basis_points": 500}) == 66  # 3.5 is 4


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({"source": "api"}, True),
        ({"source": "pms"}, False),
        ({"source": "api", "agency_id": "a1"}, True),
        ({"source": "api", "agency_id": "a2"}, False),
        ({"property_id": "vienna"}, True),
        ({"property_id": "porto"}, False),
        ({"payer": "guest"}, True),
        ({"payer": "company"}, False),
        ({"since": "2026-02-02"}, True),
        ({"since": "2026-02-03"}, False),
        ({"until": "2026-02-02"}, True),
        ({"until": "2026-02-01"}, False),
    ],
)
def test_a_commission_is_for_the_bookings_and_days_that_it_names(scope: dict[str, Any], holds: bool) -> None:
    told = ota(agency_id="a1", payer="guest")
    found = commission_of(told, settings({**OTA, **scope}).commissions)
    assert (found is not None) is holds


def test_who_names_the_source_counts_before_who_names_anything_else() -> None:
    scopes = [
        {"source": "api", "agency_id": "a1"}, {"source": "api"}, {"property_id": "vienna"}, {"channel": "ota"},
        {"payer": "guest"}, {},
    ]  # fmt: skip
    told = ota(agency_id="a1", payer="guest")
    known = [Commission(basis_points=at, since=date(2026, 1, 1), **scope) for at, scope in enumerate(scopes)]  # type: ignore[arg-type]
    while known:
        for order in (known, known[::-1]):
            assert commission_of(told, order) == known[0]
        known = known[1:]


def test_the_nearest_earlier_rate_of_the_day_on_which_a_stay_ended_converts_it() -> None:
    days = [("2026-01-01", "0.9"), ("2026-02-02", "0.8"), ("2026-02-03", "0.7")]
    rates = [ExchangeRate.model_validate({"currency": "USD", "since": day, "rate": rate}) for day, rate in days]
    for order in permutations(rates):
        known = Rates(order)
        found = [known.on("USD", date(2026, 2, day)) for day in (1, 2, 4)]
        assert [str(each) for each in found] == ["0.9", "0.8", "0.7"]
        assert known.on("USD", date(2025, 12, 31)) is None
    told = ota(stated_currency="USD")
    found_at = spend_of([[told]], settings(OTA, currency="EUR").model_copy(update={"rates": tuple(rates)}))
    assert found_at.in_one == Amount(revenue=16_000, commission=2_400)


def test_currencies_without_minor_units_and_with_three_digits_convert_by_their_major_units() -> None:
    yen = spend_of([[ota(stated_currency="JPY", stated_room_minor=20_000)]], settings(JPY="0.006"))
    dinars = spend_of([[ota(stated_currency="KWD", stated_room_minor=20_000)]], settings(KWD="3.2"))
    assert (yen.in_one, dinars.in_one) == (Amount(12_000), Amount(6_400))


def test_a_currency_without_a_rate_is_counted_as_such_and_never_as_nothing() -> None:
    other = CurrencyAmounts(currency="CHF", room_revenue_minor=900)
    stays = [ota(1, stated_currency="USD"), ota(3, stated_elsewhere=(other,)), ota(5, stated_elsewhere=(other,))]
    found = spend_of([stays], settings(OTA, USD="0.5"))
    assert found.by_currency == {"CHF": Amount(1_800, 270), "EUR": Amount(40_000, 6_000), "USD": Amount(20_000, 3_000)}
    assert (found.in_one, found.unconverted) == (Amount(50_000, 7_500), {"CHF": 2})
    before = spend_of([stays], SpendSettings())
    assert (before.in_one, before.unconverted, before.by_currency["EUR"].net) == (None, {}, 40_000)


def test_completed_stays_of_the_guest_alone_count_in_any_order_of_records() -> None:
    booked = ota(1).model_copy(update={"status": Status.CONFIRMED})
    beside = ota(3).model_copy(update={"reservation": "r9", "source_id": "r9"})
    records = [[booked, ota(3), beside], [ota(5)], []]
    for order in permutations(records):
        found = spend_of(order, settings(OTA))
        assert (found.stays, found.in_one) == (2, Amount(40_000, 6_000))
