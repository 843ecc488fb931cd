"""A vendor that can be asked tells its history: once, whatever dies on the way, and as history."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from typer.testing import CliRunner

from chalicelib.aws import http, queues
from chalicelib.canonical.batch import Message
from chalicelib.canonical.errors import AskLess
from chalicelib.canonical.facts import Fact
from chalicelib.entrypoints.long_work import steps_of
from chalicelib.ingest import actions
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.jobs.queued import read_work_part
from infra import history_commands
from infra.cli import hub as command
from tests.console.conftest import SignIn, nobody, sign_in
from tests.entrypoints.conftest import Hub, hub
from tests.fake_mews import FakeMews, connect, customer, item, reservation, reservations_changed
from tests.fakes import received
from tests.found import guests_with
from tests.tables import state

__all__ = ["hub", "nobody", "sign_in"]
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
AT = "/v1/connections/mews-vienna/backfill"
SINCE = {"since": "2025-12-01T00:00:00Z"}
DAYS = 63
"""From then on, the day that has begun included."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def asked_for(seconds: float = 600.0) -> None:
    """The parts of long work that are queued."""
    while records := received("jobs")["Records"]:
        for record in records:
            queues.delete("jobs", record["receiptHandle"])
            work.work_part(read_work_part(json.loads(record["body"])), steps_of, lambda: seconds)


def fetched() -> list[dict[str, Any]]:
    """What is queued to be fetched, and its messages."""
    found = []
    while records := received("fetch")["Records"]:
        for record in records:
            queues.delete("fetch", record["receiptHandle"])
            found.append(json.loads(record["body"]))
            assert actions.fetch_notices([Message(record["messageId"], found[-1])]) == {}
    return found


def told(mews: FakeMews) -> None:
    """A stay of December, and one of January."""
    mews.keep(
        reservation(State="Processed", UpdatedUtc="2025-12-05T12:00:00Z"), customer(UpdatedUtc="2025-12-05T12:00:00Z")
    )
    later = "2026-01-20T12:00:00Z"
    mews.keep(
        reservation("r2", "c2", UpdatedUtc=later),
        customer("c2", "Ben", UpdatedUtc=later),
        item("i2", "r2", UpdatedUtc=later),
    )


def job(hub: Hub) -> Any:
    (under_way,) = hub.get("/v1/jobs")["items"]
    return hub.get(f"/v1/jobs/{under_way['id']}")


def test_what_changed_since_a_day_comes_in_as_history(hub: Hub, mews: FakeMews, facts: list[Fact]) -> None:
    told(mews)
    started = hub.call("POST", AT, SINCE)
    assert (started.status_code, started.json_body["kind"], started.json_body["subject"]) == (
        202, "backfill", "mews-vienna",
    )  # fmt: skip
    asked_for()
    found = hub.get(f"/v1/jobs/{started.json_body['id']}")
    assert (found["state"], found["progress"]["units_done"], found["result"]) == ("done", DAYS, {"notices": 2})
    assert [each["backfill"] for each in fetched()] == [True, True]
    assert [len(guests_with("email", f"{each}@mail.example")) for each in ("c1", "c2")] == [1, 1]
    assert facts
    assert all(each.backfill for each in facts)


def test_what_is_pushed_is_no_history(mews: FakeMews, facts: list[Fact]) -> None:
    told(mews)
    body = {
        "v": 1,
        "connection": "mews-vienna",
        "vendor": "mews",
        "request": "q",
        "received_at": "2026-02-01T00:00:00Z",
    }
    pushed = Message("m1", {**body, "body": reservations_changed("r1")})
    history = Message("m2", {**body, "request": "h", "backfill": True, "body": reservations_changed("r1", "r2")})
    assert actions.fetch_notices([pushed, history]) == {}
    assert {each.backfill for each in facts} == {True, False}, "of what both name, the push is news"


def test_asked_again_nothing_changes(hub: Hub, mews: FakeMews, facts: list[Fact]) -> None:
    told(mews)
    hub.call("POST", AT, SINCE)
    asked_for()
    fetched()
    kept = {key: row for key, row in state().items() if key.pk.startswith(("GUESTS", "LEAF", "RESERVATION"))}
    hub.call("POST", AT, SINCE)
    asked_for()
    assert len(fetched()) == 2
    assert {key: row for key, row in state().items() if key in kept} == kept


def test_a_worker_without_time_puts_it_down_and_the_next_goes_on(hub: Hub, mews: FakeMews) -> None:
    hub.call("POST", AT, SINCE)
    asked_for(seconds=1.0)
    assert job(hub)["progress"]["units_done"] == 2, "one window"
    (waiting,) = jobs.jobs(jobs.waking().jobs)
    work.wake(waiting, NOW)
    asked_for()
    assert work.progress(waiting.id).units_done == DAYS


def test_of_a_window_whose_answers_are_too_much_half_is_asked_for(
    hub: Hub, mews: FakeMews, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(mews)
    answer = http.call

    def sparing(method: str, url: str, body: Any, **more: Any) -> Any:
        period = body.get("UpdatedUtc")
        if period and datetime.fromisoformat(period["EndUtc"]) - datetime.fromisoformat(period["StartUtc"]) > timedelta(
            hours=13
        ):
            raise AskLess("too much")
        return answer(method, url, body, **more)

    monkeypatch.setattr(http, "call", sparing)
    hub.call("POST", AT, SINCE)
    asked_for()
    assert len(fetched()) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"), ({"since": "2030-01-01T00:00:00Z"}, "since"), ({"since": "2025-01-01"}, "since"),
        ({**SINCE, "until": "2025-11-01T00:00:00Z"}, "until"),
    ],
)  # fmt: skip
def test_a_refused_question_names_its_field(hub: Hub, mews: FakeMews, body: Any, field: str) -> None:
    response = hub.call("POST", AT, body)
    assert (response.status_code, [each["field"] for each in response.json_body["errors"]]) == (400, [field])
    assert hub.get("/v1/jobs")["items"] == []


def test_a_vendor_is_asked_once_at_a_time_and_only_one_that_can_be(hub: Hub, mews: FakeMews) -> None:
    assert hub.status("POST", AT, SINCE) == 202
    assert hub.status("POST", AT, SINCE) == 409
    hub.put("/v1/connections/pushes", {"vendor": "canonical"})
    assert hub.status("POST", "/v1/connections/pushes/backfill", SINCE) == 409
    assert hub.status("POST", "/v1/connections/none/backfill", SINCE) == 404


def test_a_connection_s_page_offers_it(sign_in: SignIn, mews: FakeMews) -> None:
    connect()
    admin = sign_in("admin")
    path = "/connections/mews-vienna"
    assert f"/console{path}/backfill" in admin.open(path).links
    assert f"/console{path}/backfill" not in sign_in("admin", "vienna").open(path).links
    assert admin.send(f"{path}/backfill", {"since": ""}).status_code == 400
    led = admin.send(f"{path}/backfill", {"since": "2025-12-01"})
    assert led.headers["Location"].startswith("/console/jobs/j")


def test_the_command_line_asks_and_tells_how_much_was_found(
    hub: Hub, mews: FakeMews, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(mews)
    monkeypatch.setattr(history_commands, "rest", asked_for)
    said = ["backfill", "--connection", "mews-vienna", "--from", "2025-12-01", "--stage", "test", "--json"]
    result = CliRunner().invoke(command, said)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["notices"] == 2
    assert CliRunner().invoke(command, [*said, "--connection", "none"]).exit_code == 1
