"""Two people at one form: who saw an older version is told of it, and overwrites nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, table
from chalicelib.aws.keys import Key
from chalicelib.canonical.definitions import Changed, Hand, Stale, refuse_stale
from chalicelib.canonical.ids import ConnectionId, PropertyId
from tests import tables
from tests.crashes import beside, crash_at, points_of
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_access import HOTEL, PROGRAM, SEGMENT, TEMPLATE
from tests.entrypoints.test_connections import MEWS
from tests.ids import PMS
from tests.mail_fakes import FakeSes


@dataclass(frozen=True)
class Form:
    """What two people write, each their own; `row` is where it is kept, `method` how it is written."""

    path: str
    first: dict[str, Any]
    second: dict[str, Any]
    row: Key
    method: str = "PUT"

    @property
    def third(self) -> dict[str, Any]:
        return {**self.first, "name": "Third"} if "name" in self.first else OTHERS[self.path]


CONNECTION = {"vendor": "canonical", "secrets": ["whsec_" + "A" * 32], "properties": {"v": "vienna"}, "channels": {}}
VERSIONING = {"rev", "version", "changed_at", "changed_by"}
OTHERS: dict[str, dict[str, Any]] = {
    "/v1/settings": {"cap_mails": 9},
    "/v1/connections/pms": {**CONNECTION, "secrets": ["whsec_" + "B" * 32]},
}
FORMS = [
    Form("/v1/segments/s", SEGMENT, {**SEGMENT, "name": "Others"}, Key(keys.SEGMENTS, "s")),
    Form("/v1/templates/t", TEMPLATE, {**TEMPLATE, "name": "Others"}, Key(keys.TEMPLATES, "t")),
    Form("/v1/programs/club", PROGRAM, {**PROGRAM, "name": "Others"}, Key(keys.PROGRAMS, "club")),
    Form("/v1/settings", {"cap_mails": 2}, {"cap_mails": 4}, keys.DEPLOYMENT),
    Form("/v1/properties/innsbruck", HOTEL, {**HOTEL, "name": "Others"}, keys.property_(PropertyId("innsbruck"))),
    Form("/v1/connections/pms", CONNECTION, {**CONNECTION, "channels": {"B": "ota"}}, keys.connection(PMS)),
    Form("/v1/campaigns/c", {"name": "One"}, {"name": "Others"}, Key(keys.CAMPAIGNS, "c"), "PATCH"),
]


@pytest.fixture(params=FORMS, ids=lambda each: each.path)
def form(request: pytest.FixtureRequest, hub: Hub) -> Form:
    """At its first version, or, of what began with one, the second."""
    FakeSes().install()
    found: Form = request.param
    if found.method == "PATCH":
        hub.put("/v1/segments/s", SEGMENT)
        hub.put("/v1/templates/t", TEMPLATE)
        hub.call("POST", "/v1/campaigns", {"id": "c", "name": "C", "segment": "s", "template": "t"})
    for _ in range(2):
        written(hub, found, found.first)  # what a process opens once of secrets is open then
    return found


def written(hub: Hub, form: Form, body: dict[str, Any], seen: object = None, key: str = "admin") -> Any:
    headers = {} if seen is None else {"If_Match": str(seen)}
    return hub.call(form.method, form.path, body, key=key, **headers)


def test_who_saw_the_version_that_is_kept_writes_the_next_one(hub: Hub, form: Form) -> None:
    version = hub.get(form.path)["version"]
    after = written(hub, form, form.second, f'"{version}"')
    assert (after.status_code, after.json_body["version"]) == (200, version + 1)


def test_who_saw_an_older_one_is_told_which_is_kept_and_who_changed_it_when(hub: Hub, form: Form) -> None:
    seen = hub.get(form.path)["version"]
    with time_machine.travel("2026-11-27T20:00:00+00:00", tick=False):
        assert written(hub, form, form.second, seen).status_code == 200
    before = tables.state()
    refused = written(hub, form, form.third, seen)
    assert refused.status_code == 409
    told = refused.json_body["detail"]
    assert f"You saw version {seen} of" in told
    assert f"version {seen + 1} is kept now, changed at 2026-11-27T20:00:00.000000Z by key admin." in told
    assert tables.state() == before


def test_without_a_version_the_newest_is_replaced_as_ever(hub: Hub, form: Form) -> None:
    seen = hub.get(form.path)["version"]
    for body in (form.second, form.first, form.second):
        seen += 1
        assert written(hub, form, body).json_body["version"] == seen


def test_the_same_again_is_no_conflict_whichever_version_was_seen(hub: Hub, form: Form) -> None:
    """Whoever's answer was lost sends the same again, and saw what was there before."""
    seen = hub.get(form.path)["version"]
    first, again = (written(hub, form, form.second, seen) for _ in range(2))
    assert (first.status_code, first.json_body) == (again.status_code, again.json_body)


def test_a_form_that_is_sent_again_after_a_crash_anywhere_is_kept_once(hub: Hub, form: Form) -> None:
    def act(seen: int, body: dict[str, Any]) -> Callable[[], None]:
        return lambda: written(hub, form, body, seen)

    bodies, version = [form.second, form.first], hub.get(form.path)["version"]
    points = points_of(act(version, bodies[0]))
    for number, point in enumerate(points, start=1):
        seen, body = version + number, bodies[number % 2]
        assert crash_at(point, act(seen, body)), point
        assert written(hub, form, body, seen).json_body["version"] == seen + 1, point


def test_what_was_kept_by_an_earlier_version_of_the_hub_is_still_compared(hub: Hub, form: Form) -> None:
    """It did not write down who changed it, nor when."""
    row = dict(tables.rows()[form.row])
    for name in ("changed_at", "changed_by", "settings_changed_at", "settings_changed_by"):
        row.pop(name, None)
    table.write(table.Put(row))
    version = hub.get(form.path)["version"]
    refused = written(hub, form, form.second, version + 5)
    assert refused.json_body["detail"].endswith(f"version {version} is kept now.")
    assert written(hub, form, form.second, version).status_code == 200


@pytest.mark.parametrize("form", FORMS[4:6], ids=lambda each: each.path, indirect=True)
def test_a_hotel_and_a_connection_of_before_versions_are_at_their_first(hub: Hub, form: Form) -> None:
    row = {name: value for name, value in tables.rows()[form.row].items() if name not in VERSIONING}
    table.write(table.Put(row))
    assert hub.get(form.path)["version"] == 1
    for seen in (0, 2):
        assert written(hub, form, form.second, seen).json_body["detail"].endswith("version 1 is kept now.")
    assert tables.rows()[form.row] == row
    assert written(hub, form, form.first, 7).json_body["version"] == 1
    assert tables.rows()[form.row] == row
    assert written(hub, form, form.second, 1).json_body["version"] == 2


@pytest.mark.parametrize("form", FORMS[4:6], ids=lambda each: each.path, indirect=True)
def test_of_two_hotels_or_connections_written_at_once_one_is_kept_and_told_of(hub: Hub, form: Form) -> None:
    statuses: list[int] = []
    writing = max(each.at for each in points_of(partial(written, hub, form, form.second)) if each.moment == "after")

    def act() -> None:
        statuses.append(written(hub, form, form.third).status_code)

    assert beside(writing, act, partial(written, hub, form, form.first))
    assert statuses == [409]
    kept = hub.get(form.path)
    assert kept["version"] == 3
    assert all(kept[name] == value for name, value in form.first.items() if name not in ("secrets", "credentials"))


def test_a_hotel_that_was_read_is_put_back_with_its_version_and_one_that_is_not_there_has_none(hub: Hub) -> None:
    path = "/v1/properties/innsbruck"
    assert written(hub, FORMS[4], HOTEL, 1).json_body["detail"].endswith("version 0 is kept now.")
    first = written(hub, FORMS[4], HOTEL, 0).json_body
    assert first["version"] == 1
    assert hub.put(path, {**first, "name": "New"})["version"] == 2
    assert hub.put(path, {**first, "name": "Newer"})["version"] == 3
    assert [each["version"] for each in hub.get("/v1/properties")["items"] if each["id"] == "innsbruck"] == [3]
    assert hub.status("DELETE", path) == 204
    assert written(hub, FORMS[4], HOTEL, 0).json_body["version"] == 1


@pytest.mark.parametrize(
    ("more", "version"),
    [
        ({}, 1), ({"secrets": []}, 1), ({"credentials": {}}, 1), ({"secrets": ["another-sesame-of-forty-thieves"]}, 2),
        ({"credentials": {"access_token": "other", "client_token": "very-secret"}}, 2), ({"channels": {"B": "ota"}}, 2),
    ],
)  # fmt: skip
def test_the_same_secrets_and_tokens_again_are_no_change_and_others_are(
    hub: Hub, more: dict[str, Any], version: int
) -> None:
    """Sealed anew they would look like others."""
    hub.put("/v1/connections/mews", MEWS)
    row = tables.rows()[keys.connection(ConnectionId("mews"))]
    again = hub.call("PUT", "/v1/connections/mews", {**MEWS, **more}, If_Match="1")
    assert again.json_body["version"] == version
    assert (tables.rows()[keys.connection(ConnectionId("mews"))] == row) == (version == 1)


def test_making_and_ending_a_secret_makes_no_form_of_a_connection_older(hub: Hub) -> None:
    path = "/v1/connections/pms"
    hub.put(path, CONNECTION)
    made = hub.call("POST", f"{path}/secrets").json_body
    assert hub.get(path)["version"] == 1
    assert hub.status("DELETE", f"{path}/secrets/{made['id']}") == 204
    assert (
        hub.call("PUT", path, {"vendor": "canonical", "channels": {"B": "ota"}}, If_Match="1").json_body["version"] == 2
    )
    assert hub.get(path)["secrets"] == 1


@pytest.mark.parametrize("seen", ["", "*", "three", '"3', "-1", "1.0", "9" * 30])
def test_what_is_no_version_is_refused(hub: Hub, seen: str) -> None:
    refused = hub.call("PUT", "/v1/segments/s", SEGMENT, If_Match=seen)
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "If-Match")
    assert hub.status("GET", "/v1/segments/s") == 404


def test_a_version_of_what_is_not_there_is_an_older_one(hub: Hub) -> None:
    refused = hub.call("PUT", "/v1/segments/s", SEGMENT, If_Match="3")
    assert (refused.status_code, refused.json_body["detail"]) == (
        409,
        "You saw version 3 of this segment; version 0 is kept now.",
    )
    assert hub.call("PUT", "/v1/segments/s", SEGMENT, If_Match="0").status_code == 200


def test_a_launch_makes_no_form_of_a_campaign_older(hub: Hub) -> None:
    FakeSes().install()
    hub.put("/v1/settings", {"group": {"postal_address": "Ring 1", "sender": "Hotels <a@hotel.example>"}})
    hub.put("/v1/segments/s", SEGMENT)
    hub.put("/v1/templates/t", TEMPLATE)
    made = hub.call("POST", "/v1/campaigns", {"id": "c", "name": "C", "segment": "s", "template": "t"}).json_body
    assert made["version"] == 1
    hub.call("POST", "/v1/campaigns/c/launch")
    hub.call("POST", "/v1/campaigns/c/cancel")
    assert hub.get("/v1/campaigns/c")["version"] == 1


def test_who_saw_nothing_is_never_refused() -> None:
    refuse_stale("this segment", Hand(), Changed(7))
    with pytest.raises(Stale) as refused:
        refuse_stale("this segment", Hand(seen=6), Changed(7))
    assert refused.value.kept == Changed(7)
