"""/v1/settings: what an admin sets for the whole deployment, and what nobody sets over the API."""

from typing import Any

import pytest

from chalicelib.settings import installation
from tests.entrypoints.conftest import Hub


def fields(response: Any) -> list[str]:
    assert response.status_code == 400
    return [each["field"] for each in response.json_body["errors"]]


def test_settings_are_shown_with_their_defaults_and_changed_as_a_whole(hub: Hub) -> None:
    before = hub.get("/v1/settings")
    assert (before["cap_mails"], before["cap_days"], before["sharing"], before["retention_months"]) == (
        3,
        7,
        False,
        None,
    )
    wanted = {**before, "sharing": True, "retention_months": 36, "brands": {"alpine": {"name": "Alpine"}}}
    after = hub.put("/v1/settings", wanted)
    assert after == hub.get("/v1/settings")
    assert after["version"] == before["version"] + 1
    assert (after["sharing"], after["retention_months"], after["brands"]["alpine"]["name"]) == (True, 36, "Alpine")
    assert hub.put("/v1/settings", {}) == {
        **before, "version": after["version"] + 1, "group": dict.fromkeys(before["group"])
    }  # fmt: skip


def test_settings_read_before_another_change_are_refused(hub: Hub) -> None:
    read = hub.get("/v1/settings")
    hub.put("/v1/settings", {**read, "cap_mails": 1})
    assert hub.status("PUT", "/v1/settings", {**read, "cap_days": 3}) == 409


@pytest.mark.parametrize("key", ["marketer", "front_desk", "analyst", "integration", "admin@vienna"])
def test_settings_are_an_admins_of_the_whole_group(hub: Hub, key: str) -> None:
    assert hub.status("GET", "/v1/settings", key=key) == 403
    assert hub.status("PUT", "/v1/settings", {}, key=key) == 403


def test_what_only_the_tools_know_is_neither_shown_nor_set(hub: Hub) -> None:
    assert not {"raw_bucket", "public_url"} & hub.get("/v1/settings").keys()
    before = installation.get()
    for name in ("raw_bucket", "public_url"):
        assert fields(hub.call("PUT", "/v1/settings", {name: "elsewhere"})) == [name]
    hub.put("/v1/settings", {})
    assert installation.get() == before


def test_a_cap_above_what_a_gate_remembers_is_refused(hub: Hub) -> None:
    assert fields(hub.call("PUT", "/v1/settings", {"cap_mails": 11})) == ["cap_mails"]


def test_a_property_has_a_brand_of_the_settings_and_values_of_its_own(hub: Hub) -> None:
    hotel = {"name": "Lech", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR", "brand": "alpine"}
    assert fields(hub.call("PUT", "/v1/properties/lech", hotel)) == ["brand"]
    hub.put("/v1/settings", {"brands": {"alpine": {"name": "Alpine"}}})
    own = {"reply_to": "lech@alpine.example", "legal_entity": "lech-gmbh"}
    kept = hub.put("/v1/properties/lech", {**hotel, "branding": own})
    assert kept["brand"] == "alpine"
    assert {name: value for name, value in kept["branding"].items() if value} == own
    assert fields(hub.call("PUT", "/v1/settings", {})) == ["brands.alpine"]


def test_a_property_without_a_brand_is_as_it_was(hub: Hub) -> None:
    kept = hub.get("/v1/properties/vienna")
    assert kept["brand"] is None
    assert set(kept["branding"].values()) == {None}
