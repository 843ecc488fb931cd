"""Which commissions and rates do not fit together, each said at its field."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.settings.spend import SpendSettings

FROM: dict[str, Any] = {"basis_points": 1500, "since": "2026-01-01"}
USD = {"currency": "USD", "since": "2026-01-01", "rate": "0.92"}


def faults(**told: Any) -> dict[str, str]:
    return {each.field: each.message for each in SpendSettings.model_validate({"currency": "EUR", **told}).faults()}


@pytest.mark.parametrize(
    ("second", "collides"),
    [
        ({"since": "2026-07-01"}, False),
        ({"since": "2026-06-30"}, True),
        ({"since": "2025-01-01", "until": "2026-01-01"}, True),
        ({"since": "2025-01-01", "until": "2025-12-31"}, False),
        ({"since": "2025-01-01"}, True),
        ({"channel": "ota"}, False),
        ({"payer": "company"}, False),
        ({"source": "api"}, False),
        ({"property_id": "vienna"}, False),
        ({"base": "all", "basis_points": 0}, True),
    ],
)
def test_two_for_the_same_bookings_may_not_hold_on_one_day(second: dict[str, Any], collides: bool) -> None:
    found = faults(commissions=[{**FROM, "until": "2026-06-30"}, {**FROM, **second}])
    told = "overlaps commissions.0 (2026-01-01 to 2026-06-30), which is for the same bookings"
    assert found == ({"commissions.1.since": told} if collides else {})


def test_an_agency_is_named_with_the_source_whose_word_it_is() -> None:
    assert faults(commissions=[{**FROM, "source": "api", "agency_id": "a1"}]) == {}
    assert set(faults(commissions=[{**FROM, "agency_id": "a1"}])) == {"commissions.0.source"}


def test_a_currency_has_one_rate_from_a_day_on_and_the_group_s_own_has_none() -> None:
    assert faults(rates=[USD, {**USD, "since": "2026-01-02"}, {**USD, "currency": "CHF"}]) == {}
    assert faults(rates=[USD, {**USD, "rate": "1"}]) == {"rates.1.since": "is the day of rates.0 for the same currency"}
    assert set(faults(rates=[USD, {**USD, "currency": "EUR"}])) == {"rates.1.currency"}
    assert set(faults(rates=[USD], currency=None)) == {"currency"}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"rates": [{**USD, "rate": 0.92}]}, ("rates", 0, "rate")),
        ({"rates": [{**USD, "rate": "0.000"}]}, ("rates", 0, "rate")),
        ({"rates": [{**USD, "rate": "-1"}]}, ("rates", 0, "rate")),
        ({"rates": [{**USD, "currency": "usd"}]}, ("rates", 0, "currency")),
        ({"commissions": [{**FROM, "basis_points": 10_001}]}, ("commissions", 0, "basis_points")),
        ({"commissions": [{**FROM, "until": "2025-12-31"}]}, ("commissions", 0, "until")),
        ({"commissions": [{**FROM, "base": "spa"}]}, ("commissions", 0, "base")),
        ({"commissions": [{"since": "2026-01-01"}]}, ("commissions", 0, "basis_points")),
    ],
)
def test_what_cannot_be_read_is_refused(told: dict[str, Any], field: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        SpendSettings.model_validate(told)
    assert [each["loc"] for each in refused.value.errors()] == [field]
