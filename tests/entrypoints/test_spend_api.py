"""Commissions and rates over the API, and what a guest spent by them, of what a key may see."""

from typing import Any

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields

ANNA = leaf_of_profile(API, "g1")
SPEND, SETTINGS = f"/v1/guests/{ANNA}/spend", "/v1/spend-settings"
OTA = {"channel": "ota", "basis_points": 1500, "since": "2026-01-01"}
TOLD: dict[str, Any] = {
    "currency": "EUR",
    "commissions": [OTA],
    "rates": [{"currency": "USD", "since": "2026-01-01", "rate": "0.5"}],
}


def test_a_change_of_the_settings_is_seen_at_once(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1"), status="checked_out", channel="ota"))
    assert hub.get(SPEND)["in_group_currency"] is None
    assert hub.call("PUT", SETTINGS, TOLD).json_body["version"] == 1
    assert hub.call("PUT", SETTINGS, TOLD).json_body["version"] == 1
    assert hub.get(SPEND)["in_group_currency"]["net"] == {"amount_minor": 17_000, "currency": "EUR"}
    hub.put(SETTINGS, {**TOLD, "commissions": [{**OTA, "basis_points": 1000}]})
    assert hub.get(SPEND)["in_group_currency"]["net"] == {"amount_minor": 18_000, "currency": "EUR"}
    assert hub.get(SETTINGS)["version"] == 2


def test_a_key_of_a_hotel_is_told_of_what_was_spent_there(hub: Hub, ingest: Ingest) -> None:
    hub.put(SETTINGS, TOLD)
    anna = guest("g1", property_id=VIENNA.id)
    ingest(reservation("r1", anna, status="checked_out"), reservation("r2", anna, status="confirmed"))
    there = {"property_id": PORTO.id, "status": "checked_out", "channel": "ota"}
    later = {**there, "arrival": "2026-03-01", "departure": "2026-03-02"}
    ingest(reservation("r3", anna, **there, currency="USD"), reservation("r4", anna, **later, currency="CHF"))
    whole = hub.get(SPEND, key="analyst")
    assert [each["net"] for each in whole["by_currency"]] == [
        {"amount_minor": 17_000, "currency": "CHF"},
        {"amount_minor": 20_000, "currency": "EUR"},
        {"amount_minor": 17_000, "currency": "USD"},
    ]
    assert whole["unconverted"] == [{"currency": "CHF", "reservations": 1}]
    assert whole["in_group_currency"]["commission"] == {"amount_minor": 1_500, "currency": "EUR"}
    seen = hub.get(SPEND, key="front_desk@vienna")
    assert seen["in_group_currency"]["revenue"] == {"amount_minor": 20_000, "currency": "EUR"}
    assert (seen["stays"], [each["commission"]["amount_minor"] for each in seen["by_currency"]]) == (1, [0])


def test_what_does_not_fit_is_refused_by_its_field_and_nothing_of_it_is_kept(hub: Hub) -> None:
    refused = {
        "commissions.1.since": {"commissions": [OTA, OTA]},
        "commissions.0.property_id": {"commissions": [{**OTA, "property_id": "nowhere"}]},
        "rates.0.currency": {"currency": "USD", "rates": TOLD["rates"]},
        "rates.0.rate": {"currency": "EUR", "rates": [{**TOLD["rates"][0], "rate": "much"}]},
    }
    for field, body in refused.items():
        assert fields(hub.call("PUT", SETTINGS, body)) == [field]
    assert hub.get(SETTINGS)["version"] == 0
