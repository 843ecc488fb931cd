"""Of a record that its source says is nobody's nothing is said and asked: it may be somebody else's later."""

from typing import Any

import pytest

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from tests.builders import VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

RECORD = f"/v1/guests/{leaf_of_profile(API, 'g1')}"
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/captures", {"email": "anna@mail.example", "purposes": ["marketing"]}),
    ("POST", "/capture-codes", {}),
    ("PUT", "/consents/email/marketing", {"state": "explicit", "basis": "guest"}),
    ("PATCH", "", {"phone": "+43 1 58800 0"}),
    ("PUT", "/preferences/pillow", {"values": ["soft"]}),
    ("POST", "/notes", {"text": "Writes novels."}),
]


@pytest.fixture
def nobody(ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1"), status="checked_out"))
    ingest(guest("g1", person=False, property_id=VIENNA.id, changed_at=at(5)))


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_nothing_is_said_of_nobody_and_is_there_of_whoever_the_record_is_given_to(
    hub: Hub, ingest: Ingest, nobody: None, method: str, path: str, body: dict[str, Any]
) -> None:
    assert hub.status(method, RECORD + path, body) == 409
    ingest(guest("g1", "Zed", "Gray", property_id=VIENNA.id, changed_at=at(9)))
    exported = hub.get(f"{RECORD}/export")
    told = [exported["guest"]["traits"][name] for name in ("family_name", "email", "phone", "preferences")]
    assert told == ["Gray", None, None, None]
    assert (exported["statements"], exported["consents"]["history"]) == ([], [])


def test_who_wants_no_mail_is_heard_whatever_the_source_says_of_the_record(hub: Hub, nobody: None) -> None:
    said = {"state": "withdrawn", "basis": "guest"}
    assert hub.put(f"{RECORD}/consents/email/marketing", said)["state"] == "withdrawn"


def test_a_code_that_was_shown_leads_nowhere_once_the_record_is_nobodys(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1"), status="checked_out"))
    shown = hub.call("POST", f"{RECORD}/capture-codes", {}).json_body
    path = shown["address"].removeprefix("https://hub.example.com")
    assert hub.client.http.get(path).status_code == 200
    ingest(guest("g1", person=False, property_id=VIENNA.id, changed_at=at(5)))
    assert hub.client.http.get(path).status_code == 404
