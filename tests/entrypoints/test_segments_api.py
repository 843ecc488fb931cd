"""/v1/segments and /v1/traits for whoever builds a segment: whom it reaches, why somebody is in, what may be asked."""

import json
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.entrypoints import schedules
from tests.builders import PORTO, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.fakes import received

STAYED = {"trait": "stats.stays", "op": "gte", "value": 1}
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
PREVIEW = "/v1/segments/preview"


def work_all() -> None:
    for _ in range(2):
        for record in received("jobs")["Records"]:
            schedules.run(json.loads(record["body"]))


def test_the_guests_of_a_rule_that_is_not_saved_are_counted_by_a_job(hub: Hub, ingest: Ingest) -> None:
    mailed = guest(email="anna@mail.example", marketing_email=True)
    ingest(reservation("r1", mailed, status="checked_out"))
    ingest(reservation("r2", guest("g2", "Bo", "Ray"), status="checked_out"), guest("g3", "Cy", "Fox"))
    begun = hub.call("POST", PREVIEW, {"rule": STAYED}, key="marketer")
    assert (begun.status_code, begun.json_body["state"], begun.json_body["result"]) == (202, "running", {})
    work_all()
    found = hub.get(f"/v1/jobs/{begun.json_body['id']}", key="marketer")
    assert (found["kind"], found["subject"], found["state"]) == ("preview_segment", "unsaved", "done")
    assert found["result"] == {"guests": 2, "mailable": 1, "no_address": 1}
    assert found["progress"] == {"parts": 16, "parts_done": 16, "units_done": 3}
    assert sorted((each["given_name"], each["family_name"]) for each in found["sample"]) == [
        ("Anna", "Lee"),
        ("Bo", "Ray"),
    ]
    assert hub.get("/v1/segments")["items"] == []


def test_a_saved_segment_is_counted_in_the_name_of_a_hotel(hub: Hub, ingest: Ingest) -> None:
    """Consent was given to the group: the hotel is a legal entity of its own."""
    hub.put("/v1/properties/porto", {**PORTO.model_dump(mode="json"), "branding": {"legal_entity": "atlantic"}})
    ingest(reservation("r1", guest(email="anna@mail.example", marketing_email=True), status="checked_out"))
    hub.put("/v1/segments/stayed", {"name": "Stayed", "rule": STAYED})
    jobs = [hub.call("POST", f"/v1/segments/stayed/preview{query}") for query in ("", "?property_id=porto")]
    work_all()
    work_all()
    results = [hub.get(f"/v1/jobs/{each.json_body['id']}") for each in jobs]
    assert [each["subject"] for each in results] == ["stayed", "stayed"]
    assert [each["result"] for each in results] == [{"guests": 1, "mailable": 1}, {"guests": 1, "no_consent": 1}]


def test_the_same_request_is_the_same_preview(hub: Hub) -> None:
    first, again, other = (
        hub.call("POST", PREVIEW, {"rule": STAYED}, **headers).json_body["id"]
        for headers in ({"Idempotency_Key": "a"}, {"Idempotency_Key": "a"}, {"Idempotency_Key": "b"})
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rule": {"trait": "shoe_size", "op": "eq", "value": 1}}, "rule.trait"),
        ({"rule": {"and": [{**STAYED, "value": "many"}]}}, "rule.and.0.value"),
        ({"rule": STAYED, "channel": "pigeon"}, "channel"),
        ({"rule": STAYED, "property_id": "nowhere"}, "property_id"),
        ({"rule": STAYED, "property_id": "No Where"}, "property_id"),
        ({"rule": STAYED, "sample": 100}, "sample"),
        ({}, "rule"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_field_and_no_job_is_begun(hub: Hub, body: Any, field: str) -> None:
    refused = hub.call("POST", PREVIEW, body)
    assert (refused.status_code, [each["field"] for each in refused.json_body["errors"]]) == (400, [field])
    assert hub.get("/v1/jobs")["items"] == []


def test_a_saved_segment_is_not_counted_for_a_hotel_or_a_channel_that_is_not_there(hub: Hub) -> None:
    hub.put("/v1/segments/stayed", {"name": "Stayed", "rule": STAYED})
    for query, field in (("property_id=No%20Where", "property_id"), ("channel=pigeon", "channel")):
        refused = hub.call("POST", f"/v1/segments/stayed/preview?{query}")
        assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, field)
    assert hub.status("POST", "/v1/segments/unknown/preview") == 404


def test_why_a_guest_is_out_is_told_part_by_part(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(country="AT"), status="checked_out"))
    rule = {"and": [STAYED, {"not": {"trait": "country", "op": "in", "value": ["AT", "DE"]}}]}
    hub.put("/v1/segments/foreign", {"name": "Foreign", "rule": rule})
    found = hub.get(f"/v1/segments/foreign/why/{ANNA}", key="analyst")
    assert (found["segment"], found["version"], found["guest"], found["is_in"]) == ("foreign", 1, ANNA, False)
    stayed, foreign = found["rule"]["rules"]
    assert (found["rule"]["kind"], found["rule"]["holds"]) == ("and", False)
    assert (stayed["trait"], stayed["op"], stayed["value"], stayed["known"], stayed["holds"]) == (
        "stats.stays",
        "gte",
        1,
        1,
        True,
    )
    assert (foreign["kind"], foreign["holds"]) == ("not", False)
    (country,) = foreign["rules"]
    assert (country["known"], country["holds"], country["value"]) == ("AT", True, ["AT", "DE"])


def test_a_hotel_is_told_why_by_its_own_stays_alone(hub: Hub, ingest: Ingest) -> None:
    at_porto = {"property_id": PORTO.id, "status": "checked_out"}
    ingest(
        reservation("r1", guest(), status="checked_out"),
        reservation("p1", guest(), arrival="2025-01-01", departure="2025-01-09", room_revenue_minor=77777, **at_porto),
    )
    conditions = [
        {"trait": "stats.nights", "op": "gte", "value": 5},
        {"trait": "stats.properties", "op": "contains", "value": "porto"},
        {"trait": "stats.first_arrival", "op": "lt", "value": "2025-06-01"},
        {"trait": "stats.room_revenue.EUR", "op": "gt", "value": 50000},
    ]
    hub.put("/v1/segments/some", {"name": "Some", "rule": {"or": conditions}})
    own, of_group = (hub.get(f"/v1/segments/some/why/{ANNA}", key=key) for key in ("marketer@vienna", "marketer"))
    assert [each["known"] for each in own["rule"]["rules"]] == [2, ["vienna"], "2026-02-01", 20000]
    assert [each["known"] for each in of_group["rule"]["rules"]] == [10, ["porto", "vienna"], "2025-01-01", 97777]
    assert (own["is_in"], of_group["is_in"]) == (False, True)


def test_why_of_a_guest_or_a_segment_out_of_sight_is_not_there(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email="anna@mail.example")))
    hub.put("/v1/segments/stayed", {"name": "Stayed", "rule": STAYED})
    named = {"trait": "email", "op": "eq", "value": "anna@mail.example"}
    hub.put("/v1/segments/anna", {"name": "Anna", "rule": named})
    assert hub.status("GET", f"/v1/segments/stayed/why/{ANNA}", key="marketer@porto") == 404
    assert hub.status("GET", f"/v1/segments/anna/why/{ANNA}", key="marketer@vienna") == 404
    assert hub.status("GET", f"/v1/segments/anna/why/{ANNA}", key="marketer") == 200
    assert hub.status("GET", "/v1/segments/stayed/why/nobody") == 404


def test_traits_are_listed_with_what_a_builder_needs(hub: Hub) -> None:
    found = {each["name"]: each for each in hub.get("/v1/traits?limit=200", key="marketer")["items"]}
    assert found["stats.room_revenue.EUR"]["kind"] == "number"
    assert (found["country"]["kind"], "AT" in found["country"]["choices"]) == ("text", True)
    assert found["country"]["used_in"] == ["segments", "templates", "api"]
    assert found["stats.properties"]["choices"] == ["porto", "vienna"]
    assert (found["address"]["kind"], found["address"]["operators"], found["address"]["used_in"]) == (None, [], ["api"])
    since = found["stats.last_departure.days_since"]
    assert (since["words"], since["kind"], "gte" in since["operators"]) == ("days since last departure", "number", True)
    assert {name for name, each in found.items() if each["identifies"]} == {
        "given_name",
        "family_name",
        "email",
        "phone",
        "birth_date",
    }


def test_a_hotel_is_told_its_own_among_what_may_be_chosen(hub: Hub) -> None:
    found = {each["name"]: each for each in hub.get("/v1/traits?limit=200", key="marketer@porto")["items"]}
    assert found["stats.properties"]["choices"] == ["porto"]
