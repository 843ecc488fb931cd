"""Snapshots that come through the API: whose word they are, and how they are queued."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import now
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.ingest import actions, submission
from chalicelib.properties import store as properties
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.fakes import received


@pytest.fixture(autouse=True)
def hotels(aws: Settings) -> None:
    properties.put(VIENNA)
    properties.put(PORTO)


def everywhere(_: str) -> bool:
    return True


def porto_only(property_id: str) -> bool:
    return property_id == PORTO.id


def find_by_profile(source: ConnectionId, source_id: str) -> Guest | None:
    return guests.guest(leaf_of_profile(source, source_id))


def ingest() -> None:
    records = received("inbox")["Records"]
    bodies = [Message(str(at), json.loads(each["body"])) for at, each in enumerate(records)]
    assert actions.ingest_notices(bodies) == {}


def test_a_key_of_one_hotel_cannot_touch_what_another_said() -> None:
    submission.accept_events([guest(property_id=VIENNA.id, email="anna@mail.example")], everywhere)
    ingest()
    submission.accept_events([guest(property_id=PORTO.id, given="Forged")], porto_only)
    ingest()
    of_the_group, of_porto = (
        find_by_profile(ConnectionId("api"), "g1"),
        find_by_profile(ConnectionId("api-porto"), "g1"),
    )
    assert of_the_group
    assert of_porto
    assert of_the_group.properties == (VIENNA.id,)
    assert of_the_group.traits.given_name == "Anna"
    assert of_porto.id != of_the_group.id


@pytest.mark.parametrize(("allowed", "source"), [(everywhere, "api"), (porto_only, "api-porto")])
def test_the_answer_names_the_source_under_which_the_guests_are_found(
    allowed: Callable[[str], bool], source: str
) -> None:
    results = submission.accept_events([reservation("r1", guest(), property_id=PORTO.id), guest(points=5)], allowed)
    assert [(each["status"], each.get("source")) for each in results] == [("accepted", source), ("invalid", None)]
    ingest()
    assert find_by_profile(ConnectionId(source), "g1")


def test_a_room_that_a_hotel_s_key_and_the_group_s_send_is_one_and_no_key_sends_another_hotel_s() -> None:
    told = reservation("r1", guest(email="anna@mail.example"), property_id=PORTO.id, status="checked_out")
    for allowed in (everywhere, porto_only, everywhere):
        submission.accept_events([told], allowed)
        ingest()
    found = find_by_profile(ConnectionId("api"), "g1")
    assert found
    assert found == find_by_profile(ConnectionId("api-porto"), "g1")
    assert (found.traits.stats.stays, found.traits.stats.nights, found.traits.stats.reservations) == (1, 2, 1)
    (result,) = submission.accept_events([{**told, "property_id": VIENNA.id}], porto_only)
    assert result["errors"][0]["field"] == "property_id"


@pytest.mark.parametrize(
    ("snapshot", "field"),
    [
        (guest(property_id=VIENNA.id), "property_id"),
        (guest(), "property_id"),
        (reservation(property_id="nowhere"), "property_id"),
        (guest(property_id=PORTO.id, changed_at=(now() + timedelta(days=3)).isoformat()), "changed_at"),
        (guest(property_id=PORTO.id, changed_at="0001-01-01T00:00:00+05:00"), "changed_at"),
        (guest(property_id=PORTO.id, points=5), "points"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(snapshot: dict[str, Any], field: str) -> None:
    (result,) = submission.accept_events([snapshot], porto_only)
    assert (result["status"], result["errors"][0]["field"]) == ("invalid", field)
    assert received("inbox")["Records"] == []


def test_a_hundred_large_snapshots_are_queued_in_messages_that_the_queue_takes() -> None:
    name = "Ж" * 200
    occupants = [{"role": "companion", "guest": guest(f"g{n}", name, name)} for n in range(20)]
    snapshots = [reservation(f"r{n}", occupants=occupants) for n in range(100)]
    results = submission.accept_events(snapshots, everywhere)
    assert {result["status"] for result in results} == {"accepted"}


@pytest.mark.parametrize("name", ["api", "api-porto"])
def test_no_connection_may_take_the_name_of_the_api(name: ConnectionId) -> None:
    with pytest.raises(Invalid, match="id"):
        connections.put(Connection(id=name, vendor="canonical"))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"vendor": "canonical", "secrets": ("not base64!",)}, "secrets.0"),
        ({"vendor": "mews", "base_url": "https://api.mews.com", "secrets": ("short",)}, "secrets.0"),
        ({"vendor": "mews", "base_url": "https://api.mews.com", "credentials": {"client_token": "c"}}, "credentials"),
        ({"vendor": "mews"}, "base_url"),
        ({"vendor": "mews", "base_url": "http://api.mews.com"}, "base_url"),
        ({"vendor": "mews", "base_url": "https://169.254.169.254"}, "base_url"),
        ({"vendor": "mews", "base_url": "https://127.0.0.1:9001"}, "base_url"),
        ({"vendor": "mews", "base_url": "http://127.0.0.1:9001"}, "base_url"),
        ({"vendor": "mews", "base_url": "https://api.mews.com/x?y="}, "base_url"),
        ({"vendor": "mews", "base_url": "https://me@api.mews.com"}, "base_url"),
        ({"vendor": "fidelio"}, "vendor"),
    ],
)
def test_a_connection_that_could_not_work_is_refused_by_field(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(Invalid) as refused:
        connections.put(Connection(id=ConnectionId("new"), **fields))
    assert [each.field for each in refused.value.fields] == [named]


def test_a_text_that_is_too_long_without_its_card_number_is_refused_and_not_lost_later() -> None:
    (result,) = submission.accept_events([guest(given="x" * 183 + " 4111111111111111")], everywhere)
    assert (result["status"], result["errors"][0]["field"]) == ("invalid", "given_name")
    assert received("inbox")["Records"] == []
