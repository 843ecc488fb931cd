"""Who is one guest, through ingest: merges in both orders, shared addresses, odd names, relay addresses."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from chalicelib.aws import secrets
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Digest, Leaf, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity import store as identity
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles import rules
from chalicelib.profiles.model import Change
from chalicelib.profiles.state import ProfileState, ProfileUpdate
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable

PLACES = {VIENNA.id: VIENNA, PORTO.id: PORTO}
ADDRESS = "jones.partners@mail.example"
DESK = "+43 1 5880 0000"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def tell(*snapshots: dict[str, Any]) -> None:
    for each in snapshots:
        change = change_of(read(each), PMS, PLACES, lambda kind, value: Digest(f"{kind}-{value}"))
        assert change is None or profiles.store_changes([change]) == {}


def leaf(source_id: str) -> str:
    return leaf_of_profile(PMS, source_id)


def the_guest(source_id: str) -> Guest:
    found = guests.guest(Leaf(leaf(source_id)))
    assert found
    return found


def parties(*source_ids: str) -> set[frozenset[str]]:
    """The guests of some profiles, by the vendor's ids."""
    ids = {leaf(each): each for each in source_ids}
    return {frozenset(ids[member] for member in the_guest(each).members) for each in source_ids}


def apart(*source_ids: str) -> set[frozenset[str]]:
    return {frozenset({each}) for each in source_ids}


TARGET = guest("g1", "Anna", "Lee")
MERGED = guest("g2", "Ben", "Ray", merged_into="g1", changed_at=at(2))


@pytest.mark.parametrize("order", [(TARGET, MERGED), (MERGED, TARGET)], ids=["target first", "merged first"])
def test_a_merge_at_the_source_joins_in_either_order(order: Sequence[dict[str, Any]], hub: MemoryTable) -> None:
    tell(*order)
    assert parties("g1", "g2") == {frozenset({"g1", "g2"})}


def test_a_merge_that_the_source_takes_back_is_taken_back(hub: MemoryTable, facts: list[Fact]) -> None:
    tell(TARGET, guest("g2", "Ben", "Ray"), MERGED, {**MERGED, "merged_into": None, "changed_at": at(3)})
    assert parties("g1", "g2") == apart("g1", "g2")
    assert {"GuestMerged", "GuestUnmerged"} <= {fact.type for fact in facts}


def test_what_came_with_a_record_stays_with_it_through_merge_and_unmerge(hub: MemoryTable) -> None:
    ben = guest("g2", "Ben", "Ray", marketing_email=True)
    tell(TARGET, reservation(primary=ben, status="checked_out"))
    tell({**MERGED, "marketing_email": True})
    together = the_guest("g2")
    assert (together.traits.stats.stays, sum(len(guests.stays(each)) for each in together.members)) == (1, 1)
    tell({**MERGED, "marketing_email": True, "merged_into": None, "changed_at": at(3)})
    one, other = the_guest("g1"), the_guest("g2")
    assert (one.traits.stats.stays, other.traits.stats.stays) == (0, 1)
    assert guests.stays(Leaf(leaf("g2")))


NAMES = [("g1", "Anna"), ("g2", "Anna"), ("g3", "Ben"), ("g4", "Cleo"), ("g5", "Dora")]


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7], ids=str)
def test_the_fourth_contradicting_name_makes_an_address_nobodys(order: tuple[int, ...], hub: MemoryTable) -> None:
    everyone = [guest(source_id, given, email=ADDRESS) for source_id, given in NAMES]
    tell(*(everyone[place] for place in order))
    ids = [source_id for source_id, _ in NAMES]
    assert parties(*ids) == apart(*ids)
    assert {the_guest(each).traits.email for each in ids} == {None}
    tell(guest("g6", "Anna", email=ADDRESS))
    assert parties(*ids, "g6") == apart(*ids, "g6")


def test_three_names_at_one_address_are_still_people(hub: MemoryTable) -> None:
    tell(*(guest(source_id, given, email=ADDRESS) for source_id, given in NAMES[:4]))
    assert parties("g1", "g2", "g3", "g4") == {frozenset({"g1", "g2"}), frozenset({"g3"}), frozenset({"g4"})}


def test_an_address_that_was_shared_for_a_while_only_is_as_if_it_never_was(hub: MemoryTable) -> None:
    three = [guest(source_id, given, email=ADDRESS) for source_id, given in NAMES[:4]]
    wrong = guest("g5", "Dora", email=ADDRESS)
    right = {**wrong, "email": "dora@mail.example", "changed_at": at(1)}
    tell(*three, right, wrong)
    expected = hub.state()
    assert parties("g1", "g2", "g3") == {frozenset({"g1", "g2"}), frozenset({"g3"})}
    hub.rows.clear()
    tell(*three, wrong, right)
    assert hub.state() == expected
    traits = the_guest("g1").traits
    assert traits.email == ADDRESS


def test_an_address_that_everybody_left_at_once_is_free_again(hub: MemoryTable) -> None:
    people = [guest(source_id, given, email=ADDRESS) for source_id, given in NAMES]
    room = reservation(primary=people[0], companions=people[1:])
    left = [{**each, "email": None, "changed_at": at(1)} for each in people]
    tell(room, reservation(primary=left[0], companions=left[1:], changed_at=at(1)))
    tell(guest("g8", "Eve", email=ADDRESS), guest("g9", "Eve", email=ADDRESS))
    assert parties("g8", "g9") == {frozenset({"g8", "g9"})}


def test_the_guests_of_one_agency_stay_apart_and_its_row_does_not_grow(hub: MemoryTable) -> None:
    for number in range(60):
        tell(guest(f"g{number}", f"Name{'abcdefgh'[number % 8] * (1 + number // 8)}", "Lee", email=ADDRESS))
    assert len(parties(*(f"g{number}" for number in range(60)))) == 60
    assert all(len(str(row)) < 2600 for row in hub.rows.values())
    found = identity.identifier(Digest(f"email-{ADDRESS}"))
    assert found is not None
    assert found.is_closed


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "anna.123@guest.booking.com"},
        {"email": "anna@mail.example", "email_is_relay": True},
        {"email": "noemail@mail.example"},
        {"email": "reception@vienna.example"},
    ],
)
def test_what_is_no_address_of_the_guests_own_joins_nobody_and_is_not_mailed(
    fields: dict[str, Any], hub: MemoryTable
) -> None:
    tell(guest("g1", property_id=VIENNA.id, **fields), guest("g2", property_id=PORTO.id, **fields))
    assert parties("g1", "g2") == apart("g1", "g2")
    traits = the_guest("g1").traits
    assert traits.email is None


@pytest.mark.exhaustive(quick=())
def test_a_guest_of_forty_records_takes_no_further_ones_and_stays_whole(hub: MemoryTable) -> None:
    """A PMS that makes a profile for each booking must not scatter its best guest, nor mail her twice."""
    everyone = [f"g{number:02d}" for number in range(42)]
    tell(*(guest(each, email=ADDRESS) for each in everyone))
    assert parties(*everyone) == {frozenset(everyone[:40]), frozenset({"g40"}), frozenset({"g41"})}
    assert [the_guest(each).traits.email for each in ("g00", "g40", "g41")] == [
        ADDRESS,
        None,
        None,
    ]
    tell(guest("g40", email="another@mail.example", changed_at=at(1)))
    assert the_guest("g40").traits.email == "another@mail.example"


@pytest.mark.exhaustive(quick=())
def test_a_member_of_a_large_guest_keeps_its_place_when_it_brings_too_many(hub: MemoryTable) -> None:
    ann = [guest(f"a{number:02d}", "Ann", email="ann@mail.example") for number in range(25)]
    other = [guest(f"b{number:02d}", "Ann", phone=DESK) for number in range(25)]
    tell(*ann, *other)
    before = parties(*(each["source_id"] for each in [*ann, *other]))
    assert sorted(map(len, before)) == [25, 25]
    tell(guest("a03", "Ann", email="ann@mail.example", phone=DESK, changed_at=at(1)))
    tell(guest("x", "Ann", email="ann@mail.example", phone=DESK))
    tell({**MERGED, "source_id": "b07", "given_name": "Ann", "family_name": "Lee", "phone": DESK, "merged_into": "a01"})
    assert parties(*(each["source_id"] for each in [*ann, *other])) == before
    assert parties("x") == apart("x")
    record = guests.with_records(guests.heads([Leaf(leaf("b07"))]))[Leaf(leaf("b07"))].record
    assert record is not None
    assert record.merged_into is None


@pytest.mark.exhaustive(quick=())
def test_a_record_that_makes_two_busy_identifiers_shared_is_kept_all_the_same(hub: MemoryTable) -> None:
    names = ["Ann", "Bea", "Cat"]
    by_mail = [guest(f"m{number:02d}", names[number % 3], email=ADDRESS) for number in range(39)]
    by_phone = [guest(f"p{number:02d}", names[number % 3], "Ray", phone=DESK) for number in range(39)]
    tell(*by_mail, *by_phone)
    fourth = guest("x", "Dora", email=ADDRESS, phone=DESK)
    tell(reservation(primary=fourth, status="checked_out"))
    assert parties("x") == apart("x")
    assert len(guests.stays(Leaf(leaf("x")))) == 1
    assert the_guest("x").traits.email is None


def test_a_phone_is_read_as_of_the_hotels_country(hub: MemoryTable) -> None:
    tell(guest("g1", phone="01 58800 0", property_id=VIENNA.id), guest("g2", phone="0043 1 588000"))
    assert parties("g1", "g2") == {frozenset({"g1", "g2"})}
    tell(guest("g3", phone="01 58800 0", property_id=PORTO.id))
    assert len(the_guest("g3").members) == 1


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Anna\u202e", "Anna"),
        ("An\x00na", "Anna"),
        ("Jose\u0301", "José"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("An\r\nna: Bcc", "An na: Bcc"),
        ("\u200b", None),
        ("   ", None),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("O'Neil", "O'Neil"),
    ],
)
def test_names_are_kept_as_typed_without_what_turns_or_breaks_a_line(
    given_name: str, kept: str | None, hub: MemoryTable
) -> None:
    tell(guest("g1", given_name))
    head = guests.heads([the_guest("g1").id])[Leaf(leaf("g1"))]
    record = guests.with_records({head.leaf: head})[head.leaf].record
    assert record
    assert record.given_name == kept


@pytest.mark.parametrize("words", [("Walk-In", "Guest"), ("TBA", None), (None, "House Account")])
def test_a_profile_of_nobody_keeps_its_stays_under_nobody(
    words: tuple[str | None, str | None], hub: MemoryTable, facts: list[Fact]
) -> None:
    tell(guest("g1", *words), reservation(primary=guest("g1", *words, email="a@mail.example"), status="checked_out"))
    assert guests.guest(Leaf(leaf("g1"))) is None
    assert [fact.leaf[0] for fact in facts if fact.leaf] == ["x"]


def test_an_error_that_nobody_foresaw_costs_the_other_changes_neither_their_place_nor_their_facts(
    hub: MemoryTable, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = rules.apply

    def breaks(change: Change, state: ProfileState) -> ProfileUpdate:
        if change.vendor_id == "g2":
            raise KeyError("anna@mail.example")
        return apply(change, state)

    monkeypatch.setattr(rules, "apply", breaks)
    three = [
        change_of(read(guest(each)), PMS, PLACES, lambda kind, value: Digest(value)) for each in ("g1", "g2", "g3")
    ]
    failed = profiles.store_changes([change for change in three if change])
    assert {at_: type(error) for at_, error in failed.items()} == {1: KeyError}
    assert {fact.subject for fact in facts} == {leaf("g1"), leaf("g3")}
