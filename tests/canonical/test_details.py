"""What a snapshot may say besides is bounded and in the field's words."""

from typing import Any

import pytest

from chalicelib.canonical.details import MOST_NIGHTS, ChargeCategory
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.snapshots import ChargeSnapshot
from chalicelib.connectors.canonical.translate import read
from tests.builders import charge, guest, reservation

NIGHT = {"night": "2026-02-01", "amount_minor": 10000}
WRONG: dict[str, dict[str, Any]] = {
    "address.country": guest(address={"country": "Austria"}),
    "address.city": guest(address={"city": "x" * 101}),
    "address.door_code": guest(address={"door_code": "1234"}),
    "salutation": guest(salutation="x" * 41),
    "generation": guest(generation="the younger"),
    "special_dates": guest(special_dates=[{"kind": "anniversary", "day": "2020-06-01"}] * 11),
    "special_dates.0.kind": guest(special_dates=[{"kind": "surgery", "day": "2020-06-01"}]),
    "special_dates.0.day": guest(special_dates=[{"kind": "anniversary", "day": "June"}]),
    "age_category": guest(age_category="10"),
    "rate_plan": reservation(rate_plan="x" * 65),
    "room_number": reservation(room_number=" "),
    "arrival_time": reservation(arrival_time="24:00"),
    "meal_plan": reservation(meal_plan="gluten free"),
    "purpose": reservation(purpose="medical treatment"),
    "company_id": reservation(company_id="x" * 129),
    "payer": reservation(payer="mother"),
    "nightly_rates": reservation(nightly_rates=[NIGHT, NIGHT]),
    "nightly_rates.0.amount_minor": reservation(nightly_rates=[{**NIGHT, "amount_minor": 99.5}]),
    "category": charge(category="minibar"),
    "tax_minor": charge(tax_minor=10**13),
    "folio_owner": charge(folio_owner=""),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_detail_out_of_bounds_is_refused_with_its_field(field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        read(WRONG[field])
    assert [each.field for each in invalid.value.fields] == [field]


def test_more_nights_than_a_stay_has_are_refused() -> None:
    nights = [
        {"night": f"{2000 + at // 300}-{at // 25 % 12 + 1:02}-{at % 25 + 1:02}", "amount_minor": 1}
        for at in range(MOST_NIGHTS + 1)
    ]
    assert len(read(reservation(nightly_rates=nights[1:])).model_dump()["nightly_rates"]) == MOST_NIGHTS
    with pytest.raises(Invalid, match="nightly_rates"):
        read(reservation(nightly_rates=nights))


def test_nightly_rates_need_a_currency() -> None:
    with pytest.raises(Invalid, match="currency"):
        read(reservation(currency=None, room_revenue_minor=None, nightly_rates=[NIGHT]))


def read_charge(**fields: Any) -> ChargeSnapshot:
    snapshot = read({name: value for name, value in charge(**fields).items() if value is not None})
    assert isinstance(snapshot, ChargeSnapshot)
    return snapshot


@pytest.mark.parametrize("category", ChargeCategory)
def test_the_sum_of_a_charge_follows_from_its_category(category: ChargeCategory) -> None:
    sums = {"room": "room", "food_and_beverage": "other", "spa": "other", "other": "other"}
    assert read_charge(charge=None, category=category).counts_as == sums.get(category, "excluded")


def test_a_charge_counts_in_one_sum() -> None:
    assert read_charge(charge="excluded", category="tax").counts_as == "excluded"
    with pytest.raises(Invalid, match="category: counts as other, and charge says otherwise"):
        read_charge(charge="room", category="spa")
    with pytest.raises(Invalid, match="category: is required where charge is left out"):
        read_charge(charge=None)
