"""/v1/guests/{guest_id}/origins: from which record each field of a profile comes, and why."""

from typing import Any

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests.builders import PORTO, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
ONE, OTHER = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
EMAIL, PHONE = "anna.lee@example.com", "+436641234567"


def told(hub: Hub, leaf: str = ONE, key: str = "admin") -> dict[str, dict[str, Any]]:
    return {each["field"]: each for each in hub.get(f"/v1/guests/{leaf}/origins", key=key)["items"]}


def known_at_two_hotels(ingest: Ingest) -> None:
    home = {"street": "Ring 1", "postal_code": "1010", "city": "Vienna", "country": "AT"}
    ingest(
        reservation("r1", guest(email=EMAIL, address=home, language="en")),
        reservation("r2", guest("g2", language="de", email=EMAIL, phone=PHONE, changed_at=at(5)), property_id=PORTO.id),
    )


def test_each_field_says_which_record_it_is_from_since_when_and_why(hub: Hub, ingest: Ingest) -> None:
    known_at_two_hotels(ingest)
    found, traits = told(hub), hub.get(f"/v1/guests/{ONE}")["traits"]
    assert (found["language"]["value"], found["language"]["record"], found["language"]["won_by"]) == (
        "de", OTHER, "newest",
    )  # fmt: skip
    assert found["language"]["since"].startswith("2026-01-01T00:05")
    assert (found["address"]["record"], found["address"]["won_by"], found["address"]["source"]) == (ONE, "only", "api")
    assert all(each["value"] == traits[field] for field, each in found.items())
    assert {field for field, value in traits.items() if value} - {"member"} == found.keys()


def test_a_hotel_is_told_it_of_the_profile_that_it_is_shown(hub: Hub, ingest: Ingest) -> None:
    known_at_two_hotels(ingest)
    found = told(hub, key="front_desk@vienna")
    assert (found["language"]["value"], found["language"]["won_by"], "phone" in found) == ("en", "only", False)


def test_a_profile_follows_the_rules_that_are_set(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email=EMAIL, address={"street": "Ring 1", "city": "Vienna"}))
    hub.put("/v1/settings", {"guests": {"survivorship": {"address": {"by": "longest"}}}})
    ingest(guest("g2", email=EMAIL, address={"city": "Wien"}, changed_at=at(5)))
    assert (told(hub)["address"]["value"]["city"], told(hub)["address"]["won_by"]) == ("Vienna", "longest")
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["address"]["city"] == "Vienna"


def test_a_rule_for_what_is_no_field_is_refused_at_its_place(hub: Hub) -> None:
    refused = hub.call("PUT", "/v1/settings", {"guests": {"survivorship": {"phone": {"by": "loudest"}}}})
    assert [each["field"] for each in refused.json_body["errors"]] == ["guests.survivorship.phone.by"]
