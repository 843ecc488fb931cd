"""A changed list of offices is followed: who was joined by what is an office's now is told apart, and the other way
round, by the tick, whatever dies."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.entrypoints import schedules
from chalicelib.jobs import store as jobs
from tests import tables
from tests.builders import VIENNA, at, guest
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_erasures_go_on import LONGER_THAN_A_LEASE, asked_for, clock, work
from tests.exhaustive import some_of

__all__ = ["clock"]
API = ConnectionId("api")
DESK, HOME = "anna.lee@agency.example", "anna@mail.example"
AGENCY = {"guests": {"agency_domains": ["agency.example"]}}


def begin(hub: Hub, ingest: Ingest) -> None:
    tables.empty()
    hub.kept.clear()
    hub.put(f"/v1/properties/{VIENNA.id}", {**VIENNA.model_dump(mode="json"), "id": VIENNA.id})
    ingest(guest("g1", email=DESK), guest("g2", email=DESK, changed_at=at(2)))
    ingest(guest("g3", email=HOME), guest("g4", email=HOME, changed_at=at(2)))
    for body in asked_for():
        schedules.run(body)


def parties(hub: Hub) -> list[set[str]]:
    """By their sources' ids, who is one guest with whom."""
    found = {each: hub.get(f"/v1/guests/{leaf_of_profile(API, each)}")["leaves"] for each in ("g1", "g2", "g3", "g4")}
    those = {tuple(sorted(leaf["source_id"] for leaf in leaves)) for leaves in found.values()}
    return [set(each) for each in sorted(those)]


def set_to(hub: Hub, settings: Mapping[str, Any]) -> None:
    hub.put("/v1/settings", {**settings})


JOINED, APART = [{"g1", "g2"}, {"g3", "g4"}], [{"g1"}, {"g2"}, {"g3", "g4"}]


def test_who_was_joined_by_an_agencys_mailbox_is_told_apart_and_joined_again_when_it_is_none(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    begin(hub, ingest)
    assert parties(hub) == JOINED
    set_to(hub, AGENCY)
    work()
    assert parties(hub) == APART
    set_to(hub, {})
    clock.shift(timedelta(minutes=1))
    work()
    assert parties(hub) == JOINED
    assert jobs.waiting() == []


def test_whom_the_change_does_not_concern_is_not_written(hub: Hub, ingest: Ingest) -> None:
    begin(hub, ingest)
    leaves = [leaf_of_profile(API, each) for each in ("g1", "g2", "g3", "g4")]

    def of_guests() -> dict[object, object]:
        return {key: row for key, row in tables.state().items() if any(leaf in str(key) for leaf in leaves)}

    before = of_guests()
    set_to(hub, {"guests": {"agency_domains": ["others.example"], "role_words": ["rezeption"]}})
    assert len(jobs.waiting()) == 1
    work()
    assert (of_guests(), jobs.waiting()) == (before, [])
    set_to(hub, {"cap_mails": 5, "guests": {"agency_domains": ["others.example"], "role_words": ["rezeption"]}})
    assert jobs.waiting() == []


@pytest.mark.exhaustive(inside=True)
def test_wherever_it_dies_it_is_followed_or_was_not_set(
    hub: Hub, ingest: Ingest, clock: time_machine.Traveller
) -> None:
    def deed() -> None:
        set_to(hub, AGENCY)
        work()

    begin(hub, ingest)
    for point in some_of(points_of(deed)):
        begin(hub, ingest)
        crash_at(point, deed)
        clock.shift(LONGER_THAN_A_LEASE)
        work()
        is_set = bool(hub.get("/v1/settings")["guests"]["agency_domains"])
        assert parties(hub) == (APART if is_set else JOINED), str(point)
