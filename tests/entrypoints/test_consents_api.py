"""To whom a guest said yes or no, over the API: each key speaks for, and is shown, the legal entities of its hotels."""

import json
from typing import Any

import pytest

from chalicelib.access.rules import hash_of
from chalicelib.aws import keys, table
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connections.model import API
from chalicelib.consent.model import EMAIL, Suppression
from chalicelib.identity.digests import digest
from chalicelib.messages.actions import suppress
from chalicelib.properties import actions as properties
from chalicelib.properties import store
from chalicelib.properties.model import Branding, Property
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields

ANNA = leaf_of_profile(API, "g1")
PATH = f"/v1/guests/{ANNA}/consents"
PUT = f"{PATH}/email/marketing"
BOTH = "both"
"""A key of both hotels."""


@pytest.fixture(autouse=True)
def anna(hub: Hub, ingest: Ingest) -> None:
    """A guest of both hotels, each of a legal entity of its own."""
    for hotel, entity in ((VIENNA, "alpine"), (PORTO, "atlantic")):
        store.put(named(hotel, entity))
    ingest(*(reservation(f"r-{each.id}", guest(), property_id=each.id) for each in (VIENNA, PORTO)))
    row = table.row(
        keys.api_key(hash_of(f"xk_{BOTH}")), key_id=BOTH, role="front_desk", properties=["vienna", "porto"], name=BOTH
    )
    table.write(table.Put(row))


def name(vienna: str | None, porto: str | None) -> None:
    for hotel, entity in ((VIENNA, vienna), (PORTO, porto)):
        properties.put(named(hotel, entity))


def named(hotel: Property, entity: str | None) -> Property:
    return hotel.model_copy(update={"branding": Branding(legal_entity=entity)})


def states(hub: Hub, key: str) -> dict[str, str]:
    """What was said about marketing, to whom."""
    told = hub.get(PATH, key=key)["consents"]
    return {each["controller"]: each["state"] for each in told if each["purpose"] == "marketing"}


def history(hub: Hub, key: str) -> list[tuple[str, str]]:
    return [(each["controller"], each["purpose"]) for each in hub.get(PATH, key=key)["history"]]


@pytest.mark.parametrize(
    ("key", "body", "controller"),
    [
        ("front_desk@vienna", {}, "alpine"),
        ("front_desk@vienna", {"property_id": "vienna"}, "alpine"),
        ("front_desk@porto", {}, "atlantic"),
        (BOTH, {"property_id": "porto"}, "atlantic"),
        ("admin", {"property_id": "porto"}, "atlantic"),
        ("admin", {}, "group"),
    ],
)
def test_an_answer_is_given_to_the_legal_entity_of_the_key_s_hotel_or_of_the_one_that_it_names(
    hub: Hub, key: str, body: dict[str, Any], controller: str
) -> None:
    assert hub.put(PUT, {"state": "explicit", **body}, key=key)["controller"] == controller
    said = {each: state for each, state in states(hub, "admin").items() if state != "none"}
    assert said == {controller: "explicit"}


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("front_desk@vienna", {"property_id": "porto"}),
        ("front_desk@vienna", {"property_id": "paris"}),
        ("admin", {"property_id": "paris"}),
        (BOTH, {}),
    ],
)
def test_a_hotel_that_is_not_the_key_s_and_none_where_several_answer_are_refused(
    hub: Hub, key: str, body: dict[str, Any]
) -> None:
    assert fields(hub.call("PUT", PUT, {"state": "explicit", **body}, key=key)) == ["property_id"]
    assert history(hub, "admin") == []


def test_a_key_of_hotels_that_share_one_entity_need_not_name_one(hub: Hub) -> None:
    name("alpine", "alpine")
    assert hub.put(PUT, {"state": "explicit"}, key=BOTH)["controller"] == "alpine"


def test_a_key_is_shown_what_was_said_to_its_hotels_entities_and_no_others(hub: Hub) -> None:
    for key in ("front_desk@vienna", "front_desk@porto", "admin"):
        hub.put(PUT, {"state": "explicit"}, key=key)
    everything = {"alpine": "explicit", "atlantic": "explicit", "group": "explicit"}
    assert states(hub, "admin") == everything
    assert states(hub, BOTH) == {"alpine": "explicit", "atlantic": "explicit"}
    assert states(hub, "front_desk@vienna") == {"alpine": "explicit"}
    assert history(hub, "front_desk@porto") == [("atlantic", "marketing")]
    assert sorted(history(hub, "admin")) == [(each, "marketing") for each in everything]


def test_a_timeline_shows_what_was_said_to_the_key_s_entities_and_no_others(hub: Hub) -> None:
    for key in ("front_desk@vienna", "front_desk@porto", "admin"):
        hub.put(PUT, {"state": "explicit"}, key=key)
    assert [acts(hub, key) for key in ("front_desk@vienna", "front_desk@porto", "admin")] == [
        {("alpine", "marketing")},
        {("atlantic", "marketing")},
        {("alpine", "marketing"), ("atlantic", "marketing"), ("group", "marketing")},
    ]


def acts(hub: Hub, key: str) -> set[tuple[str, str]]:
    lines = hub.get(f"/v1/guests/{ANNA}/timeline", key=key)["items"]
    return {(each["receipt"]["controller"], each["receipt"]["purpose"]) for each in lines if each["receipt"]}


def test_an_entity_to_which_nobody_said_anything_is_shown_as_that(hub: Hub) -> None:
    assert states(hub, "front_desk@vienna") == {"alpine": "none"}
    assert states(hub, "admin") == {"alpine": "none", "atlantic": "none", "group": "none"}


def test_what_was_said_to_the_entity_of_before_is_still_shown_to_the_hotel(hub: Hub) -> None:
    """It holds the hotel's mail: who asks why must find it."""
    hub.put(PUT, {"state": "withdrawn"}, key="front_desk@vienna")
    name("alpine-new", "atlantic")
    assert states(hub, "front_desk@vienna") == {"alpine": "withdrawn", "alpine-new": "none"}
    assert states(hub, "front_desk@porto") == {"atlantic": "none"}


def test_an_entity_that_does_not_know_the_guest_and_was_told_nothing_is_not_shown(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r-ben", guest("g2", "Ben"), property_id=VIENNA.id))
    path = f"/v1/guests/{leaf_of_profile(API, 'g2')}/consents"
    assert [each["controller"] for each in hub.get(path, key=BOTH)["consents"]] == ["alpine"] * 2
    hub.put(f"{path}/email/marketing", {"state": "withdrawn", "property_id": "porto"}, key=BOTH)
    told = [(each["controller"], each["purpose"]) for each in hub.get(path, key=BOTH)["consents"]]
    assert told == [(who, what) for who in ("alpine", "atlantic") for what in ("marketing", "tracking")]


def test_an_admin_lifts_a_bounce_and_what_holds_all_the_same_is_told(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email="anna@mail.example", property_id="vienna", changed_at=at(9)))
    suppress(digest("email", "anna@mail.example"), Suppression(reason="bounce", at=Instant(at(9))), EMAIL)
    said = hub.put(PUT, {"state": "confirmed", "basis": "guest"}, key="front_desk@vienna")
    assert (said["state"], said["still_held"]) == ("confirmed", ["bounce"])
    lifted = json.loads(hub.call("POST", f"{PATH}/email/lift-bounce", {"reason": "misspelt at the desk"}).body)
    assert lifted["suppressed"] == []
    assert [each["proof"]["reason"] for each in lifted["history"] if each["state"] == "lifted"] == [
        "misspelt at the desk"
    ]
    said = hub.put(PUT, {"state": "explicit", "basis": "guest"}, key="front_desk@vienna")
    assert said["still_held"] == []


def proofs(hub: Hub) -> list[tuple[str, str]]:
    return [(each["state"], each["proof"].get("how", "")) for each in hub.get(PATH)["history"]]


def test_the_answer_says_what_a_statement_changed_and_what_holds(hub: Hub) -> None:
    said = {"state": "explicit", "at": "2026-02-01T10:00:00Z", "how": "card"}
    first = hub.put(PUT, said)
    assert (first["state"], first["changed"]) == ("explicit", ["answer", "history"])
    assert hub.put(PUT, said)["changed"] == []
    assert hub.put(PUT, {**said, "how": "telephone"})["changed"] == ["history"]
    older = hub.put(PUT, {"state": "withdrawn", "at": "2026-01-01T10:00:00Z", "how": "letter"})
    assert (older["state"], older["at"], older["changed"]) == ("explicit", first["at"], ["history"])
    newer = hub.put(PUT, {"state": "withdrawn", "at": "2026-03-01T10:00:00Z", "how": "letter"})
    assert (newer["state"], newer["changed"]) == ("withdrawn", ["answer", "history"])
    oldest, *same_time, newest = proofs(hub)
    assert (oldest, newest) == (("withdrawn", "letter"), ("withdrawn", "letter"))
    assert sorted(same_time) == [("explicit", "card"), ("explicit", "telephone")]


@pytest.mark.parametrize("key", ["admin", "front_desk@vienna"])
@pytest.mark.parametrize("state", ["explicit", "withdrawn"])
def test_what_is_said_once_more_in_no_other_words_holds_since_it_is_proven(hub: Hub, key: str, state: str) -> None:
    """Who reads the answer finds its proof in the history, and may put it back."""
    first = hub.put(PUT, {"state": state, "at": "2026-02-01T10:00:00Z", "how": "card"}, key=key)
    again = hub.put(PUT, {"state": state}, key=key)
    assert (again["state"], again["at"], again["changed"]) == (state, first["at"], [])
    seen = hub.get(PATH, key=key)
    (kept,) = (each for each in seen["consents"] if each["state"] != "none")
    assert [each["at"] for each in seen["history"]] == [kept["at"]] == [first["at"]]
    assert hub.put(PUT, kept, key=key)["changed"] == []
    between = hub.put(PUT, {"state": state, "at": "2026-02-02T10:00:00Z", "how": "telephone"}, key=key)
    assert (between["at"], between["changed"]) == ("2026-02-02T10:00:00.000000Z", ["history"])


@pytest.mark.parametrize("key", ["admin", "front_desk@vienna"])
def test_a_consent_that_was_read_can_be_put_back_and_changes_nothing(hub: Hub, key: str) -> None:
    hub.put(PUT, {"state": "explicit", "at": "2026-02-01T10:00:00Z", "how": "card"}, key=key)
    (kept,) = (each for each in hub.get(PATH, key=key)["consents"] if each["state"] != "none")
    answer = hub.put(PUT, kept, key=key)
    assert answer["changed"] == []
    assert {name: answer[name] for name in kept} == kept
    assert len(hub.get(PATH)["history"]) == 1


@pytest.mark.parametrize("other", [{"channel": "sms"}, {"purpose": "surveys"}, {"controller": "somebody"}])
def test_what_differs_from_where_it_is_put_is_refused(hub: Hub, other: dict[str, str]) -> None:
    assert fields(hub.call("PUT", PUT, {"state": "explicit", **other})) == list(other)


def test_what_a_hotel_writes_down_is_kept_with_a_record_of_its_own(hub: Hub, ingest: Ingest) -> None:
    """The record that names the guest was never at Porto."""
    for place, record in ((VIENNA, "s1"), (PORTO, "s2")):
        ingest(reservation(f"x-{record}", guest(record, email="zoe@lee.example"), property_id=place.id))
    at_porto = leaf_of_profile(API, "s2")
    (zoe,) = hub.get("/v1/guests?email=zoe@lee.example")["items"]
    hub.put(f"/v1/guests/{zoe['id']}/consents/email/marketing", {"state": "explicit"}, key="front_desk@porto")
    assert [each["leaf"] for each in hub.get(f"/v1/guests/{zoe['id']}/consents")["history"]] == [at_porto]
    ingest(guest("s2", "Max", email="max@lee.example", changed_at=at(59)))
    told = [hub.get(f"/v1/guests/{leaf}/consents", key="front_desk@porto") for leaf in [at_porto]]
    assert [each["consents"][0]["state"] for each in told] == ["explicit"]
