"""Connections over the API: whose an id is, where kept secrets may go, and how much one row takes."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, Scope
from chalicelib.connections import actions as connections
from chalicelib.connections import store as connection_store
from chalicelib.connections.model import KeptConnection
from chalicelib.connections.store import Reached
from chalicelib.ingest import actions
from chalicelib.properties import store as properties
from tests.builders import PORTO, VIENNA, guest, notice, reservation
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_access import HOTEL, fields, problem
from tests.ids import PMS

SIGNING = "whsec_" + base64.b64encode(b"k" * 32).decode()
OWN = {"vendor": "canonical", "secrets": [SIGNING], "properties": {"v": VIENNA.id}}
MEWS = {
    "vendor": "mews",
    "secrets": ["open-sesame-of-forty-thieves"],
    "credentials": {"access_token": "very-secret", "client_token": "very-secret"},
    "base_url": "https://pms.example.com",
    "properties": {"e-1": VIENNA.id},
}
WITHOUT_SECRETS = {name: value for name, value in MEWS.items() if name not in ("secrets", "credentials")}
PATH = "/v1/connections/pms"


def push(snapshot: dict[str, Any]) -> None:
    """A notice of the connection `pms`."""
    sent = notice(snapshot)
    failures = actions.ingest_notices([replace(sent, body={**sent.body, "connection": "pms"})])
    assert not failures


# Where the PMS shows a reservation


def test_the_page_of_a_reservation_is_kept_shown_left_and_taken_away(hub: Hub) -> None:
    page = "https://pms.example/r/{reservation}?h={hotel}"
    assert hub.put(PATH, {**OWN, "desk_url": page})["desk_url"] == page
    assert hub.put(PATH, OWN)["desk_url"] == page
    assert hub.get("/v1/connections")["items"][0]["desk_url"] == page
    assert hub.put(PATH, {**OWN, "desk_url": None})["desk_url"] is None


@pytest.mark.parametrize(
    "page", ["http://pms.example/{reservation}", "https://{reservation}/", "javascript:x", "x" * 501]
)
def test_what_is_no_page_of_a_pms_is_refused_by_its_name_and_nothing_is_changed(hub: Hub, page: str) -> None:
    kept = hub.put(PATH, OWN)
    assert fields(hub.call("PUT", PATH, {**OWN, "desk_url": page})) == ["desk_url"]
    assert hub.get(PATH)["version"] == kept["version"]


# Whose an id is


def test_an_id_that_was_another_hotels_does_not_hand_out_its_guests(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "properties": {"p": PORTO.id}}, key="admin@porto")
    push(reservation("r1", guest("g1", email="anna@lee.example"), property_id=PORTO.id))
    (anna,) = hub.get("/v1/guests?email=anna@lee.example")["items"]
    assert hub.status("DELETE", PATH, key="admin@porto") == 204
    refused = hub.call("PUT", PATH, OWN, key="admin@vienna")
    assert refused.status_code == 404
    assert connection_store.get(PMS) is None
    assert hub.status("GET", f"/v1/guests/{anna['id']}", key="admin@vienna") == 404


def test_a_taken_id_and_one_that_was_taken_are_refused_alike(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "properties": {"p": PORTO.id}})
    taken = hub.call("PUT", PATH, OWN, key="admin@vienna")
    assert hub.status("DELETE", PATH) == 204
    assert hub.call("PUT", PATH, OWN, key="admin@vienna").body == taken.body
    assert problem(taken)["status"] == 404


def test_a_deleted_connection_is_not_there_and_its_own_hotel_may_begin_it_again(hub: Hub) -> None:
    hub.put(PATH, OWN, key="admin@vienna")
    assert hub.status("DELETE", PATH, key="admin@vienna") == 204
    assert hub.status("GET", PATH, key="admin@vienna") == 404
    assert hub.get("/v1/connections")["items"] == []
    assert hub.status("DELETE", PATH, key="admin@vienna") == 404
    again = hub.put(PATH, {**OWN, "secrets": []}, key="admin@vienna")
    assert again["secrets"] == 0


def test_what_a_connection_once_reached_is_asked_for_also_after_its_map_was_changed(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "properties": {"v": VIENNA.id, "p": PORTO.id}})
    hub.put(PATH, OWN)
    assert hub.status("GET", PATH, key="admin@vienna") == 200
    assert hub.status("PUT", PATH, OWN, key="admin@vienna") == 404
    hub.put(PATH, OWN)


def test_a_connection_of_the_whole_group_stays_the_groups(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "properties": {}})
    hub.put(PATH, OWN)
    assert hub.status("DELETE", PATH) == 204
    assert hub.status("PUT", PATH, OWN, key="admin@vienna") == 404
    hub.put(PATH, OWN)


def test_nobody_takes_an_id_that_somebody_had_and_left_in_the_meantime(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = connection_store.get

    def beside(connection_id: ConnectionId) -> Any:
        monkeypatch.setattr(connection_store, "get", read)
        hub.put(PATH, {**OWN, "properties": {"p": PORTO.id}}, key="admin@porto")
        assert hub.status("DELETE", PATH, key="admin@porto") == 204
        return read(connection_id)

    monkeypatch.setattr(connection_store, "get", beside)
    assert hub.status("PUT", PATH, OWN, key="admin@vienna") == 409
    assert connection_store.listed() == []


def test_a_connection_that_is_deleted_while_it_is_written_stays_deleted(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer had read the secrets that it would have kept."""
    hub.put(PATH, MEWS)
    save = connection_store.save

    def beside(connection: KeptConnection, before: Reached, properties: frozenset[Scope]) -> None:
        assert hub.status("DELETE", PATH) == 204
        save(connection, before, properties)

    with monkeypatch.context() as patched:
        patched.setattr(connection_store, "save", beside)
        assert hub.status("PUT", PATH, {**WITHOUT_SECRETS, "channels": {"B": "ota"}}) == 409
    assert hub.status("GET", PATH) == 404
    anew = hub.put(PATH, WITHOUT_SECRETS)
    assert (anew["secrets"], anew["has_credentials"]) == (0, False)


def test_a_connection_that_is_written_while_it_is_deleted_is_deleted(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.put(PATH, MEWS)
    delete = connection_store.delete

    def beside(connection: KeptConnection, before: Reached, properties: frozenset[Scope]) -> None:
        monkeypatch.setattr(connection_store, "delete", delete)
        hub.put(PATH, {**WITHOUT_SECRETS, "properties": {"e-1": PORTO.id}})
        delete(connection, before, properties)

    monkeypatch.setattr(connection_store, "delete", beside)
    assert hub.status("DELETE", PATH) == 204
    assert hub.status("GET", PATH) == 404
    assert connection_store.reached(PMS).properties == {VIENNA.id, PORTO.id}


# Where kept secrets may go


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "https://pms.example.com:8443", "https://pms.example.com.evil.example/x"]
)
def test_kept_credentials_do_not_follow_a_connection_to_another_address(hub: Hub, elsewhere: str) -> None:
    hub.put(PATH, MEWS)
    moved = {**WITHOUT_SECRETS, "base_url": elsewhere}
    response = hub.call("PUT", PATH, moved, key="admin@vienna")
    assert fields(response) == ["credentials"]
    assert "again with a new base_url" in str(problem(response))
    assert hub.get(PATH)["base_url"] == MEWS["base_url"]
    assert hub.put(PATH, {**MEWS, "base_url": elsewhere})["base_url"] == elsewhere


def test_credentials_that_were_kept_without_an_address_are_sent_to_none(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "credentials": {"token": "very-secret"}})
    assert fields(hub.call("PUT", PATH, {**OWN, "base_url": "https://evil.example"})) == ["credentials"]


def test_another_path_of_the_same_address_keeps_the_credentials(hub: Hub) -> None:
    hub.put(PATH, MEWS)
    moved = hub.put(PATH, {**WITHOUT_SECRETS, "base_url": "https://PMS.example.com/v2"})
    assert (moved["has_credentials"], moved["secrets"]) == (True, 1)


def test_another_vendor_comes_with_secrets_of_its_own(hub: Hub) -> None:
    hub.put(PATH, OWN)
    assert fields(hub.call("PUT", PATH, WITHOUT_SECRETS)) == ["secrets", "credentials"]
    assert fields(hub.call("PUT", PATH, {**WITHOUT_SECRETS, "secrets": MEWS["secrets"]})) == ["credentials"]
    assert hub.put(PATH, MEWS)["vendor"] == "mews"
    assert fields(hub.call("PUT", PATH, {**OWN, "secrets": []})) == ["secrets"]
    assert hub.put(PATH, OWN)["has_credentials"] is False


LOST_IN_A_URL = {"+": "+", "&": "&", "#": "#", "%": "%", ";": ";", " ": "a blank", "ü": "ü", "\u200b": "'\\u200b'"}


@pytest.mark.parametrize(("sign", "named"), LOST_IN_A_URL.items())
def test_a_secret_that_would_not_arrive_is_refused_with_the_sign_named(hub: Hub, sign: str, named: str) -> None:
    (error,) = problem(hub.call("PUT", PATH, {**MEWS, "secrets": [f"open{sign}sesame-of-forty-thieves"]}))["errors"]
    assert error["field"] == "secrets.0"
    assert f"as it is written: {named}." in error["message"]
    assert "sesame" not in error["message"]
    assert connection_store.listed() == []


def test_each_kind_of_unfit_secret_is_told_what_would_be_fit(hub: Hub) -> None:
    short = problem(hub.call("PUT", PATH, {**MEWS, "secrets": ["open-sesame-of-forty-thieves", "sesame"]}))["errors"]
    assert [(each["field"], each["message"]) for each in short] == [("secrets.1", "has fewer than 16 characters")]
    unfit = problem(hub.call("PUT", PATH, {**OWN, "secrets": ["open-sesame-of-forty-thieves"]}))["errors"]
    assert "Base64 of at least 24 bytes" in unfit[0]["message"]


# How much one row takes


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"secrets": ["x" * 513]}, "secrets.0"),
        ({"secrets": [""]}, "secrets.0"),
        ({"credentials": {"access_token": "é" * 1000, "client_token": "b"}}, "credentials"),
        ({"properties": {"": VIENNA.id}}, "properties"),
        ({"properties": {"x" * 129: VIENNA.id}}, "properties"),
        ({"channels": {f"code {number}": "ota" for number in range(40_000)}}, "channels"),
        ({"options": {"stay_services": ["x" * 200] * 1000}}, "options"),
        ({"options": {"": []}}, "options"),
    ],
)
def test_a_connection_that_no_row_or_key_could_take_is_refused_by_field(
    hub: Hub, changed: dict[str, Any], field: str
) -> None:
    (named,) = fields(hub.call("PUT", PATH, {**MEWS, **changed}))
    assert named.startswith(field)
    assert connection_store.listed() == []


def test_the_largest_secrets_and_credentials_can_be_encrypted(hub: Hub) -> None:
    longest = {"access_token": "a" * 1900, "client_token": "b" * 80}
    assert hub.put(PATH, {**MEWS, "credentials": longest})["has_credentials"]
    row = connection_store.get(PMS)
    assert row
    assert connections.link_of(row, properties.by_id()).credentials == longest


@pytest.mark.parametrize(
    "time_zone", ["Europe", "a" * 5000, "", "a\0b", "tzdata.zi", "zone.tab", "/etc/localtime", "../UTC", "éurope/ü"]
)
def test_a_time_zone_that_is_none_is_refused_by_field(hub: Hub, time_zone: str) -> None:
    assert fields(hub.call("PUT", "/v1/properties/new", {**HOTEL, "time_zone": time_zone})) == ["time_zone"]


def test_a_property_has_no_more_mail_domains_than_its_row_can_hold(hub: Hub) -> None:
    many = {**HOTEL, "mail_domains": ["x" * 200] * 3000}
    assert fields(hub.call("PUT", "/v1/properties/new", many)) == ["mail_domains"]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_act_of_consent_at_the_end_of_time_is_refused_by_field(hub: Hub, when: str) -> None:
    push_to_api = reservation("r1", guest("g1", email="anna@lee.example"))
    assert not actions.ingest_notices([notice(push_to_api)])
    (anna,) = hub.get("/v1/guests?email=anna@lee.example")["items"]
    path = f"/v1/guests/{anna['id']}/consents/email/marketing"
    assert fields(hub.call("PUT", path, {"state": "explicit", "at": when})) == ["at"]
