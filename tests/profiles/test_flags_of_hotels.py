"""A source's opt-in speaks to whoever answers at the hotels that its record was named at."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.aws import secrets, table
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ControllerId, Digest, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import CHANNELS, EMAIL, FLAGS, PURPOSES
from chalicelib.guests import store as guests
from chalicelib.guests.records import Record
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Change
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding, Property
from tests.builders import DAY_ONE, PORTO, VIENNA, at, decided, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable

HOTELS = {each.id: each for each in (VIENNA, PORTO)}
ADDRESS = "anna@mail.example"
ALPINE = ControllerId("alpine")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return installed(monkeypatch)


def installed(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    found = MemoryTable().install(monkeypatch)
    for hotel, entity in ((VIENNA, "alpine"), (PORTO, "atlantic")):
        rename(hotel, entity)
    return found


def rename(hotel: Property, entity: str) -> None:
    properties.put(hotel.model_copy(update={"branding": Branding(legal_entity=entity)}))


def change(snapshot: dict[str, Any]) -> Change:
    found = change_of(read(snapshot), PMS, HOTELS, lambda kind, value: Digest(f"{kind}-{value}"))
    assert found
    return found


def tell(*snapshots: dict[str, Any]) -> None:
    assert profiles.store_changes([change(each) for each in snapshots]) == {}


def anna(source_id: str = "1", minute: int = 0, **fields: Any) -> dict[str, Any]:
    return guest(source_id, **{"email": ADDRESS, "marketing_email": True, "changed_at": at(minute), **fields})


def booked(hotel: Property, person: dict[str, Any], minute: int = 0) -> dict[str, Any]:
    return reservation(f"r-{hotel.id}", person, property_id=hotel.id, changed_at=at(minute))


def answers(source_id: str = "1") -> dict[str, str]:
    known = guests.guest(leaf_of_profile(PMS, source_id))
    gate = gates.gate(known.id, EMAIL) if known else None
    return {key: f"{each.state} {each.basis}" for key, each in gate.answers.items()} if gate else {}


YES, NO = "explicit source", "withdrawn guest"


def test_a_flag_speaks_to_the_entity_of_its_hotel(hub: MemoryTable) -> None:
    tell(booked(VIENNA, anna()))
    assert answers() == {"alpine:marketing": YES}


def test_a_flag_without_a_hotel_speaks_to_the_group_and_one_of_an_unknown_hotel_to_nobody(hub: MemoryTable) -> None:
    tell(anna())
    assert answers() == {"group:marketing": YES}
    tell(booked(VIENNA.model_copy(update={"id": "gone"}), anna("2", email="other@mail.example")))
    assert answers("2") == {}


def test_a_record_that_is_named_at_one_more_hotel_speaks_to_that_too_and_says_so(
    hub: MemoryTable, facts: list[Fact]
) -> None:
    tell(booked(VIENNA, anna()))
    facts.clear()
    tell(booked(PORTO, anna()))
    assert answers() == {"alpine:marketing": YES, "atlantic:marketing": YES}
    assert "ConsentChanged" in [each.type for each in facts]
    before = hub.state()
    tell(booked(PORTO, anna()))
    assert hub.state() == before


def test_in_whatever_order_hotels_and_versions_come_the_answers_are_the_same(
    monkeypatch: pytest.MonkeyPatch, facts: list[Fact]
) -> None:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    told = [
        booked(VIENNA, anna()),
        booked(PORTO, anna()),
        booked(PORTO, anna("2", 1)),
        booked(VIENNA, anna("1", 2, marketing_email=False), 2),
    ]
    ends = []
    for order in permutations(told):
        hub = installed(monkeypatch)
        tell(*order)
        assert answers() == {"atlantic:marketing": YES}  # what the second record says; the first says it no more
        ends.append(hub.state())
    assert all(end == ends[0] for end in ends)


def test_a_merge_brings_the_answers_together_and_a_split_parts_them_but_for_objections(hub: MemoryTable) -> None:
    tell(booked(VIENNA, anna()), booked(PORTO, anna("2")))
    assert answers() == answers("2") == {"alpine:marketing": YES, "atlantic:marketing": YES}
    consents.set_consent(
        leaf_of_profile(PMS, "1"),
        EMAIL,
        "marketing",
        ALPINE,
        "withdrawn",
        "guest",
        instant(DAY_ONE + timedelta(minutes=1)),
    )
    assert answers("2") == {"alpine:marketing": NO, "atlantic:marketing": YES}
    assert profiles.store_changes([decided("1", "2", "apart", 2)]) == {}
    assert answers() == {"alpine:marketing": NO}
    assert answers("2") == {"alpine:marketing": NO, "atlantic:marketing": YES}
    assert profiles.store_changes([decided("1", "2", "withdrawn", 3)]) == {}
    assert answers("2") == {"alpine:marketing": NO, "atlantic:marketing": YES}


def test_the_entity_of_later_is_spoken_to_with_the_guest_s_next_change_and_acts_stay(hub: MemoryTable) -> None:
    tell(booked(VIENNA, anna()), booked(PORTO, anna("2")))
    consents.set_consent(
        leaf_of_profile(PMS, "1"),
        EMAIL,
        "marketing",
        ALPINE,
        "withdrawn",
        "guest",
        instant(DAY_ONE + timedelta(minutes=1)),
    )
    rename(PORTO, "ocean")
    rename(VIENNA, "alpine-new")
    assert answers() == {"alpine:marketing": NO, "atlantic:marketing": YES}
    tell(anna("2", 2, language="pt"))
    assert answers() == {"alpine:marketing": NO, "alpine-new:marketing": YES, "ocean:marketing": YES}


def test_a_flag_costs_no_row_but_the_gate_when_a_record_is_named_at_one_more_hotel(
    hub: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(booked(VIENNA, anna(marketing_email=None)))
    written: list[str] = []
    transact = table.transact

    def noted(writes: list[table.Write]) -> None:
        written.extend(table.key_written(each).pk.partition("#")[0] for each in writes)
        transact(writes)

    monkeypatch.setattr(table, "transact", noted)
    tell(booked(PORTO, anna(marketing_email=None)))
    assert "GATE" not in written


def test_every_flag_is_a_field_of_records_and_about_what_there_is() -> None:
    assert set(FLAGS) <= set(Record.model_fields)
    assert {topic.channel for topic in FLAGS.values()} <= set(CHANNELS)
    assert {topic.purpose for topic in FLAGS.values()} <= set(PURPOSES)
