"""Dead letters over the API: listed, opened, sent back and put away by admins, each key those of its own hotels."""

import json
from typing import Any

import pytest

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.connections import actions as connections
from chalicelib.connections import store
from chalicelib.dead_letters import actions
from tests.entrypoints.conftest import Hub
from tests.fake_mews import connection
from tests.fakes import received, waiting

OF_VIENNA, OF_BOTH = ConnectionId("mews-vienna"), ConnectionId("mews-both")
PERSON = {"LastName": "Lee", "Email": "anna@mail.example", "Card": "4111111111111111"}


@pytest.fixture(autouse=True)
def hotels(hub: Hub) -> None:
    connections.put(connection())
    connections.put(connection(id=OF_BOTH, properties={"a": PropertyId("vienna"), "b": PropertyId("porto")}))


def fail(request: str, of: str | None = OF_VIENNA, queue: str = "fetch", reason: str = "gone") -> None:
    body = {"request": request, "vendor": "mews", **({"connection": of} if of else {}), "body": PERSON}
    actions.set_aside(queue, Message(f"m-{request}", body, {}, json.dumps(body)), reason=reason, archived=True)


def ids(hub: Hub, query: str = "", key: str = "admin") -> list[str]:
    return [each["id"] for each in hub.get(f"/v1/dead-letters{query}", key=key)["items"]]


def test_letters_are_listed_by_connection_and_queue_with_time_and_reason(hub: Hub) -> None:
    fail("q1", reason="unreadable_answer: Id")
    fail("q2", OF_BOTH)
    fail("q3", None, "loyalty")
    assert ids(hub) == ["q1", "q2", "q3"]
    assert ids(hub, "?queue=loyalty") == ["q3"]
    (found,) = hub.get(f"/v1/dead-letters?connection={OF_VIENNA}")["items"]
    at = found["at"]
    assert found == {
        "id": "q1", "queue": "fetch", "connection": "mews-vienna", "reason": "unreadable_answer: Id",
        "first_at": at, "at": at, "times": 1, "receives": 1,
    }  # fmt: skip


def test_pages_follow_each_other(hub: Hub) -> None:
    for number in range(5):
        fail(f"q{number}")
    first = hub.get("/v1/dead-letters?limit=2")
    second = hub.get(f"/v1/dead-letters?limit=3&cursor={first['next_cursor']}")
    assert [each["id"] for each in first["items"] + second["items"]] == [f"q{number}" for number in range(5)]
    assert second["next_cursor"] is None


def test_the_list_holds_nothing_of_what_the_letters_hold(hub: Hub) -> None:
    fail("q1")
    shown = json.dumps(hub.get("/v1/dead-letters"))
    assert not [each for each in PERSON.values() if each in shown]


def test_a_letter_is_opened_without_card_numbers(hub: Hub) -> None:
    fail("q1")
    opened = hub.get("/v1/dead-letters/q1")
    assert opened["holds"]["body"] == {**PERSON, "Card": "[card number removed]"}
    assert (opened["reason"], opened["connection"]) == ("gone", OF_VIENNA)


def test_a_letter_is_sent_back_and_no_longer_there(hub: Hub) -> None:
    fail("q1")
    sent = hub.call("POST", "/v1/dead-letters/q1/redrive").json_body
    assert (sent["count"], sent["more"]) == (1, False)
    assert (waiting("fetch"), waiting("fetch-dlq"), ids(hub)) == (1, 0, [])
    for method, path in [("GET", "q1"), ("POST", "q1/redrive"), ("DELETE", "q1")]:
        assert hub.status(method, f"/v1/dead-letters/{path}") == 404


def test_a_letter_is_put_away(hub: Hub) -> None:
    fail("q1")
    assert hub.status("DELETE", "/v1/dead-letters/q1") == 204
    assert (waiting("fetch"), waiting("fetch-dlq"), ids(hub)) == (0, 0, [])


def test_letters_are_settled_in_slices_until_there_are_no_more(hub: Hub) -> None:
    for number in range(5):
        fail(f"q{number}", reason="gone: for good" if number < 4 else "foreign")
    asked: dict[str, Any] = {"connection": OF_VIENNA, "reason": "gone", "limit": 3}
    first = hub.call("POST", "/v1/dead-letters/redrive", asked).json_body
    assert (first["count"], first["more"]) == (3, True)
    second = hub.call("POST", "/v1/dead-letters/purge", {**asked, "until": first["until"]}).json_body
    assert (second["count"], second["more"], second["until"]) == (1, False, first["until"])
    assert ids(hub) == ["q4"]
    assert (waiting("fetch"), waiting("fetch-dlq")) == (3, 1)


def test_what_failed_after_the_first_slice_is_left_alone(hub: Hub) -> None:
    fail("q1")
    until = hub.call("POST", "/v1/dead-letters/redrive", {"queue": "send"}).json_body["until"]
    fail("q2")
    assert hub.call("POST", "/v1/dead-letters/redrive", {"until": until}).json_body["count"] == 1
    assert ids(hub) == ["q2"]


HOTELS = "admin@vienna"


def test_a_key_of_one_hotel_sees_its_own_letters_and_no_others(hub: Hub) -> None:
    for request, of in [("q1", OF_VIENNA), ("q2", OF_BOTH), ("q3", None), ("q4", "api-vienna"), ("q5", "api-porto")]:
        fail(request, of)
    fail("q6", "api")
    fail("q7", "never-there")
    assert ids(hub, f"?connection={OF_VIENNA}", HOTELS) == ["q1"]
    assert ids(hub, "?connection=api-vienna", HOTELS) == ["q4"]
    for hidden in (OF_BOTH, "api-porto", "api", "never-there"):
        assert hub.status("GET", f"/v1/dead-letters?connection={hidden}", key=HOTELS) == 404
        for act in ("redrive", "purge"):
            assert hub.status("POST", f"/v1/dead-letters/{act}", {"connection": hidden}, key=HOTELS) == 404
    for hidden in ("q2", "q3", "q5", "q6", "q7"):
        for method, path in [("GET", hidden), ("POST", f"{hidden}/redrive"), ("DELETE", hidden)]:
            assert hub.status(method, f"/v1/dead-letters/{path}", key=HOTELS) == 404
    assert len(ids(hub)) == 7
    assert waiting("fetch") == 0


def test_a_key_of_one_hotel_names_the_connection(hub: Hub) -> None:
    for method, path in [("GET", ""), ("POST", "/redrive"), ("POST", "/purge")]:
        refused = hub.call(method, f"/v1/dead-letters{path}", {} if path else None, key=HOTELS)
        assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "connection")


def test_letters_of_a_connection_that_is_gone_are_those_of_the_hotels_that_it_reached(hub: Hub) -> None:
    fail("q1")
    fail("q2", OF_BOTH)
    for each in (OF_VIENNA, OF_BOTH):
        connections.delete(each)
        assert store.get(each) is None
    assert ids(hub, f"?connection={OF_VIENNA}", HOTELS) == ["q1"]
    assert hub.status("GET", f"/v1/dead-letters?connection={OF_BOTH}", key=HOTELS) == 404


@pytest.mark.parametrize("role", ["marketer", "front_desk", "analyst", "integration"])
def test_only_admins_see_letters(hub: Hub, role: str) -> None:
    fail("q1")
    for method, path in [("GET", ""), ("GET", "/q1"), ("POST", "/q1/redrive"), ("DELETE", "/q1"), ("POST", "/purge")]:
        assert hub.status(method, f"/v1/dead-letters{path}", {} if method == "POST" else None, key=role) == 403


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"limit": 101}, "limit"), ({"limit": 0}, "limit"), ({"until": "today"}, "until"), ({"all": True}, "all")],
)
def test_what_is_meant_is_checked(hub: Hub, asked: dict[str, Any], field: str) -> None:
    refused = hub.call("POST", "/v1/dead-letters/purge", asked)
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, field)


def test_a_letter_that_no_row_has_room_for_is_left_to_the_command_line(hub: Hub) -> None:
    text = json.dumps({"connection": OF_VIENNA, "request": "q1", "body": "x" * 300_000})
    actions.set_aside("fetch", Message("m1", json.loads(text), {}, text), reason="gone", archived=True)
    assert hub.status("POST", "/v1/dead-letters/q1/redrive") == 409
    assert hub.call("POST", "/v1/dead-letters/redrive", {}).json_body["count"] == 0
    assert list(received("fetch")["Records"]) == []
    assert hub.status("DELETE", "/v1/dead-letters/q1") == 204
