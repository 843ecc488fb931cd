"""What somebody who comes to work should know: in three reads, and no more than they may see."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import instant
from chalicelib.connections import store
from chalicelib.connections.health import Outcome, Told
from chalicelib.dead_letters import actions as dead_letters
from tests.builders import DAY_ONE, PORTO, VIENNA
from tests.crashes import watching
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_connections import OWN
from tests.mail_fakes import FakeSes

SEGMENT = {"name": "Regulars", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}}
TEMPLATE = {"name": "Hello", "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello"}
PROGRAM = {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"}


def connect(hub: Hub, name: str, hotel: str, *outcomes: Outcome, hours: int = 0) -> None:
    """A connection whose newest notice came so many hours after the first of January."""
    hub.put(f"/v1/connections/{name}", {**OWN, "properties": {"h": hotel}})
    told = [Told(instant(DAY_ONE + timedelta(hours=hours)), each) for each in outcomes]
    if told:
        store.add_to_health(ConnectionId(name), told, DAY_ONE)


def letter(connection: str | None, number: int = 0, queue: str = "inbox") -> None:
    body = {"request": f"q-{connection}-{number}", "connection": connection}
    dead_letters.set_aside(queue, Message(f"m-{connection}-{number}", body), reason="gone", archived=True)


def today(hub: Hub, key: str = "admin") -> Any:
    return hub.get("/v1/today", key=key)


@pytest.fixture
def busy(hub: Hub) -> Hub:
    """Four days after a notice of each: Vienna fell silent, Porto fails, a third is well, of a fourth nothing came."""
    connect(hub, "pms-vienna", VIENNA.id, Outcome.STORED)
    connect(hub, "pms-porto", PORTO.id, *[Outcome.SET_ASIDE] * 3, hours=95)
    connect(hub, "spa", VIENNA.id, Outcome.STORED, hours=95)
    connect(hub, "new", VIENNA.id)
    letter("pms-vienna")
    letter("pms-porto", queue="fetch")
    letter(None, queue="loyalty")
    return hub


FOUR_DAYS = DAY_ONE + timedelta(days=4)


@time_machine.travel(FOUR_DAYS, tick=False)
def test_connections_that_fell_silent_or_fail_are_told_and_no_others(busy: Hub) -> None:
    told = {each["id"]: each["state"] for each in today(busy)["connections"]}
    assert told == {"pms-vienna": "silent", "pms-porto": "failing"}


@time_machine.travel(FOUR_DAYS, tick=False)
def test_dead_letters_are_told_by_queue(busy: Hub) -> None:
    assert today(busy)["dead_letters"] == {
        "count": 3, "more": False, "by_queue": {"fetch": 1, "inbox": 1, "loyalty": 1},
    }  # fmt: skip


def test_a_hundred_dead_letters_are_counted_and_that_there_are_more(hub: Hub) -> None:
    for number in range(101):
        letter("pms-vienna", number)
    assert today(hub)["dead_letters"] == {"count": 100, "more": True, "by_queue": {"inbox": 100}}


def test_runs_and_jobs_that_have_work_left_are_told_with_what_they_are_about(hub: Hub) -> None:
    FakeSes().install()
    for name, body in {"segments/regulars": SEGMENT, "templates/hello": TEMPLATE, "programs/club": PROGRAM}.items():
        hub.put(f"/v1/{name}", body)
    made = {"name": "Spring", "segment": "regulars", "template": "hello"}
    campaign = hub.call("POST", "/v1/campaigns", made).json_body["id"]
    run = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body["run"]
    (job,) = hub.get("/v1/jobs")["items"]
    told = today(hub)
    assert told["runs"] == [{"id": run["id"], "campaign_id": campaign, "at": run["at"]}]
    assert told["jobs"] == [{"id": job["id"], "kind": job["kind"], "subject": "club", "at": job["at"]}]
    assert hub.call("POST", f"/v1/campaigns/{campaign}/cancel").status_code == 200


@time_machine.travel(FOUR_DAYS, tick=False)
def test_all_of_it_takes_three_reads(busy: Hub) -> None:
    today(busy)
    with watching() as calls:
        today(busy)
    assert calls.made == ["GetItem", "Query", "Query", "Query"]  # the first is the key that signs in


@time_machine.travel(FOUR_DAYS, tick=False)
def test_a_key_of_one_hotel_is_told_of_its_own_connections_and_letters_alone(busy: Hub) -> None:
    letter(f"api-{PORTO.id}")
    told = today(busy, "admin@porto")
    assert [each["id"] for each in told["connections"]] == ["pms-porto"]
    assert told["dead_letters"] == {"count": 2, "more": False, "by_queue": {"fetch": 1, "inbox": 1}}
    assert (told["runs"], told["jobs"]) == (None, None)


@time_machine.travel(FOUR_DAYS, tick=False)
def test_letters_of_a_connection_that_once_had_another_hotel_are_not_those_of_the_hotel_that_has_it_now(
    busy: Hub,
) -> None:
    busy.put("/v1/connections/pms-vienna", {**OWN, "properties": {"v": VIENNA.id, "p": PORTO.id}})
    busy.put("/v1/connections/pms-vienna", {**OWN, "properties": {"p": PORTO.id}})
    told = today(busy, "admin@porto")
    assert {each["id"] for each in told["connections"]} == {"pms-porto", "pms-vienna"}
    assert told["dead_letters"]["count"] == 1


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("admin", {"connections", "runs", "jobs", "dead_letters"}),
        ("marketer", {"runs", "jobs"}),
        ("analyst", {"runs", "jobs"}),
        ("front_desk", {"jobs"}),
        ("integration", {"jobs"}),
        ("front_desk@vienna", set()),
    ],
)
def test_each_role_is_told_what_it_may_see(busy: Hub, role: str, told: set[str]) -> None:
    assert {name for name, part in today(busy, role).items() if part is not None} == told
