"""The tick: what it queues, and what a crash in the middle of it costs."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import ConnectionId, RunId
from chalicelib.canonical.time import instant
from chalicelib.connections import actions as connections
from chalicelib.connections import store
from chalicelib.connections.asked import Connection
from chalicelib.connections.health import Outcome, Told
from chalicelib.entrypoints import schedules
from chalicelib.entrypoints.runtime import ScheduleFailed
from chalicelib.properties import store as properties
from tests.builders import PORTO, VIENNA
from tests.crashes import READS, watching
from tests.fakes import Context, received, waiting
from tests.ids import run_id


@pytest.fixture
def hotels(aws: Settings) -> None:
    properties.put(VIENNA)
    properties.put(PORTO)


def tick() -> None:
    names = ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
    event: Any = dict.fromkeys(names, "")
    schedules.tick(event, Context())


def jobs() -> list[dict[str, Any]]:
    return [json.loads(record["body"]) for record in received("jobs")["Records"]]


def at(text: str) -> Any:
    return time_machine.travel(datetime.fromisoformat(f"2026-06-{text}:00+00:00"), tick=False)


def test_a_tick_queues_each_hotels_morning_once(hotels: None) -> None:
    with at("10T04:30"):
        tick()
        tick()
        assert [(job["property"], job["local_date"]) for job in jobs()] == [
            ("porto", "2026-06-09"),
            ("vienna", "2026-06-10"),
        ]
    with at("10T05:15"):
        tick()
        # The two of before come again, as nobody deleted them.
        assert {"job": "reconcile", "property": "porto", "local_date": "2026-06-10"} in jobs()
        assert waiting("jobs") == 3


def test_a_crash_between_queue_and_marker_loses_nothing(hotels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.aws import table

    def crash(_: Any) -> None:
        raise RuntimeError

    with at("10T04:30"):
        with monkeypatch.context() as broken:
            broken.setattr(table, "write", crash)
            with pytest.raises(ScheduleFailed):
                tick()
        assert waiting("jobs") == 2
        tick()
        assert waiting("jobs") == 4  # twice on the queue is harmless, not at all would be a lost night
        tick()
    assert waiting("jobs") == 4


def wait(run: RunId) -> None:
    """As a launch says that there is something to do."""
    from chalicelib.aws import keys, table

    table.write(table.Put(table.row(keys.waking("RUN", run), at="2026-06-10")))


def test_jobs_are_queued_even_when_runs_cannot_be_woken(hotels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.campaigns import tending

    wait(run_id("n1"))

    def broken(*_: Any) -> int:
        raise RuntimeError("anna.lee@example.com")

    monkeypatch.setattr(tending, "tend_all", broken)
    with at("10T04:30"), pytest.raises(ScheduleFailed, match="tick failed: RuntimeError"):
        tick()
    assert waiting("jobs") == 2


def test_an_active_run_is_woken_and_one_that_fails_costs_no_other_its_turn(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.campaigns import store
    from chalicelib.campaigns.model import Run

    broken = run_id("n0")
    for each in (broken, run_id("n1")):
        wait(each)

    def kept(asked: RunId) -> Run:
        if asked == broken:
            raise RuntimeError
        told = {"id": asked, "campaign": "c", "at": "2026-06-10T00:00:00Z", "segment_version": 1}
        return Run.model_validate({**told, "template_version": 1})

    monkeypatch.setattr(store, "run", kept)
    with pytest.raises(ScheduleFailed):
        tick()
    assert waiting("plan") == 16
    assert {"v": 1, "run": "n1", "part": 3} in [
        json.loads(record["body"]) for _ in range(2) for record in received("plan")["Records"]
    ]


@pytest.mark.parametrize("hotels", [0, 2, 120])
def test_a_tick_that_finds_nothing_to_do_makes_at_most_three_reads(aws: Settings, hotels: int) -> None:
    for number in range(hotels):
        properties.put(VIENNA.model_copy(update={"id": f"h{number}"}))
    with at("10T04:30"):
        tick()
    with at("10T04:31"), watching() as calls:
        tick()
    assert not [each for each in calls.made if not each.startswith(READS)]
    assert len(calls.made) <= 3


def heard(connection: str, at: datetime) -> None:
    """One push each hour of three days, the last of them then."""
    told = [Told(instant(at - timedelta(hours=hour)), Outcome.STORED) for hour in range(72)]
    connections.put(Connection(id=ConnectionId(connection), vendor="canonical", secrets=("whsec_" + "A" * 32,)))
    store.add_to_health(ConnectionId(connection), told, at)


def line(told: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told.readouterr().out.strip().splitlines()[-1])
    return found


def test_each_hour_a_tick_counts_the_connections_that_are_silent_and_its_line_tells(
    hotels: None, capsys: pytest.CaptureFixture[str]
) -> None:
    night = datetime(2026, 6, 10, tzinfo=UTC)
    heard("loud", night)
    heard("shy", night)
    connections.put(Connection(id=ConnectionId("new"), vendor="canonical", secrets=("whsec_" + "B" * 32,)))
    found = []
    for hour in (1, 3, 4):
        heard("loud", night + timedelta(hours=hour))
        with at(f"10T0{hour}:00"):
            tick()
        found.append(line(capsys)["silent_connections"])
    assert found == [0, 0, 1]
    connections.delete(ConnectionId("shy"))
    with at("10T05:00"):
        tick()
    assert line(capsys)["silent_connections"] == 0


def test_in_no_other_minute_it_looks_or_tells(hotels: None, capsys: pytest.CaptureFixture[str]) -> None:
    heard("shy", datetime(2026, 6, 1, tzinfo=UTC))
    reads = []
    for minute in ("00", "01", "30", "59"):
        with at(f"10T01:{minute}"), watching() as calls:
            tick()
        reads.append(calls.made.count("Query"))
        assert ("silent_connections" in line(capsys)) == (minute == "00")
    assert reads[0] == reads[1] + 1 == reads[2] + 1 == reads[3] + 1


def test_what_cannot_be_counted_costs_no_job_its_turn(hotels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(store, "listed_with_health", broken)
    with at("10T05:00"):
        with pytest.raises(ScheduleFailed):
            tick()
        assert len(jobs()) == 2


def test_long_work_is_woken_and_one_job_that_fails_costs_no_other_its_turn(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.jobs import work

    started = [work.start(work.job_of("count", name, datetime(2026, 6, 10, tzinfo=UTC), 1)) for name in "ab"]
    assert len(jobs()) == 2
    wake = work.wake

    def broken(job: Any, now: datetime) -> int:
        if job == started[0]:
            raise RuntimeError
        return wake(job, now)

    monkeypatch.setattr(work, "wake", broken)
    with pytest.raises(ScheduleFailed):
        tick()
    assert waiting("jobs") == 3
    monkeypatch.undo()


def test_an_unknown_job_is_rejected(aws: Settings) -> None:
    from chalicelib.jobs import work

    with pytest.raises(Rejected, match="unknown_job"):
        schedules.run({"job": "polish_the_silver"})
    job = work.start(work.job_of("polish", "silver", datetime(2026, 6, 10, tzinfo=UTC), 1))
    with pytest.raises(Rejected, match="unknown_job"):
        schedules.run({"work": job.id, "part": 0})


def test_reconciling_a_hotel_without_connections_asks_nobody(hotels: None) -> None:
    schedules.run({"job": "reconcile", "property": VIENNA.id, "local_date": "2026-06-10"})
    assert waiting("fetch") == 0
