"""/v1/privacy-requests: the register, its clock, and what was done about each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.privacy import register
from chalicelib.privacy.asked import Request
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.exhaustive import some_of

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
ANNA, BEN = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
PROFILE = guest("g1", email="anna@mail.example", phone="+43 1 58800 0")
STAYED = reservation("r1", PROFILE, status="checked_out")
PATH = "/v1/privacy-requests"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def ask(hub: Hub, kind: str = "access", key: str = "front_desk", guest_id: str = ANNA, **more: str) -> dict[str, Any]:
    response = hub.call("POST", PATH, {"guest": guest_id, "kind": kind, **more}, key=key)
    assert response.status_code == 201, response.body
    return dict(response.json_body)


def change(hub: Hub, request: dict[str, Any], key: str = "front_desk", **body: str) -> Any:
    return hub.call("PATCH", f"{PATH}/{request['id']}", body, key=key)


def noted(hub: Hub, query: str = "", key: str = "front_desk") -> list[str]:
    return [each["id"] for each in hub.get(f"{PATH}{query}", key=key)["items"]]


def test_a_request_is_noted_once_with_its_clock_and_becomes_overdue(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    ingest(STAYED)
    body = {"guest": ANNA, "kind": "rectification", "received_on": "2026-02-10"}
    one, same = (hub.call("POST", PATH, body, Idempotency_Key="k1").json_body for _ in range(2))
    assert one == same
    assert (one["due_on"], one["state"], one["noted_by"], one["identity"]) == ("2026-03-10", "open", "key admin", None)
    assert noted(hub) == noted(hub, "?state=open") == noted(hub, f"?guest={ANNA}") == [one["id"]]
    assert noted(hub, "?state=overdue") == []
    clock.shift(timedelta(days=10))
    assert noted(hub, "?state=overdue") == noted(hub, "?state=open") == [one["id"]]
    assert hub.get(f"{PATH}/{one['id']}")["state"] == "overdue"


def test_a_day_that_cannot_be_is_refused_at_its_field(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED)
    before = tables.state()
    for day in ("2026-03-02", "2018-05-24"):
        response = hub.call("POST", PATH, {"guest": ANNA, "kind": "access", "received_on": day})
        assert [each["field"] for each in response.json_body["errors"]] == ["received_on"]
    added = {key for key in tables.state() if key not in before and not str(key).startswith("IDEMPOTENCY")}
    assert not any("REQUEST" in str(each) for each in added)


def test_it_is_extended_within_its_month_with_a_reason(hub: Hub, ingest: Ingest, clock: time_machine.Traveller) -> None:
    ingest(STAYED)
    one, late = ask(hub), ask(hub, "objection")
    assert change(hub, one, extended_for="complexity").json_body["due_on"] == "2026-06-01"
    clock.shift(timedelta(days=40))
    assert change(hub, late, extended_for="complexity").status_code == 409
    assert noted(hub, "?state=overdue") == [late["id"]]


def test_access_is_given_to_who_was_identified_and_noted(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED)
    one = ask(hub)
    assert hub.status("POST", f"{PATH}/{one['id']}/export", key="front_desk") == 400
    assert change(hub, one, outcome="fulfilled").status_code == 400
    assert change(hub, one, identity="document_seen").status_code == 200
    given = hub.call("POST", f"{PATH}/{one['id']}/export", key="front_desk").json_body
    assert given["records"] == hub.get(f"/v1/guests/{ANNA}/export")["records"]
    closed = change(hub, one, outcome="fulfilled").json_body
    assert (closed["state"], closed["exported_by"], closed["closed_by"]) == (
        "closed",
        "key front_desk",
        "key front_desk",
    )
    assert change(hub, one, outcome="fulfilled").json_body == closed
    assert change(hub, one, outcome="refused", refused_for="excessive").status_code == 409
    for said in ({"identity": "representative"}, {"extended_for": "complexity"}):
        for more in ({}, {"outcome": "fulfilled"}):
            refused = change(hub, one, **said, **more)
            assert (refused.status_code, [each["field"] for each in refused.json_body["errors"]]) == (400, [*said])
    assert change(hub, one, identity="document_seen", outcome="fulfilled").json_body == closed
    assert hub.get(f"{PATH}/{one['id']}") == closed
    assert noted(hub, "?state=closed") == [one["id"]]


def test_an_erasure_is_linked_by_itself_and_the_entry_says_nothing_of_the_person(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED)
    one, other = ask(hub, "erasure", identity="mailbox_confirmed"), ask(hub)
    assert change(hub, one, outcome="fulfilled").status_code == 400
    erasure = hub.call("DELETE", f"/v1/guests/{ANNA}").json_body
    found = hub.get(f"{PATH}/{one['id']}")
    assert (found["erasure"], found["state"]) == (erasure["id"], "open")
    assert hub.get(f"{PATH}/{other['id']}")["erasure"] is None
    assert change(hub, one, outcome="fulfilled").json_body["state"] == "closed"
    kept = [str(row) for key, row in tables.state().items() if "REQUEST" in str(key)]
    assert kept
    assert not [each for each in kept for word in ("Anna", "Lee", "anna@", "58800") if word in each]


def test_a_request_that_is_noted_while_the_guest_is_erased_is_linked_when_it_is_closed(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(STAYED)
    note = register.open_

    def erased_before(request: Request) -> Request:
        assert hub.status("DELETE", f"/v1/guests/{ANNA}") == 200
        return note(request)

    monkeypatch.setattr(register, "open_", erased_before)
    one = ask(hub, "erasure", identity="document_seen")
    (erasure,) = hub.get("/v1/erasures")["items"]
    closed = change(hub, one, outcome="fulfilled").json_body
    assert (closed["state"], closed["erasure"]) == ("closed", erasure["id"])


def test_nothing_is_refused_by_a_reason_alone(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED)
    one = ask(hub)
    response = change(hub, one, refused_for="unfounded")
    assert [each["field"] for each in response.json_body["errors"]] == ["outcome"]
    assert noted(hub, "?state=open") == [one["id"]]


def test_of_a_guest_who_was_merged_since_the_request_is_linked_too(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED, guest("g2", "Ben", property_id=VIENNA.id))
    ones = [ask(hub, "erasure", guest_id=each) for each in (ANNA, BEN)]
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": "join"}) == 200
    erasure = hub.call("DELETE", f"/v1/guests/{ANNA}").json_body
    assert {hub.get(f"{PATH}/{each['id']}")["erasure"] for each in ones} == {erasure["id"]}


@pytest.mark.exhaustive(inside=True)
def test_an_erasure_that_dies_anywhere_links_the_request_in_the_end(hub: Hub, ingest: Ingest) -> None:
    def begin() -> dict[str, Any]:
        tables.empty()
        hub.kept.clear()
        hub.put(f"/v1/properties/{VIENNA.id}", {**VIENNA.model_dump(mode="json"), "id": VIENNA.id})
        ingest(STAYED)
        return ask(hub, "erasure")

    def act() -> Any:
        return hub.call("DELETE", f"/v1/guests/{ANNA}")

    begin()
    for point in some_of(points_of(act)):
        one = begin()
        assert crash_at(point, act), str(point)
        erasure = act().json_body
        assert hub.get(f"{PATH}/{one['id']}")["erasure"] == erasure["id"], str(point)


def test_what_one_hotel_noted_is_that_hotels_and_the_groups(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    ingest(STAYED)
    ingest({**guest("g3", "Eva"), "property_id": PORTO.id})
    here = ask(hub, key="front_desk@vienna")
    assert noted(hub, key="front_desk@vienna") == noted(hub) == [here["id"]]
    assert noted(hub, key="admin@porto") == []
    for method, body in (("GET", None), ("PATCH", {"identity": "document_seen"})):
        assert hub.status(method, f"{PATH}/{here['id']}", body, key="admin@porto") == 404
    assert hub.status("POST", f"{PATH}/{here['id']}/export", key="admin@porto") == 404
    assert hub.status("POST", PATH, {"guest": ANNA, "kind": "access"}, key="admin@porto") == 404
    ingest({**PROFILE, "property_id": PORTO.id, "changed_at": at(5)})
    clock.shift(timedelta(seconds=1))
    both = ask(hub)
    assert noted(hub, key="front_desk@vienna") == [here["id"]]
    assert noted(hub) == [both["id"], here["id"]]


def test_a_guest_whom_no_hotel_knows_is_the_groups_alone(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g9", "Nora", email="nora@mail.example"))
    ask(hub, guest_id=leaf_of_profile(ConnectionId("api"), "g9"))
    assert noted(hub, key="front_desk@vienna") == []


def test_a_request_that_is_sent_again_after_a_crash_is_noted_once(hub: Hub, ingest: Ingest, clock: Any) -> None:
    ingest(PROFILE)
    tries = iter(range(1, 100))

    def act(name: str) -> int:
        clock.shift(timedelta(minutes=1))
        return hub.call("POST", PATH, {"guest": ANNA, "kind": "access"}, Idempotency_Key=name).status_code

    act("what is read once by a process")
    for point in points_of(lambda: act(f"k{next(tries)}")):
        key, before = f"k{next(tries)}", len(noted(hub))
        assert crash_at(point, partial(act, key)), str(point)
        assert act(key) == 201, str(point)
        assert len(noted(hub)) == before + 1, str(point)
