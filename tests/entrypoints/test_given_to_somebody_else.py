"""A source takes a person out of a profile and gives its id to somebody else: nothing of the first is the second's."""

from typing import Any

import pytest
import time_machine

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import GuestId, leaf_of_profile
from chalicelib.connections.model import API
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.ingest import actions
from tests.builders import VIENNA, at, guest, notice, reservation
from tests.entrypoints.conftest import Hub, Ingest

RECORD = f"/v1/guests/{leaf_of_profile(API, 'g1')}"
MARKETING = f"{RECORD}/consents/email/marketing"
YES = {"state": "explicit", "basis": "guest"}


def taken_out(minute: int) -> dict[str, Any]:
    return guest("g1", "Anonymized", "Anonymized", property_id=VIENNA.id, changed_at=at(minute))


def somebody_else(**more: Any) -> dict[str, Any]:
    return guest("g1", "Zed", "Gray", property_id=VIENNA.id, changed_at=at(9), **more)


def told(hub: Hub) -> tuple[str | None, str | None, str]:
    found = hub.get(f"{RECORD}/export")
    states = {each["purpose"]: each["state"] for each in found["consents"]["consents"]}
    return found["guest"]["traits"]["family_name"], found["guest"]["traits"]["email"], states["marketing"]


@pytest.fixture
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1", email="anna@mail.example"), status="checked_out"))


@pytest.mark.usefixtures("anna")
def test_what_the_first_agreed_to_the_second_did_not(hub: Hub, ingest: Ingest) -> None:
    hub.put(MARKETING, YES)
    ingest(taken_out(5))
    ingest(somebody_else(email="zed@mail.example"))
    assert told(hub) == ("Gray", "zed@mail.example", "none")
    hub.put(MARKETING, YES)
    assert told(hub)[2] == "explicit"


@pytest.mark.usefixtures("anna")
def test_what_the_first_refused_holds_also_where_a_yes_followed(hub: Hub, ingest: Ingest) -> None:
    hub.put(MARKETING, {**YES, "state": "withdrawn"})
    hub.put(MARKETING, YES)
    ingest(taken_out(5))
    ingest(somebody_else(email="zed@mail.example"))
    assert told(hub)[2] == "withdrawn"


def heard(minute: int, *snapshots: dict[str, Any]) -> None:
    """What the edge took in then."""
    said = notice(*snapshots)
    assert not actions.ingest_notices([Message(said.id, {**said.body, "received_at": at(minute)})])


def test_what_staff_corrected_of_the_first_is_not_said_of_the_second(hub: Hub) -> None:
    with time_machine.travel(at(1), tick=False):
        heard(1, reservation("r1", guest("g1"), status="checked_out"))
    with time_machine.travel(at(2), tick=False):
        assert hub.status("PATCH", RECORD, {"email": "anna@mail.example"}) == 200
        hub.put(MARKETING, YES)
    with time_machine.travel(at(10), tick=False):
        heard(5, taken_out(5))
        heard(9, somebody_else())
        assert told(hub) == ("Gray", None, "none")
        assert hub.status("PATCH", RECORD, {"email": "zed@mail.example"}) == 200
        heard(5, taken_out(5))  # the same again, after the next was corrected
        assert told(hub) == ("Gray", "zed@mail.example", "none")


@pytest.mark.usefixtures("anna")
def test_a_profile_that_is_no_person_for_a_while_agreed_to_nothing_by_then(hub: Hub, ingest: Ingest) -> None:
    hub.put(MARKETING, YES)
    ingest(guest("g1", person=False, property_id=VIENNA.id, changed_at=at(5)))
    ingest(guest("g1", email="anna@mail.example", property_id=VIENNA.id, changed_at=at(9)))
    assert told(hub)[2] == "none"


def test_whoever_reads_the_gate_beside_it_is_told_also_where_another_record_said_the_same(
    hub: Hub, ingest: Ingest
) -> None:
    """The gate is the lock of what was said through each record of its guest."""
    both = [leaf_of_profile(API, each) for each in ("g1", "g2")]
    for each, day in (("g1", "01"), ("g2", "05")):
        stay = {"arrival": f"2026-02-{day}", "departure": f"2026-02-{day}"}
        ingest(reservation(each, guest(each), status="checked_out", **stay))
        hub.put(f"/v1/guests/{leaf_of_profile(API, each)}/consents/email/marketing", YES)
    assert hub.status("POST", "/v1/merge-decisions", {"records": both, "verdict": "join"}) == 200
    before = gates.gate(GuestId(min(both)), EMAIL)
    ingest(taken_out(5))
    after = gates.gate(GuestId(min(both)), EMAIL)
    assert before
    assert after
    assert (after.answers, after.rev) == (before.answers, before.rev + 1)
