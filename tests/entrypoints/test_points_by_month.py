"""Points by month of departure: counted as a job from what stays were given, whatever was taken back since."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from chalicelib.aws.meter import meter
from chalicelib.canonical.ids import ConnectionId, JobId, ProgramId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.entrypoints import schedules
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part
from chalicelib.loyalty import points, programs
from chalicelib.loyalty.points import COUNTING, MONTHS, months_before
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS
from tests.builders import DAY_ONE, EUR_PROGRAM, PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.fakes import received

CLUB = ProgramId("club")
AT = "/v1/programs/club/points"


@pytest.fixture(autouse=True)
def june() -> Any:
    with time_machine.travel("2026-06-15T12:00:00Z", tick=False):
        yield


@pytest.fixture
def stayed(hub: Hub, ingest: Ingest) -> Callable[..., None]:
    """A guest's stay that ends on a day, with its points."""
    programs.keep(EUR_PROGRAM.model_copy(update={"auto_enrol": True}), DAY_ONE.date())

    def told(source_id: str, departure: str, revenue: int, minute: int = 0, **more: Any) -> None:
        person = guest(source_id, email=f"{source_id}@mail.example")
        end = date.fromisoformat(departure)
        stay = {"arrival": end.replace(day=end.day - 1).isoformat(), "departure": departure, "status": "checked_out"}
        told = {**stay, "room_revenue_minor": revenue * 100, "changed_at": at(minute), **more}
        ingest(reservation(f"r-{source_id}", person, **told))
        leaf = leaf_of_profile(ConnectionId("api"), source_id)
        settle([leaf], PROGRAMS.required(CLUB), instant(DAY_ONE))

    return told


def counted(hub: Hub) -> dict[str, int]:
    return dict(worked_off(hub, hub.call("POST", AT).json_body["id"])["result"])


def worked_off(hub: Hub, job: str) -> Any:
    while records := received("jobs")["Records"]:
        for each in records:
            schedules.run(json.loads(each["body"]))
    return hub.get(f"/v1/jobs/{job}")


def test_what_stays_were_given_is_counted_by_the_month_of_their_departure_at_all_hotels(
    hub: Hub, stayed: Callable[..., None]
) -> None:
    stayed("anna", "2026-06-03", 100)
    stayed("berta", "2026-06-30", 20, property_id=PORTO.id)
    stayed("carl", "2026-02-02", 7)
    stayed("dora", "2025-07-31", 3)
    stayed("eve", "2025-06-30", 5)
    assert counted(hub) == {"2026-06": 1200, "2026-02": 70, "2025-07": 30}


def test_what_was_taken_back_is_not_in_it(hub: Hub, stayed: Callable[..., None]) -> None:
    stayed("anna", "2026-05-03", 100)
    stayed("berta", "2026-05-04", 10)
    stayed("anna", "2026-05-03", 60, minute=1)
    stayed("berta", "2026-05-04", 10, minute=1, status="cancelled")
    assert counted(hub) == {"2026-05": 600}


def test_another_programme_is_counted_by_itself(hub: Hub, stayed: Callable[..., None]) -> None:
    stayed("anna", "2026-05-03", 100)
    hub.put("/v1/programs/other", {"name": "Other", "starts_on": "2020-01-01"})
    worked_off(hub, hub.get("/v1/jobs")["items"][0]["id"])
    job = hub.call("POST", "/v1/programs/other/points").json_body["id"]
    assert worked_off(hub, job)["result"] == {}


def test_while_a_count_is_under_way_it_is_that_one_and_afterwards_another(
    hub: Hub, stayed: Callable[..., None]
) -> None:
    stayed("anna", "2026-05-03", 100)
    first, second = (hub.call("POST", AT).json_body["id"] for _ in range(2))
    assert first == second
    assert worked_off(hub, first)["state"] == "done"
    third = hub.call("POST", AT).json_body
    assert (third["id"] != first, third["kind"], third["subject"]) == (True, COUNTING, "club")


def test_a_part_that_is_put_down_goes_on_and_counts_each_day_once(hub: Hub, stayed: Callable[..., None]) -> None:
    """Law 4: wherever a worker ends, what was counted stands with how far it came."""
    for number, day in enumerate(("2026-05-03", "2026-05-03", "2026-05-20", "2026-05-31")):
        stayed(f"p{number}", day, 10 * (number + 1), property_id=(VIENNA, PORTO)[number % 2].id)
    job = Job(id=JobId("j"), kind=COUNTING, subject="club", at=instant(DAY_ONE.replace(month=6)), parts=MONTHS)
    whole = Part(number=1)
    steps = list(points.count(job, whole))
    assert len(steps) == 31 * 2
    for ends in range(0, len(steps), 5):
        part = whole
        for each in steps[:ends]:
            part = part.past(each)
        for each in points.count(job, part):
            part = part.past(each)
        assert (part.counted, part.units) == ({"2026-05": 1000}, 4)


def test_a_month_of_a_hotel_costs_a_query_a_day_and_a_batch_where_anybody_left(
    hub: Hub, stayed: Callable[..., None]
) -> None:
    for number in range(3):
        stayed(f"p{number}", "2026-05-03", 10)
    job = Job(id=JobId("j"), kind=COUNTING, subject="club", at=instant(DAY_ONE.replace(month=6)), parts=MONTHS)
    meter().take()
    list(points.count(job, Part(number=1)))
    calls, written = meter().take()
    assert (calls, written) == ({"Query": 31 * 2 + 1, "BatchGetItem": 1}, 0)


def test_months_are_counted_back_over_the_year() -> None:
    day = date(2026, 1, 31)
    assert [months_before(day, each) for each in (0, 1, 12, -1)] == [
        date(2026, 1, 1), date(2025, 12, 1), date(2025, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip


def test_it_is_for_who_sees_all_hotels(hub: Hub, stayed: Callable[..., None]) -> None:
    assert hub.status("POST", AT, key="analyst") == 202
    assert hub.status("POST", AT, key="analyst@vienna") == 403
    assert hub.status("POST", AT, key="front_desk") == 403
    assert hub.status("POST", "/v1/programs/none/points") == 404
    assert work.under_way()
