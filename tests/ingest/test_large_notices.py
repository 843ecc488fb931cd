"""However much one notice says: it is worked in parts, each of which is told, and a duplicate asks for no history."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from chalicelib.aws import bus, secrets
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Digest
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.connectors.canonical.translate import read
from chalicelib.connectors.contract import Request
from chalicelib.ingest import edge
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Change
from tests.builders import VIENNA, at, guest, reservation
from tests.fake_mews import SECRET, FakeMews, notice
from tests.fakes import received
from tests.ids import PMS
from tests.ingest.test_edge import MEWS_VIENNA, OWN, SIGNING, signed
from tests.turns import SlowTable

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)


def changes(*told: dict[str, Any]) -> list[Change]:
    found = (
        change_of(read(each), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}")) for each in told
    )
    return [each for each in found if each]


@dataclass
class Clock:
    """A worker's time: each look at it, one before each change, takes a fifth of a second."""

    left: float = 30.0

    def __call__(self) -> float:
        self.left -= 0.2
        return self.left


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> SlowTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    table = SlowTable().install(monkeypatch)
    monkeypatch.setattr(table.turns, "rest", lambda seconds: None)
    return table


def test_a_notice_of_thousands_is_cut_at_the_edge_into_messages_of_a_hundred(mews: FakeMews) -> None:
    connections.put(Connection(id=OWN, vendor="canonical", secrets=(SIGNING,), properties={"v": VIENNA.id}))
    told = [{"kind": "guest", "source_id": f"g{n}", "changed_at": at(0)} for n in range(1150)]
    with time_machine.travel(NOW, tick=False):
        edge.accept(OWN, signed(json.dumps({"snapshots": told}).encode(), NOW))
        parts = [json.loads(record["body"])["body"]["snapshots"] for record in all_of("inbox")]
    assert max(map(len, parts)) == 100
    assert sorted(each["source_id"] for part in parts for each in part) == sorted(each["source_id"] for each in told)


def test_what_a_thin_vendor_names_is_cut_with_all_that_stands_beside_it(mews: FakeMews) -> None:
    body = notice(*(("ServiceOrderUpdated", f"r{n}") for n in range(250)))
    edge.accept(MEWS_VIENNA, Request(json.dumps(body).encode(), {}, {"secret": SECRET}, NOW))
    parts = [json.loads(record["body"])["body"] for record in all_of("fetch")]
    assert sorted(len(part["Events"]) for part in parts) == [50, 100, 100]
    assert all(part["EnterpriseId"] == body["EnterpriseId"] for part in parts)


def all_of(queue: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    while some := received(queue)["Records"]:
        records += some
    return records


def test_what_is_stored_when_time_runs_out_is_announced_portion_by_portion(
    table: SlowTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last portion may be lost with its worker; those before are not."""
    announced: list[list[Fact]] = []
    monkeypatch.setattr(bus, "announce", lambda facts: announced.append(list(facts)))
    many = changes(*(guest(f"g{n}") for n in range(250)))
    assert profiles.store_changes(many) == {}
    assert [len(each) for each in announced] == [100, 100, 50]


@pytest.mark.exhaustive(quick=())
def test_a_notice_that_takes_longer_than_one_worker_has_ends_with_every_fact_told(
    table: SlowTable, facts: list[Fact]
) -> None:
    """4,500 snapshots stuck half way: each worker now goes on where the last one stopped."""
    waiting = [changes(*(guest(f"g{m}-{n}") for n in range(100))) for m in range(45)]
    invocations = 0
    while waiting:
        invocations += 1
        batch, waiting = waiting[:10], waiting[10:]
        clock = Clock()
        waiting += [part for part in batch if profiles.store_changes(part, clock)]
        assert invocations < 60
    told = {fact.subject for fact in facts if fact.type == FactType.GUEST_CHANGED}
    assert len(told) == 4500


@pytest.mark.parametrize("kind", ["stored", "stored with a new time"])
def test_a_duplicate_costs_the_same_at_any_history(kind: str, table: SlowTable, facts: list[Fact]) -> None:
    costs = []
    for stays in (5, 200):
        table.rows.clear()
        anna = guest(email="anna@mail.example")
        told = changes(*(reservation(f"r{n}", anna, status="checked_out") for n in range(stays)))
        told += changes(reservation("r0", anna, status="checked_out", changed_at="2026-01-02T00:00:00Z"))
        assert profiles.store_changes(told) == {}
        table.units = 0
        assert profiles.store_changes(told[-1:] if kind != "stored" else told[1:2]) == {}
        costs.append(table.units)
    assert costs[0] == costs[1] <= 8
