"""Markers lie for thirty days: what a version of the hub wrote, a later one reads."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.aws import secrets
from chalicelib.aws.codec import item_size
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Digest
from chalicelib.canonical.time import Instant
from chalicelib.canonical.versions import Version
from chalicelib.connectors.canonical.translate import read
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Change
from chalicelib.profiles.store import facts_of
from tests.builders import VIENNA, at, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable

CHANGE = Change("rsub", Version(Instant("2026-01-01T00:00:00Z"), "", "d"), "r1", correlation_id="q", backfill=True)
WRITTEN = {
    "by place": '[["StayCompleted","r1","7","g1",1],["GuestChanged","g1",7,"g1",0]]',
    "by name": '[{"type":"StayCompleted","subject":"r1","version":7,"leaf":"g1"},'
    '{"type":"GuestChanged","subject":"g1","version":7}]',
    "by name, with one more": '[{"type":"StayCompleted","subject":"r1","version":7,"leaf":"g1","colour":"red"},'
    '{"type":"GuestChanged","subject":"g1","version":7}]',
}
"""Golden samples: they are only ever added to."""


@pytest.mark.parametrize("written", WRITTEN)
def test_a_marker_that_was_written_before_tells_its_facts(written: str) -> None:
    told = facts_of(CHANGE, WRITTEN[written])
    assert [(fact.type, fact.subject, fact.subject_version, fact.leaf) for fact in told] == [
        (FactType.STAY_COMPLETED, "r1", "7", "g1"),
        (FactType.GUEST_CHANGED, "g1", "7", "g1"),
    ]
    assert {(fact.occurred_at, fact.correlation_id, fact.backfill) for fact in told} == {
        ("2026-01-01T00:00:00Z", "q", True)
    }


def test_a_marker_names_its_fields_and_costs_one_unit(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    booking = reservation("r1", guest(email="anna@mail.example", member_number="M1"), status="checked_out")
    (marker,) = markers(monkeypatch, booking)
    assert {frozenset(each) for each in json.loads(marker["facts"])} == {
        frozenset({"type", "subject", "version", "leaf"}),
        frozenset({"type", "subject", "version"}),
    }
    assert item_size(marker) <= 400  # three facts; a unit is 1,024


@pytest.mark.parametrize(
    ("before", "after", "wakes"),
    [
        (None, "M1", True),
        ("M1", "M1", False),
        ("M1", "M2", True),
        ("M1", None, True),
        (None, None, False),
    ],
)
def test_a_changed_member_number_is_a_fact_of_its_own(
    before: str | None, after: str | None, wakes: bool, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    markers(monkeypatch, guest(member_number=before), guest(member_number=after, language="de", changed_at=at(2)))
    told = [fact.type for fact in facts if fact.subject_version == "2"]
    assert told == [FactType.GUEST_CHANGED, *([FactType.MEMBER_NUMBER_CHANGED] if wakes else [])]


def markers(monkeypatch: pytest.MonkeyPatch, *snapshots: dict[str, Any]) -> list[dict[str, Any]]:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    table = MemoryTable().install(monkeypatch)
    for each in snapshots:
        change = change_of(read(each), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}"))
        assert change
        assert profiles.store_changes([replace(change, correlation_id="q")]) == {}
    return [row for key, row in table.rows.items() if key.pk.startswith("MARK#")]
