"""Two people at one form: who saw an older version is told of it, and overwrites nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, table
from chalicelib.aws.keys import Key
from chalicelib.canonical.definitions import Changed, Hand, Stale, refuse_stale
from tests import tables
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_access import PROGRAM, SEGMENT, TEMPLATE
from tests.mail_fakes import FakeSes


@dataclass(frozen=True)
class Form:
    """What two people write, each their own; `row` is where it is kept, `method` how it is written."""

    path: str
    first: dict[str, Any]
    second: dict[str, Any]
    row: Key
    method: str = "PUT"


FORMS = [
    Form("/v1/segments/s", SEGMENT, {**SEGMENT, "name": "Others"}, Key(keys.SEGMENTS, "s")),
    Form("/v1/templates/t", TEMPLATE, {**TEMPLATE, "name": "Others"}, Key(keys.TEMPLATES, "t")),
    Form("/v1/programs/club", PROGRAM, {**PROGRAM, "name": "Others"}, Key(keys.PROGRAMS, "club")),
    Form("/v1/settings", {"cap_mails": 2}, {"cap_mails": 4}, keys.DEPLOYMENT),
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
    written(hub, found, found.first)
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
    refused = written(hub, form, {**form.first, "name": "Third"} if "name" in form.first else {"cap_mails": 9}, seen)
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
