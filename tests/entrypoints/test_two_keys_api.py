"""One person whom a key of one hotel and a key of the whole group both sent: what their desks say then is one thing."""

import json
from itertools import permutations
from typing import Any

import pytest

from chalicelib.canonical.batch import Message
from chalicelib.ingest import actions
from tests.builders import at, guest, reservation
from tests.entrypoints.conftest import Hub
from tests.fakes import received

KEYS = ("integration", "integration@vienna")
STAYED = reservation("r1", guest(email="anna@lee.example"), status="checked_out", changed_at=at(1))
ROOM = {"amount_minor": 20000, "currency": "EUR"}
CLUB = {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"}


def send(hub: Hub, *order: str) -> str:
    """The guest of it, as the answers' sources find them."""
    for key in order:
        response = hub.call("POST", "/v1/events", {"snapshots": [STAYED]}, key=key)
        (result,) = response.json_body["results"]
        bodies = [
            Message(str(number), json.loads(each["body"])) for number, each in enumerate(received("inbox")["Records"])
        ]
        assert actions.ingest_notices(bodies) == {}
        (found,) = hub.get(f"/v1/guests?source={result['source']}&source_id=g1")["items"]
    return str(found["id"])


@pytest.mark.parametrize("order", list(permutations(KEYS)), ids=str)
def test_the_room_is_listed_once_for_either_key(hub: Hub, order: tuple[str, ...]) -> None:
    anna = send(hub, *order, order[0])
    for key in ("front_desk", "front_desk@vienna"):
        assert len(hub.get(f"/v1/guests/{anna}/stays", key=key)["items"]) == 1
        stats = hub.get(f"/v1/guests/{anna}", key=key)["stats"]
        assert (stats["stays"], stats["nights"], stats["room_revenue"]) == (1, 2, [ROOM])


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_what_both_desks_say_of_a_consent_is_one_answer_and_the_newest(hub: Hub, order: tuple[int, ...]) -> None:
    anna = send(hub, *KEYS)
    said: list[tuple[str, dict[str, Any]]] = [
        ("front_desk", {"state": "explicit", "at": at(5), "property_id": "vienna"}),
        ("front_desk@vienna", {"state": "withdrawn", "at": at(7)}),
        ("front_desk", {"state": "explicit", "at": at(6), "property_id": "vienna"}),
    ]
    for key, body in (said[each] for each in order):
        hub.put(f"/v1/guests/{anna}/consents/email/marketing", body, key=key)
    for key in ("front_desk", "front_desk@vienna"):
        shown = hub.get(f"/v1/guests/{anna}/consents", key=key)["consents"]
        assert {each["state"] for each in shown} - {"none"} == {"withdrawn"}


@pytest.mark.parametrize("order", list(permutations(("front_desk", "front_desk@vienna"))), ids=str)
def test_whom_both_desks_enrol_is_a_member_once(hub: Hub, order: tuple[str, ...]) -> None:
    hub.put("/v1/programs/club", CLUB)
    anna = send(hub, *KEYS)
    for key in (*order, *order):
        shown = hub.put(f"/v1/guests/{anna}/membership/club", {"number": "C-1", "earns_from": "2026-01-01"}, key=key)
        assert (shown["number"], shown["balance"]) == ("C-1", 2000)
    assert [each["id"] for each in hub.get("/v1/guests?member=C-1")["items"]] == [anna]
    assert len(hub.get(f"/v1/guests/{anna}/ledger")["items"]) == 1
