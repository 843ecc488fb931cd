"""/v1/retention, and Mondays: who is due is counted, and erased where the settings say so, whatever dies on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, queues
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ConnectionId, Leaf, leaf_of_profile
from chalicelib.entrypoints import schedules
from chalicelib.guests import store as guests
from chalicelib.jobs import store as jobs
from chalicelib.privacy import forgetting
from tests import tables
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_erasures_go_on import asked_for, work
from tests.entrypoints.test_schedules import tick
from tests.exhaustive import some_of

MONDAY = datetime(2029, 3, 5, 3, tzinfo=UTC)
OLD, YOUNG, AHEAD, ASKING = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2", "g3", "g4"))
LEFT_LATELY = {"arrival": "2028-02-01", "departure": "2028-02-03"}
SOON = {"arrival": "2029-03-08", "departure": "2029-03-10", "status": "confirmed"}
ERASES = {"retention_months": 36, "retention_erases": True}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """All guests lie in four partitions: walking 256 takes a test's time."""
    monkeypatch.setattr(keys, "SHARDS", 4)
    monkeypatch.setattr(keys, "head", lambda leaf: Key(keys.shard(ord(leaf[-1]) % 4), leaf))
    monkeypatch.setattr(forgetting, "PARTS", 2)
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def four(hub: Hub, ingest: Ingest) -> None:
    begin(hub, ingest)


def begin(hub: Hub, ingest: Ingest, **settings: Any) -> None:
    tables.empty()
    hub.kept.clear()
    for each in (VIENNA, PORTO):
        hub.put(f"/v1/properties/{each.id}", each.model_dump(mode="json"))
    ingest(
        reservation("r1", guest("g1", email="anna@mail.example"), status="checked_out"),
        reservation("r2", guest("g2", "Ben"), status="checked_out", **LEFT_LATELY),
        reservation("r3", guest("g3", "Cy"), status="checked_out"),
        reservation("r4", guest("g3", "Cy"), **SOON),
        reservation("r5", guest("g4", "Di"), status="checked_out"),
    )
    request = {"guest": ASKING, "kind": "access", "received_on": "2029-03-01"}
    assert hub.status("POST", "/v1/privacy-requests", request) == 201
    hub.put("/v1/settings", settings)
    for body in asked_for():
        schedules.run(body)


def left() -> set[Leaf]:
    return {leaf for leaf in (OLD, YOUNG, AHEAD, ASKING) if guests.guest(leaf)}


def test_a_preview_counts_why_and_erases_nobody(hub: Hub, four: None) -> None:
    before = left()
    found = hub.call("POST", "/v1/retention/preview", {"months": 36})
    assert found.status_code == 202
    for body in asked_for():
        schedules.run(body)
    job = hub.get(f"/v1/jobs/{found.json_body['id']}")
    assert job["state"] == "done"
    assert job["result"] == {"due": 1, "recent": 1, "ahead": 1, "request": 1}
    assert [each["id"] for each in job["sample"]] == [OLD]
    assert left() == before
    assert hub.call("POST", "/v1/retention/preview", {}).status_code == 400
    assert hub.call("POST", "/v1/retention/preview", {"months": 6}).status_code == 400


def test_on_a_monday_who_is_due_is_erased_with_the_reason_and_nobody_else(hub: Hub, ingest: Ingest) -> None:
    begin(hub, ingest, **ERASES)
    work()
    assert left() == {YOUNG, AHEAD, ASKING}
    (erasure,) = hub.get("/v1/erasures")["items"]
    assert (erasure["guest"], erasure["reason"], erasure["actor"], erasure["state"]) == (
        OLD, "retention", "retention", "done",
    )  # fmt: skip
    assert jobs.waiting() == []
    before = tables.state()
    tick()
    assert [each for each in asked_for() if "work" in each] == []
    assert tables.state() == before


@pytest.mark.parametrize("settings", [{}, {"retention_months": 36}])
def test_nobody_is_erased_where_the_settings_do_not_say_so(hub: Hub, ingest: Ingest, settings: dict[str, Any]) -> None:
    begin(hub, ingest, **settings)
    work()
    assert len(left()) == 4


def test_on_other_days_nothing_is_begun(hub: Hub, ingest: Ingest, clock: time_machine.Traveller) -> None:
    begin(hub, ingest, **ERASES)
    clock.shift(timedelta(days=1))
    work()
    assert len(left()) == 4


def test_of_many_a_part_erases_so_many_a_week(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "PARTS", 1)
    monkeypatch.setattr(forgetting, "MOST", 1)
    begin(hub, ingest, **ERASES)
    ingest(reservation("r6", guest("g6", "Eve"), status="checked_out"))
    work()
    assert len(hub.get("/v1/erasures")["items"]) == 1
    clock.shift(timedelta(days=7))
    work()
    assert {each["guest"] for each in hub.get("/v1/erasures")["items"]} >= {OLD}
    assert len(hub.get("/v1/erasures")["items"]) == 2


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_is_made_good_by_later_minutes(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    begin(hub, ingest, **ERASES)
    for point in some_of(points_of(work)):
        clock.move_to(MONDAY)
        begin(hub, ingest, **ERASES)
        crash_at(point, work)
        clock.shift(timedelta(minutes=30))
        work()
        work()
        assert left() == {YOUNG, AHEAD, ASKING}, str(point)
        assert len(hub.get("/v1/erasures")["items"]) == 1, str(point)


def test_the_rule_asks_for_a_year_at_least_and_is_shown_with_what_goes_by_itself(hub: Hub) -> None:
    for months in (None, 11):
        refused = hub.call("PUT", "/v1/settings", {"retention_erases": True, "retention_months": months})
        assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "retention_months")
    hub.put("/v1/settings", ERASES)
    shown = hub.get("/v1/retention")
    assert (shown["months"], shown["erases"]) == (36, True)
    assert {"what": "raw_notices", "days": 30, "why": None} in shown["kinds"]
    assert all(each["days"] or each["why"] for each in shown["kinds"])


def test_a_message_of_the_week_that_comes_again_after_days_changes_nothing(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    begin(hub, ingest, **ERASES)
    tick()
    bodies = asked_for()
    for body in bodies:
        schedules.run(body)
    clock.shift(timedelta(days=3))
    before = tables.state()
    for body in bodies:
        if "work" in body:
            schedules.run(body)
    assert tables.state() == before
    assert queues.url_of("jobs")
