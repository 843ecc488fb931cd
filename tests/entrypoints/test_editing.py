"""Editing is safe: what was read can be put back, what is left out stays, what is not there is told with what is."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.access import actions as access
from chalicelib.access import store as keys_kept
from chalicelib.access.model import Caller, KeyAsked, Role
from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId, KeyId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connections import store as connections
from tests import tables
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import HOTEL, PROGRAM, SEGMENT, TEMPLATE, fields, problem
from tests.exhaustive import some_of
from tests.mail_fakes import FakeSes

MEWS = {
    "vendor": "mews",
    "secrets": ["open-sesame-of-forty-thieves"],
    "credentials": {"access_token": "very-secret", "client_token": "very-secret"},
    "base_url": "https://pms.example.com",
    "properties": {"e-1": VIENNA.id, "e-2": PORTO.id},
    "channels": {"BKG": "ota"},
    "options": {"stay_services": ["s-1"]},
}
PMS = "/v1/connections/pms"
CAMPAIGN = {"id": "camp", "name": "Spring", "segment": "s", "template": "t", "property_id": VIENNA.id}


@pytest.fixture
def everything(hub: Hub, ingest: Ingest) -> dict[str, str]:
    """One of each, by its path, and the method by which it is written."""
    FakeSes().install()
    brand = {"name": "Alpine", "sender": "Alpine <a@hotel.example>", "legal_entity": "alpine"}
    hub.put(
        "/v1/settings",
        {
            "cap_mails": 2,
            "group": {"postal_address": "Ring 1", "sender": "Alpine <a@hotel.example>"},
            "brands": {"alpine": brand},
        },
    )
    hub.put("/v1/properties/lisbon", {**HOTEL, "brand": "alpine", "branding": {"booking_url": "https://x.example"}})
    hub.put(PMS, MEWS)
    hub.put("/v1/segments/s", SEGMENT)
    hub.put("/v1/templates/t", TEMPLATE)
    hub.put("/v1/programs/club", {**PROGRAM, "starts_on": "2026-01-01"})
    assert hub.status("POST", "/v1/campaigns", CAMPAIGN) == 201
    paths = ("settings", "properties/lisbon", "connections/pms", "segments/s", "templates/t", "programs/club")
    return {**{f"/v1/{path}": "PUT" for path in paths}, "/v1/campaigns/camp": "PATCH"}


def test_what_was_read_can_be_put_back_and_changes_nothing(hub: Hub, everything: dict[str, str]) -> None:
    for path, method in everything.items():
        kept, before = hub.get(path), tables.state()
        answered = hub.call(method, path, kept)
        assert (answered.status_code, answered.json_body) == (200, kept), path
        after = tables.state()
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert all(key.sk == "REACH" for key in changed), (path, changed)  # a connection's lock counts its writes
        assert hub.get(path) == kept


def test_what_a_listing_shows_can_be_put_back_too(hub: Hub, everything: dict[str, str]) -> None:
    for path, method in everything.items():
        listing, _, name = path.removeprefix("/v1/").partition("/")
        if name:
            (shown,) = (each for each in hub.get(f"/v1/{listing}")["items"] if each["id"] == name)
            assert hub.status(method, path, shown) == 200, path


# Connections


def test_what_is_left_out_of_a_connection_stays(hub: Hub) -> None:
    hub.put(PMS, MEWS)
    before = hub.get(PMS)
    sealed = connections.get(ConnectionId("pms"))
    assert hub.put(PMS, {"vendor": "mews"}) == before
    assert connections.get(ConnectionId("pms")) == sealed
    renamed = hub.put(PMS, {"vendor": "mews", "channels": {"EXP": "ota"}})
    assert renamed == {**before, "channels": {"EXP": "ota"}, "version": before["version"] + 1}


@pytest.mark.parametrize(("name", "nothing"), [("channels", {}), ("options", {}), ("properties", {})])
def test_what_is_said_to_be_nothing_is_taken_away(hub: Hub, name: str, nothing: Any) -> None:
    hub.put(PMS, MEWS)
    assert hub.put(PMS, {"vendor": "mews", name: nothing})[name] == nothing


def test_a_hotel_s_key_keeps_no_map_of_others_by_leaving_it_out(hub: Hub) -> None:
    hub.put(PMS, MEWS)
    assert hub.status("PUT", PMS, {"vendor": "mews"}, key="admin@vienna") == 404


def test_a_new_vendor_calls_its_hotels_otherwise(hub: Hub) -> None:
    hub.put(PMS, MEWS)
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    told = {"vendor": "canonical", "secrets": [secret]}
    assert "properties" in fields(hub.call("PUT", PMS, told))
    changed = hub.put(PMS, {**told, "properties": {"v": VIENNA.id}})
    assert (changed["options"], changed["channels"], changed["base_url"]) == ({}, {}, None)


# What exists


@pytest.mark.parametrize(
    ("path", "body", "field", "words"),
    [
        ("properties/x", {**HOTEL, "country": "UK"}, "country", "there is GB"),
        ("properties/x", {**HOTEL, "country": "ZZ"}, "country", "is no country"),
        ("properties/x", {**HOTEL, "currency": "EUO"}, "currency", "EUR"),
        ("properties/x", {**HOTEL, "currency": "DEM"}, "currency", "is no currency of today"),
        ("properties/x", {**HOTEL, "time_zone": "Europe/Wien"}, "time_zone", "Europe/"),
        ("properties/x", {**HOTEL, "time_zone": "europe/vienna"}, "time_zone", "Europe/Vienna"),
        ("properties/x", {**HOTEL, "name": "  "}, "name", "must not be empty"),
        ("properties/x", {**HOTEL, "mail_domains": ["Hotel.example"]}, "mail_domains.0", "small letters"),
        ("properties/x", {**HOTEL, "mail_domains": ["a.example", "@hotel.example"]}, "mail_domains.1", "a domain"),
        ("properties/x", {**HOTEL, "brand": "alpin"}, "brand", "alpine"),
        ("connections/c", {**MEWS, "vendor": "muse"}, "vendor", "mews"),
        ("connections/c", {**MEWS, "properties": {"e": "vienne"}}, "properties.e", "vienna"),
        ("connections/c", {**MEWS, "options": {"stay_service": ["x"]}}, "options.stay_service", "stay_services"),
        ("connections/c", {**MEWS, "channels": {"x": "otas"}}, "channels.x", "ota"),
        ("programs/p", {**PROGRAM, "points_per_unit": {"EUO": "1"}}, "points_per_unit.EUO", "EUR"),
    ],
)
def test_what_does_not_exist_is_told_with_the_nearest_that_does(
    hub: Hub, everything: dict[str, str], path: str, body: dict[str, Any], field: str, words: str
) -> None:
    refused = hub.call("PUT", f"/v1/{path}", body)
    assert fields(refused) == [field]
    assert words in problem(refused)["detail"]
    assert hub.status("GET", f"/v1/{path}") == 404


@pytest.mark.parametrize(
    ("change", "nearest"), [({"segment": "S1"}, None), ({"segment": "r"}, "s"), ({"template": "tt"}, "t")]
)
def test_a_campaign_is_changed_only_to_what_is_there(
    hub: Hub, everything: dict[str, str], change: dict[str, str], nearest: str | None
) -> None:
    refused = hub.call("PATCH", "/v1/campaigns/camp", change)
    assert fields(refused) == list(change)
    assert nearest is None or f"there is {nearest}" in problem(refused)["detail"]


def test_a_campaign_is_changed_by_what_is_named_alone(hub: Hub, everything: dict[str, str]) -> None:
    before = hub.get("/v1/campaigns/camp")
    changed = hub.call("PATCH", "/v1/campaigns/camp", {"name": "Summer", "property_id": None}).json_body
    assert changed == {**before, "name": "Summer", "property_id": None, "version": before["version"] + 1}
    assert hub.get("/v1/campaigns/camp") == changed
    assert fields(hub.call("PATCH", "/v1/campaigns/camp", {"id": "other"})) == ["id"]
    assert hub.status("PATCH", "/v1/campaigns/other", {"name": "x"}) == 404
    assert hub.status("PATCH", "/v1/campaigns/camp", {"name": "x"}, key="analyst") == 403


def test_a_campaign_is_not_changed_while_a_run_of_it_is_on(hub: Hub, everything: dict[str, str]) -> None:
    assert hub.status("POST", "/v1/campaigns/camp/launch") == 202
    assert hub.status("PATCH", "/v1/campaigns/camp", {"name": "Summer"}) == 409
    assert hub.status("POST", "/v1/campaigns/camp/cancel") == 200


# What is in use


def test_a_property_in_use_is_not_taken_away_and_what_uses_it_is_told(hub: Hub, everything: dict[str, str]) -> None:
    made = hub.call("POST", "/v1/keys", {"name": "desk", "role": "front_desk", "properties": [VIENNA.id]}).json_body
    assert hub.status("POST", "/v1/campaigns/camp/launch") == 202
    for name, method, path in (
        ("connection pms", "DELETE", PMS),
        (f"key {made['key_id']}", "DELETE", f"/v1/keys/{made['key_id']}"),
        ("campaign camp", "POST", "/v1/campaigns/camp/cancel"),
    ):
        refused = hub.call("DELETE", f"/v1/properties/{VIENNA.id}")
        assert refused.status_code == 409
        assert name in problem(refused)["detail"]
        assert hub.status(method, path) in {200, 204}
    assert hub.status("DELETE", f"/v1/properties/{VIENNA.id}") == 204


def test_a_property_that_guests_alone_know_goes(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(), status="checked_out"))
    assert hub.status("DELETE", f"/v1/properties/{VIENNA.id}") == 204
    assert hub.get(f"/v1/guests/{leaf_of_profile(ConnectionId('api'), 'g1')}")["stats"]["stays"] == 1


# The last key

AT = Instant("2026-01-01T00:00:00.000000Z")
ROOT = Caller(KeyId("root"), "admin", frozenset({EVERYWHERE}))


def made(seed: str, role: Role = "admin", scope: Any = EVERYWHERE) -> KeyId:
    asked = KeyAsked(name=seed, role=role, properties=(scope,))
    return access.create(ROOT, asked, access.secret_of(seed), AT).key_id


@pytest.mark.parametrize("role", ["marketer", "admin of one hotel"])
def test_the_last_admin_key_of_the_group_does_not_go_and_others_do(hub: Hub, role: str) -> None:
    first = made("first")
    other = made("other", "marketer") if role == "marketer" else made("other", "admin", VIENNA.id)
    with pytest.raises(Conflict, match="last admin key"):
        access.end(ROOT, first, AT)
    access.end(ROOT, other, AT)
    second = made("second")
    access.end(ROOT, first, AT)
    refused = hub.call("DELETE", f"/v1/keys/{second}")
    assert (refused.status_code, "last admin key" in problem(refused)["detail"]) == (409, True)


def test_of_the_last_two_ended_at_once_one_stays(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = made("one"), made("other")
    end, done = keys_kept.end, list[int]()

    def beside(*asked: Any) -> None:
        if not done:
            done.append(1)
            access.end(ROOT, other, AT)
        end(*asked)

    monkeypatch.setattr(keys_kept, "end", beside)
    with pytest.raises(Conflict):
        access.end(ROOT, one, AT)
    assert [each.key_id for each in access.kept()] == [one]


def changes_its_name(hub: Hub) -> object:
    return hub.call("PATCH", "/v1/campaigns/camp", {"name": "Summer"})


def has_its_old_name(hub: Hub) -> None:
    hub.call("PATCH", "/v1/campaigns/camp", {"name": "Spring"})


def ends_a_key(hub: Hub) -> object:
    return hub.call("DELETE", f"/v1/keys/{access.secret_of('second').key_id}")


def has_two_keys(hub: Hub) -> None:
    listed = keys.api_key_listing(access.secret_of("second").key_id)
    table.write(table.Delete(listed))
    made("first")
    made("second")


@pytest.mark.exhaustive(inside=True)
@pytest.mark.parametrize(("begin", "act"), [(has_its_old_name, changes_its_name), (has_two_keys, ends_a_key)])
def test_a_crash_at_any_call_of_a_change_is_mended_by_asking_again(
    hub: Hub, everything: dict[str, str], begin: Callable[[Hub], None], act: Callable[[Hub], object]
) -> None:
    begin(hub)
    points = points_of(lambda: act(hub))
    assert {"PutItem", "TransactWriteItems"} & {point.operation for point in points}
    expected = _told(hub)
    for point in some_of(points):
        begin(hub)
        assert crash_at(point, lambda: act(hub)), str(point)
        act(hub)
        assert _told(hub) == expected, str(point)


def _told(hub: Hub) -> tuple[str, list[str]]:
    return hub.get("/v1/campaigns/camp")["name"], sorted(each.name for each in access.kept())
