"""Whoever gets a stay, points, a request or a word between the look at them and their erasure is kept all the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import files
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.consent import objections
from chalicelib.consent.objections import GuestErasure
from chalicelib.entrypoints import schedules
from chalicelib.guests import store as guests
from chalicelib.jobs import store as jobs
from chalicelib.settings import installation
from tests.builders import guest, reservation
from tests.crashes import beside, crash_at, points_of, watching
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import PROGRAM
from tests.entrypoints.test_erasures_go_on import asked_for, work
from tests.entrypoints.test_retention_api import ERASES, MONDAY, OLD, SOON, begin, clock  # noqa: F401 (a fixture)
from tests.entrypoints.test_schedules import tick
from tests.exhaustive import some_of

COMPANION = leaf_of_profile(ConnectionId("api"), "g7")
DOE = guest("g7", "Doe", "Doe")
LONG_AGO = datetime(2026, 2, 2, tzinfo=UTC)
LAST_WEEK = {"arrival": "2029-02-24", "departure": "2029-02-27", "status": "checked_out"}


@pytest.mark.parametrize("shared", [SOON, LAST_WEEK], ids=["ahead", "last week"])
def test_who_shares_the_room_of_another_is_kept_for_that_stay(hub: Hub, ingest: Ingest, shared: dict[str, str]) -> None:
    begin(hub, ingest, **ERASES)
    ingest(reservation("r7", DOE, status="checked_out"))
    ingest(reservation("r8", guest("g2", "Ben"), companions=[DOE], **shared))
    work()
    assert guests.guest(COMPANION)


def test_what_the_desk_corrected_lately_is_a_sign_of_life(hub: Hub, ingest: Ingest) -> None:
    begin(hub, ingest, **ERASES)
    assert hub.status("PATCH", f"/v1/guests/{OLD}", {"phone": "+43 1 58800 1"}) == 200
    work()
    assert guests.guest(OLD)


def books(_: Hub, ingest: Ingest) -> None:
    ingest(reservation("r9", guest("g1", email="anna@mail.example"), **SOON))


def restricts(hub: Hub, _: Ingest) -> None:
    hub.call("PUT", f"/v1/guests/{OLD}/restriction", {"restricted": True})


def requests(hub: Hub, _: Ingest) -> None:
    hub.call("POST", "/v1/privacy-requests", {"guest": OLD, "kind": "access", "received_on": "2029-03-01"})


def agrees(hub: Hub, _: Ingest) -> None:
    answer = {"state": "explicit", "controller": "group", "basis": "staff"}
    hub.call("PUT", f"/v1/guests/{OLD}/consents/email/marketing", answer)


def earns(hub: Hub, _: Ingest) -> None:
    hub.call("POST", f"/v1/guests/{OLD}/membership/club/adjustments", {"points": 100, "reason": "sorry"})


def joins(hub: Hub, _: Ingest) -> None:
    records = [OLD, leaf_of_profile(ConnectionId("api"), "g2")]
    hub.call("POST", "/v1/merge-decisions", {"records": records, "verdict": "join", "reason": "the same"})


@pytest.mark.exhaustive(inside=True)
@pytest.mark.parametrize("other", [books, restricts, requests, agrees, earns, joins])
def test_whatever_comes_between_the_look_and_the_erasure_keeps_the_guest(
    hub: Hub,
    ingest: Ingest,
    other: Callable[[Hub, Ingest], None],
    clock: time_machine.Traveller,  # noqa: F811
) -> None:
    waiting = start(hub, ingest, clock)
    with watching() as calls:
        run(waiting)
    for number in some_of(range(len(calls.made))):
        bodies, lived = start(hub, ingest, clock), list[bool]()

        def meanwhile() -> None:
            lived.append(guests.guest(OLD) is not None)  # noqa: B023 (it is called within the turn)
            other(hub, ingest)

        if not beside(number, lambda: run(bodies), meanwhile):  # noqa: B023 (it is called within the turn)
            break
        work()
        check(hub, f"before call {number} ({calls.made[number]})", is_kept=lived[0])


@pytest.mark.exhaustive(inside=True)
def test_who_books_after_a_worker_died_is_kept_if_they_were_not_erased_yet(
    hub: Hub,
    ingest: Ingest,
    clock: time_machine.Traveller,  # noqa: F811
) -> None:
    waiting = start(hub, ingest, clock)
    for point in some_of(points_of(lambda: run(waiting))):
        bodies = start(hub, ingest, clock)
        crash_at(point, lambda: run(bodies))  # noqa: B023 (it is called within the turn)
        lived = guests.guest(OLD) is not None
        books(hub, ingest)
        clock.shift(timedelta(minutes=30))
        work()
        work()
        check(hub, str(point), is_kept=lived)


def start(hub: Hub, ingest: Ingest, clock: time_machine.Traveller) -> list[dict[str, Any]]:  # noqa: F811
    """What the tick of a Monday queues, where the guest who is due has been a member for as long."""
    begin(hub, ingest, **ERASES)
    empty_log()
    clock.move_to(LONG_AGO)
    hub.put("/v1/programs/club", PROGRAM)
    hub.put(f"/v1/guests/{OLD}/membership/club", {})
    clock.move_to(MONDAY)
    run(asked_for())
    tick()
    return asked_for()


def run(bodies: list[dict[str, Any]]) -> None:
    for body in bodies:
        schedules.run(body)


def check(hub: Hub, when: str, *, is_kept: bool) -> None:
    """What is told to a restored table is what was done."""
    assert (guests.guest(OLD) is not None) == is_kept, when
    assert jobs.waiting() == [], when
    gone = [] if is_kept else [OLD]
    assert [each["guest"] for each in hub.get("/v1/erasures")["items"]] == gone, when
    noted = objections.noted_since(MONDAY.date(), MONDAY.date())
    assert {leaf for each in noted if isinstance(each, GuestErasure) for leaf in each.leaves} == {*gone}, when


def empty_log() -> None:
    bucket = installation.get().raw_bucket
    for key in files.listed(bucket, objections.folder(MONDAY.date())):
        files.delete(bucket, key)
