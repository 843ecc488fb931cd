"""Who lives with whom, while others say so of the same people and sources take people out of their records."""

import pytest

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from chalicelib.guests.together import MOST_TOGETHER
from tests import tables
from tests.builders import VIENNA, at, guest, reservation
from tests.crashes import beside
from tests.entrypoints.conftest import Hub, Ingest

MOST_CALLS = 80


def leaf(number: int) -> str:
    return str(leaf_of_profile(API, f"g{number}"))


ANNA, BO, CY = leaf(1), leaf(2), leaf(3)
ANNA_WITH, BO_WITH = f"/v1/guests/{ANNA}/household", f"/v1/guests/{BO}/household"


@pytest.fixture(autouse=True)
def told(hub: Hub, ingest: Ingest) -> None:
    ingest(
        guest("g1", property_id=VIENNA.id),
        reservation("r2", guest("g2", "Bo"), status="checked_out"),
        guest("g3", "Cy", "Ray", property_id=VIENNA.id),
    )
    members(hub, ANNA)  # the key is there from now on


def members(hub: Hub, of: str) -> set[str]:
    return {each["guest"] for each in hub.get(f"/v1/guests/{of}/household")["members"]}


@pytest.mark.exhaustive(quick=())
def test_two_desks_that_say_it_at_once_leave_everybody_with_everybody(hub: Hub) -> None:
    before = tables.rows()
    for number in range(MOST_CALLS):
        tables.restore(before)
        if not beside(number, lambda: hub.put(f"{ANNA_WITH}/{BO}", None), lambda: hub.put(f"{BO_WITH}/{CY}", None)):
            break
        found = [members(hub, each) for each in (ANNA, BO, CY)]
        assert found == [{BO, CY}, {ANNA, CY}, {ANNA, BO}], number
    assert 10 < number < MOST_CALLS


@pytest.mark.exhaustive(quick=())
def test_two_desks_that_make_a_household_too_large_at_once_leave_it_as_it_was(hub: Hub, ingest: Ingest) -> None:
    for number in range(4, MOST_TOGETHER + 3):
        ingest(guest(f"g{number}", f"Child{number}", property_id=VIENNA.id))
    for number in range(3, MOST_TOGETHER):
        hub.put(f"{ANNA_WITH}/{leaf(number)}", None)
    there = members(hub, ANNA)
    one, other = (f"{ANNA_WITH}/{leaf(MOST_TOGETHER + each)}" for each in (1, 2))
    before = tables.rows()
    for number in range(MOST_CALLS):
        tables.restore(before)
        if not beside(number, lambda: hub.status("PUT", one), lambda: hub.status("PUT", other)):
            break
        assert len(members(hub, ANNA)) < MOST_TOGETHER
        assert there <= members(hub, ANNA)
        assert members(hub, leaf(3)) | {leaf(3)} == members(hub, ANNA) | {ANNA}


def test_a_record_that_is_nobodys_lives_with_nobody_and_whoever_it_is_given_to_neither(
    hub: Hub, ingest: Ingest
) -> None:
    ingest(guest("g2", "Bo", person=False, property_id=VIENNA.id, changed_at=at(5)))
    assert hub.status("PUT", f"{ANNA_WITH}/{BO}") == 409
    assert hub.status("PUT", f"{BO_WITH}/{CY}") == 409
    ingest(guest("g2", "Zed", "Gray", property_id=VIENNA.id, changed_at=at(9)))
    assert [members(hub, each) for each in (ANNA, BO, CY)] == [set(), set(), set()]


def test_a_record_that_is_nobodys_for_now_shows_nothing_of_who_it_was(hub: Hub, ingest: Ingest) -> None:
    hub.put(f"{ANNA_WITH}/{BO}", None)
    ingest(guest("g2", "Bo", person=False, property_id=VIENNA.id, changed_at=at(5)))
    assert (members(hub, ANNA), members(hub, BO)) == (set(), set())
    assert hub.get(f"/v1/guests/{BO}/export")["household"] == []


@pytest.mark.exhaustive(quick=())
def test_who_is_anonymised_while_somebody_says_it_leaves_nothing_to_whom_the_record_is_given_to(
    hub: Hub, ingest: Ingest
) -> None:
    gone, before = {"kind": "guest", "source_id": "g2", "anonymised": True, "changed_at": at(5)}, tables.rows()
    for number in range(MOST_CALLS):
        tables.restore(before)
        if not beside(number, lambda: hub.status("PUT", f"{ANNA_WITH}/{BO}"), lambda: ingest(gone)):
            break
        ingest(guest("g2", "Zed", "Gray", property_id=VIENNA.id, changed_at=at(9)))
        assert (members(hub, ANNA), members(hub, BO)) == (set(), set()), number
    assert 10 < number < MOST_CALLS
