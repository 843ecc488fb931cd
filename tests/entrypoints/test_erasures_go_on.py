"""An erasure that was cut short goes on by itself: the tick wakes it, wherever it broke off."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import queues
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.entrypoints import schedules
from chalicelib.jobs import store as jobs
from tests import tables
from tests.builders import VIENNA, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import PROGRAM
from tests.entrypoints.test_schedules import tick
from tests.exhaustive import some_of
from tests.fakes import received

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
PROFILE = guest("g1", email="anna@mail.example", phone="+43 1 58800 0", marketing_email=True)
STAYED = reservation("r1", PROFILE, status="checked_out")
REASON = "Anna showed her passport"
LONGER_THAN_A_LEASE = timedelta(minutes=16)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def begin(hub: Hub, ingest: Ingest) -> None:
    tables.empty()
    hub.kept.clear()
    hub.put(f"/v1/properties/{VIENNA.id}", {**VIENNA.model_dump(mode="json"), "id": VIENNA.id})
    hub.put("/v1/programs/club", PROGRAM)
    ingest(STAYED, guest("g3", email="anna@mail.example"))
    hub.put(f"/v1/guests/{ANNA}/membership/club", {"number": "M-7"})
    decision = {"records": [ANNA, leaf_of_profile(ConnectionId("api"), "g3")], "verdict": "join", "reason": REASON}
    assert hub.status("POST", "/v1/merge-decisions", decision) == 200
    for body in asked_for():
        schedules.run(body)


def erase(hub: Hub) -> Any:
    return hub.call("DELETE", f"/v1/guests/{ANNA}")


def asked_for() -> list[dict[str, Any]]:
    """What the tick queued, taken from the queue."""
    found = []
    while records := received("jobs")["Records"]:
        for each in records:
            found.append(json.loads(each["body"]))
            queues.delete("jobs", each["receiptHandle"])
    return found


def work() -> None:
    """A minute: the tick, and a worker for whatever it woke."""
    tick()
    for body in asked_for():
        schedules.run(body)


def is_gone() -> bool:
    told = (str(row) for key, row in tables.state().items() if not str(key).startswith("IDEMPOTENCY"))
    return not any(word in each for each in told for word in ("Anna", "anna@", "58800", "M-7", REASON))


def test_an_erasure_that_ends_in_its_call_leaves_nothing_to_wake(hub: Hub, ingest: Ingest) -> None:
    begin(hub, ingest)
    assert erase(hub).json_body["state"] == "done"
    assert jobs.waiting() == []
    before = tables.state()
    assert erase(hub).json_body["state"] == "done"
    assert tables.state() == before


@pytest.mark.exhaustive(inside=True)
def test_whose_call_died_anywhere_is_erased_within_a_minute_or_was_not_begun(hub: Hub, ingest: Ingest) -> None:
    begin(hub, ingest)
    for point in some_of(points_of(lambda: erase(hub))):
        begin(hub, ingest)
        assert crash_at(point, lambda: erase(hub)), str(point)
        erasures = hub.get("/v1/erasures")["items"]
        work()
        after = hub.get("/v1/erasures")["items"]
        assert [each["id"] for each in after] == [each["id"] for each in erasures], str(point)
        assert [each["state"] for each in after] == ["done"] * len(erasures), str(point)
        assert is_gone() == bool(erasures), str(point)
        assert jobs.waiting() == [], str(point)


@pytest.mark.exhaustive(inside=True)
def test_whose_worker_dies_too_is_erased_by_the_next(hub: Hub, ingest: Ingest, clock: time_machine.Traveller) -> None:
    def half_erased() -> None:
        begin(hub, ingest)
        crash_at(first, lambda: erase(hub))

    begin(hub, ingest)
    first = next(each for each in points_of(lambda: erase(hub)) if str(each).startswith("after"))
    half_erased()
    for point in some_of(points_of(work)):
        clock.move_to(NOW)
        half_erased()
        crash_at(point, work)  # the first tick of a process has more to ask: a later one may end before the last point
        clock.shift(LONGER_THAN_A_LEASE)
        work()
        assert [each["state"] for each in hub.get("/v1/erasures")["items"]] == ["done"], str(point)
        assert is_gone(), str(point)
        clock.shift(timedelta(minutes=1))
        work()
        assert jobs.waiting() == [], str(point)


def test_a_message_of_a_job_that_comes_again_after_days_changes_nothing(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    begin(hub, ingest)
    (writing,) = [each for each in points_of(lambda: erase(hub)) if str(each).startswith("after")][:1]
    begin(hub, ingest)
    crash_at(writing, lambda: erase(hub))
    tick()
    (body,) = [each for each in asked_for() if "work" in each]
    schedules.run(body)
    clock.shift(timedelta(days=3))
    before = tables.state()
    schedules.run(body)
    assert tables.state() == before
