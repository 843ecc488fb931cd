"""Names are listed where a record is known, in the transaction that says so; and what a name costs."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.aws import indexes, keys, secrets, table
from chalicelib.aws.keys import Key
from chalicelib.aws.table import Check, Update, Write
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Digest, PropertyId, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles import listing
from tests.builders import PORTO, VIENNA, at, decided, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable, names_astray
from tests.profiles.telling import Told

ANNA = leaf_of_profile(PMS, "g1")
PLACES = {VIENNA.id: VIENNA, PORTO.id: PORTO}
ALPS = PropertyId("alps")
"""It comes before both by its id."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def tell(*told: Told) -> None:
    changes = [
        change_of(read(each), PMS, PLACES, lambda kind, value: Digest(f"{kind}-{value}"))
        if isinstance(each, dict)
        else each
        for each in told
    ]
    assert profiles.store_changes([change for change in changes if change]) == {}


def listed(hub: MemoryTable) -> set[tuple[str, str]]:
    """(partition of an index, form) of all names that are listed."""
    assert names_astray(hub.rows) == set()
    found = [(row[f"pk{at}"], row[f"sk{at}"]) for row in hub.rows.values() for at in "12" if f"pk{at}" in row]
    return {(pk, sk.partition("#")[0]) for pk, sk in found if pk.startswith("NAMES#")}


def at_hotel(hotel: str, *forms: str) -> set[tuple[str, str]]:
    return {(f"NAMES#{hotel}#{form[:2]}", form) for form in forms}


def names_beside(hub: MemoryTable) -> set[Key]:
    return {key for key in hub.rows if key.sk.startswith("NAME#")}


def test_a_name_is_listed_at_the_hotel_that_told_it_in_the_records_own_row(hub: MemoryTable) -> None:
    tell(guest(property_id=VIENNA.id))
    assert listed(hub) == at_hotel("vienna", "leeanna", "annalee")
    assert names_beside(hub) == set()


def test_who_is_named_at_another_hotel_is_listed_there_too(hub: MemoryTable) -> None:
    tell(guest(property_id=VIENNA.id), reservation("r1", guest(changed_at=at(1)), property_id=PORTO.id))
    assert listed(hub) == at_hotel("vienna", "leeanna", "annalee") | at_hotel("porto", "leeanna", "annalee")


def test_what_only_the_group_says_is_listed_under_no_hotel_until_one_knows_it(hub: MemoryTable) -> None:
    tell(guest())
    assert listed(hub) == at_hotel("", "leeanna", "annalee")
    tell(reservation("r1", guest(changed_at=at(1))))
    assert listed(hub) == at_hotel("vienna", "leeanna", "annalee")


def test_a_changed_name_is_listed_as_it_is_now_and_no_more_as_it_was(hub: MemoryTable) -> None:
    tell(guest(family="García López", property_id=PORTO.id))
    tell(guest(family="Ray", property_id=VIENNA.id, changed_at=at(1)))
    assert listed(hub) == at_hotel("vienna", "rayanna", "annaray") | at_hotel("porto", "rayanna", "annaray")


NO_NAME = [
    {"anonymised": True},
    {"person": False},
    {"given_name": "Anonymized", "family_name": "Anonymized"},
    {"given_name": "Walk", "family_name": "In"},
    {"given_name": None, "family_name": "House Account"},
    {"given_name": None, "family_name": None, "email": "a@mail.example"},
    {"given_name": "...", "family_name": "-"},
]


@pytest.mark.parametrize("gone", NO_NAME, ids=str)
def test_of_whom_the_source_takes_the_name_none_remains(gone: dict[str, Any], hub: MemoryTable) -> None:
    """Law 14, and what law 10 asks: whatever takes the name out of the record takes it out of the lists with it."""
    tell(guest(family="García López", property_id=VIENNA.id))
    tell(reservation("r1", guest(family="García López", changed_at=at(1)), property_id=PORTO.id))
    assert len(listed(hub)) == 6
    tell(guest(given=None, family=None, changed_at=at(2)) | gone)
    assert listed(hub) == set()
    assert names_beside(hub) == set()
    assert "garcia" not in str(hub.rows).lower()


def test_of_several_people_in_one_record_each_given_name_is_listed(hub: MemoryTable) -> None:
    tell(guest(given="John & Mary", family="Smith", property_id=VIENNA.id))
    assert listed(hub) == at_hotel("vienna", "smithjohnmary", "johnmarysmith", "marysmith")


def test_a_name_stays_with_its_record_however_people_join_and_part_records(hub: MemoryTable) -> None:
    tell(guest("g1", property_id=VIENNA.id), guest("g2", "Ann", "Li", property_id=PORTO.id), decided("g1", "g2"))
    apart = at_hotel("vienna", "leeanna", "annalee") | at_hotel("porto", "liann", "annli")
    assert listed(hub) == apart
    tell(decided("g1", "g2", "withdrawn", 1))
    assert listed(hub) == apart


def test_a_record_that_many_hotels_know_is_listed_at_a_stated_number(
    hub: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_HOTELS", 2)
    tell(*(guest(property_id=hotel, changed_at=at(n)) for n, hotel in enumerate((VIENNA.id, PORTO.id, ALPS))))
    entries = {row["pk1"] for row in hub.rows.values() if "pk1" in row}
    assert entries == {"NAMES#alps#le", "NAMES#porto#le"}


def units_of(hub: MemoryTable, monkeypatch: pytest.MonkeyPatch, *told: Told) -> int:
    """Write units of what lists names: rows of their own, and what the records' rows change in the indexes."""
    billed: list[int] = []

    def counted(writes: Sequence[Write]) -> None:
        for each in writes:
            key = table.key_written(each)
            entries = (
                0 if isinstance(each, Check | Update) else indexes.units(each.replaces, getattr(each, "item", None))
            )
            billed.append(entries * (key.sk == "RECORD") + (entries + 2) * key.sk.startswith("NAME#"))
        hub.transact(writes)

    with monkeypatch.context() as counting:
        counting.setattr(table, "transact", counted)
        tell(*told)
    return sum(billed)


NAMES = [("Anna", "Lee", 2), ("Anna Maria", "Lee", 3), ("María José", "García López", 4), (None, "Lee", 1)]


@pytest.mark.parametrize(("given", "family", "forms"), NAMES)
def test_a_new_name_costs_two_units_a_form_and_hotel_at_most(
    given: str | None, family: str, forms: int, hub: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = guest("g1", given, family, property_id=PORTO.id)
    assert 0 < units_of(hub, monkeypatch, named) <= 2 * forms
    assert len(listed(hub)) == forms
    elsewhere = {**named, "property_id": VIENNA.id, "changed_at": at(1)}
    assert 0 < units_of(hub, monkeypatch, elsewhere) <= 2 * forms + (forms % 2)
    assert units_of(hub, monkeypatch, {**elsewhere, "changed_at": at(2), "language": "de"}) == 0


@pytest.mark.parametrize(("given", "family", "forms"), NAMES)
def test_a_changed_name_costs_two_units_a_form_and_two_where_it_has_a_row_beside(
    given: str | None, family: str, forms: int, hub: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = guest("g1", given, family, property_id=VIENNA.id)
    tell(before)
    renamed = {**before, "family_name": f"Z{family}", "changed_at": at(1)}
    assert 0 < units_of(hub, monkeypatch, renamed) <= 2 * forms + 2 * (forms > 2)


def test_what_says_nothing_new_of_a_name_writes_nothing_to_the_lists(
    hub: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(reservation("r1", guest(email="a@mail.example")))
    before = {key: row for key, row in hub.rows.items() if "pk1" in row and row["pk1"].startswith("NAMES#")}
    assert units_of(hub, monkeypatch, reservation("r1", guest(email="a@mail.example"))) == 0
    tell(reservation("r1", guest(email="a@mail.example"), changed_at=at(1), room_revenue_minor=7))
    assert {key: row for key, row in hub.rows.items() if key in before} == before


def test_the_largest_name_is_within_a_write_unit(hub: MemoryTable, monkeypatch: pytest.MonkeyPatch) -> None:
    long = " ".join(["Wolfeschlegelsteinhausenbergerdorff"] * 5)
    tell(guest(given=long, family=long, property_id=VIENNA.id))
    assert all(len(row[f"sk{at}"]) < 80 for row in hub.rows.values() for at in "12" if f"sk{at}" in row)
    assert keys.record(ANNA) in hub.rows
