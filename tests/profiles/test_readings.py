"""What a thin vendor says of one instant, read now and then: the content that was read last is kept, and reading it
once more writes nothing."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from chalicelib.aws import bus, secrets
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Digest
from chalicelib.canonical.time import moment_of
from chalicelib.canonical.versions import Version
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests.store import read_stay
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from tests.builders import VIENNA, at, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable

ANNA = guest(email="anna@mail.example", language="de")
TWO = {"adults": 2}
ALONE = {"adults": 1}


@pytest.fixture(autouse=True)
def facts(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    told: list[Fact] = []
    monkeypatch.setattr(bus, "announce", told.extend)
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return told


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def store(told: dict[str, Any], asked: int) -> None:
    """What the vendor answered when it was asked in a minute."""
    seen = moment_of(at(100 + asked))
    change = change_of(read(told), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}"), "", seen)
    assert change
    assert profiles.store_changes([change]) == {}


def room(**said: Any) -> dict[str, Any]:
    return reservation("r1", ANNA, **said)


def kept(table: MemoryTable) -> list[object]:
    """The stays as they are kept, and the records."""
    stays = [read_stay(row) for row in table.rows.values() if "stay" in row]
    return [*stays, *(row["record"] for row in table.rows.values() if "record" in row)]


def versions(rows: Mapping[Key, Item]) -> list[Version]:
    named = [row[name] for row in rows.values() for name in ("version", "record_version") if name in row]
    return [Version.parse(each) for each in named]


BACK_AND_FORTH = [(room(**ALONE), room(**TWO)), (ANNA, {**ANNA, "language": "fr"})]


@pytest.mark.parametrize(("one", "other"), BACK_AND_FORTH, ids=["reservation", "guest"])
def test_what_is_taken_back_within_an_instant_is_taken_back(
    one: dict[str, Any], other: dict[str, Any], table: MemoryTable
) -> None:
    store(one, 0)
    first = kept(table)
    store(other, 1)
    assert kept(table) != first
    store(one, 2)
    assert kept(table) == first


@pytest.mark.parametrize(("one", "other"), BACK_AND_FORTH, ids=["reservation", "guest"])
def test_what_was_read_before_and_comes_late_is_mended_by_the_next_reading(
    one: dict[str, Any], other: dict[str, Any], table: MemoryTable
) -> None:
    """Read, read again and nothing written: what was read in between may then pass for the later."""
    store(one, 0)
    first = kept(table)
    store(one, 2)
    store(other, 1)
    store(one, 3)
    assert kept(table) == first
    store(other, 1)
    assert kept(table) == first


@pytest.mark.parametrize("told", [room(), ANNA], ids=["reservation", "guest"])
def test_what_is_read_again_writes_nothing_and_is_as_old_as_its_first_reading(
    told: dict[str, Any], table: MemoryTable, facts: list[Fact]
) -> None:
    store(told, 1)
    read_late, announced = deepcopy(table.rows), set(facts)
    store(told, 2)
    assert table.rows == read_late
    store(told, 0)
    read_early = deepcopy(table.rows)
    assert {version.observed_at for version in versions(read_early)} == {"2026-01-01T01:40:00.000000Z"}
    store(told, 1)
    store(told, 2)
    assert table.rows == read_early
    assert set(facts) == announced


def test_what_a_version_told_at_first_is_told_again_beside_what_it_told_later(facts: list[Fact]) -> None:
    """The person was somebody else's word in between: that the room was booked must still come, if a crash kept it."""
    store(room(), 0)
    told_first = set(facts)
    store({**ANNA, "language": "fr"}, 1)
    facts.clear()
    store(room(), 2)
    assert FactType.GUEST_CHANGED in {fact.type for fact in set(facts) - told_first}
    facts_of_both = set(facts)
    assert told_first < facts_of_both
    facts.clear()
    store(room(), 3)
    assert set(facts) == facts_of_both
