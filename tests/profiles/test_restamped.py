"""What is told again at a later time, and says what it said, is no news: only its time is kept."""

from typing import Any

import pytest

from chalicelib.aws import keys, secrets
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.aws.table import row
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Digest, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from tests.builders import VIENNA, at, charge, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable

ANNA = guest(email="anna@mail.example", language="de", property_id=VIENNA.id)
STAY = reservation("r1", ANNA, status="checked_out")
TIMES = {"rev", "record_version", "version"}
"""What tells when, and how often, a row was written."""


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    table = MemoryTable().install(monkeypatch)
    table.rows[keys.property_(VIENNA.id)] = row(keys.property_(VIENNA.id), property=VIENNA.model_dump_json())
    return table


def store(*told: dict[str, Any]) -> None:
    for each in told:
        change = change_of(read(each), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}"))
        assert change
        assert profiles.store_changes([change]) == {}


def later(told: dict[str, Any], minute: int = 5) -> dict[str, Any]:
    return {**told, "changed_at": at(minute)}


def rows_changed(before: dict[Key, Item], after: dict[Key, Item]) -> dict[str, set[str]]:
    """Sort key → names of the attributes that differ."""
    return {
        key.sk: {name for name in row if row[name] != before.get(key, {}).get(name)}
        for key, row in after.items()
        if row != before.get(key)
    }


@pytest.mark.parametrize(
    ("told", "writes"),
    [
        (ANNA, 1),
        (STAY, 3),
        (charge(), 2),
    ],
    ids=[
        "a profile: its head",
        "a reservation: it, the head that is its lock, the marker",
        "a charge: it and the marker",
    ],
)
def test_the_same_at_a_later_time_announces_nothing_and_writes_only_its_time(
    told: dict[str, Any], writes: int, table: MemoryTable, facts: list[Fact]
) -> None:
    store(STAY, charge(), ANNA)
    before = dict(table.rows)
    facts.clear()
    store(later(told))
    assert facts == []
    changed = rows_changed(before, table.rows)
    assert len(changed) == writes
    of_rows_that_were = [names for names in changed.values() if "facts" not in names]
    assert set[str]().union(*of_rows_that_were) <= TIMES


def test_an_older_version_that_comes_after_the_same_was_told_again_is_passed_over(
    table: MemoryTable, facts: list[Fact]
) -> None:
    store(STAY, later(STAY))
    before = dict(table.rows)
    store(later({**STAY, "status": "confirmed"}, minute=3))
    assert table.rows == before


def test_a_box_that_is_still_ticked_is_as_new_as_its_record_and_nobodys_answer_changed(
    table: MemoryTable, facts: list[Fact]
) -> None:
    agreed = {**ANNA, "marketing_email": True}
    store(agreed)
    before = dict(table.rows)
    facts.clear()
    store(later(agreed))
    assert facts == []
    assert rows_changed(before, table.rows).keys() == {leaf_of_profile(PMS, "g1"), "email"}, (
        "head, and the answer's time"
    )


def test_a_profile_whose_address_is_shared_is_told_again_without_a_fact(table: MemoryTable, facts: list[Fact]) -> None:
    names = [("Anna", "Lee"), ("Ben", "Ray"), ("Cleo", "Poe"), ("Dora", "Kim")]
    people = [guest(f"g{n}", *name, email="jones.partners@mail.example") for n, name in enumerate(names)]
    store(*people)
    facts.clear()
    store(later(people[0]))
    assert facts == []


def test_what_a_guest_is_may_change_all_the_same_when_an_older_record_is_the_newest_again(
    table: MemoryTable, facts: list[Fact]
) -> None:
    one, other = (
        guest("g1", email="anna@mail.example", language="de"),
        guest("g2", email="anna@mail.example", language="fr", changed_at=at(2)),
    )
    store(one, other)
    facts.clear()
    store(later(one))
    assert [(fact.type, fact.leaf) for fact in facts] == [(FactType.GUEST_CHANGED, leaf_of_profile(PMS, "g1"))]


def test_what_a_crash_kept_from_the_bus_is_told_by_the_message_that_comes_again(
    table: MemoryTable, facts: list[Fact]
) -> None:
    store(STAY)
    told = {fact.fact_id for fact in facts}
    store(later(STAY))
    facts.clear()
    store(STAY)
    assert {fact.fact_id for fact in facts} == told
