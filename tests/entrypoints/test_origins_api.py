"""/v1/guests/{guest_id}/origins: from which record each field of a profile comes, and why."""

from typing import Any

from chalicelib.canonical.ids import ConnectionId, OccasionId, leaf_of_profile
from chalicelib.consent.model import EMAIL as EMAIL_CHANNEL
from chalicelib.messages import candidates, names
from tests import tables
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


def test_a_hotel_is_shown_the_guest_and_writes_to_them_by_its_own_rules(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email=EMAIL, address={"street": "Ring 1", "city": "Vienna"}, property_id=PORTO.id))
    ingest(guest("g2", email=EMAIL, address={"city": "Wien"}, property_id=PORTO.id, changed_at=at(5)))
    hub.put("/v1/settings", {"guests": {"survivorship_at": {PORTO.id: {"address": {"by": "longest"}}}}})
    path = f"/v1/guests/{ONE}"
    cities = [hub.get(path, key=key)["traits"]["address"]["city"] for key in ("admin", "admin@porto")]
    assert cities == [told(hub, key=key)["address"]["value"]["city"] for key in ("admin", "admin@porto")]
    assert cities == ["Wien", "Vienna"]
    identity = names.of(PORTO.id)
    found = next(iter(candidates.load(OccasionId("n1"), EMAIL_CHANNEL, [ONE], identity=identity)))
    assert found.shown.address
    assert found.shown.address.city == "Vienna"


def test_a_hotels_rule_for_what_is_no_field_is_refused_at_its_place(hub: Hub) -> None:
    wrong = {"guests": {"survivorship_at": {PORTO.id: {"phone": {"by": "loudest"}}}}}
    refused = hub.call("PUT", "/v1/settings", wrong)
    assert [each["field"] for each in refused.json_body["errors"]] == ["guests.survivorship_at.porto.phone.by"]


def test_other_rules_are_looked_at_for_one_guest_and_change_nothing(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email=EMAIL, address={"street": "Ring 1", "city": "Vienna"}, property_id=PORTO.id))
    ingest(guest("g2", email=EMAIL, address={"city": "Wien"}, property_id=PORTO.id, changed_at=at(5)))
    hub.get("/v1/settings")
    before, rules = tables.state(), {"survivorship": {"address": {"by": "longest"}}}
    for asked in (rules, {**rules, "property_id": PORTO.id}):
        items = hub.call("POST", f"/v1/guests/{ONE}/origins", asked).json_body["items"]
        (address,) = [each for each in items if each["field"] == "address"]
        assert (address["before"]["value"]["city"], address["after"]["value"]["city"]) == ("Wien", "Vienna")
        assert [each["field"] for each in items if each["before"] != each["after"]] == ["address"]
    assert tables.state() == before
    refused = hub.call("POST", f"/v1/guests/{ONE}/origins", {**rules, "property_id": "vienna"})
    assert [each["field"] for each in refused.json_body["errors"]] == ["property_id"]
