"""Law 10: who was erased stays erased, whatever a source knew; what is booked later begins a new guest."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, keys, secrets, table
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import ErasureId, Leaf, leaf_anew, leaf_of_profile
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Erasure
from tests.builders import at, decided, guest, reservation
from tests.exhaustive import examples
from tests.ids import PMS
from tests.memory_table import MemoryTable
from tests.profiles.telling import digest, store

MAIL = "anna@mail.example"
ANNA = guest(email=MAIL, phone="+43 1 58800 0", birth_date="1980-05-01")
BEN = guest("g2", "Ben", email=MAIL)
ERASED_AT = 10
BOOKED = reservation("r1", ANNA, booked_at=at(0), status="checked_out")
AGAIN = reservation(
    "r2", {**ANNA, "changed_at": at(20)}, booked_at=at(20), changed_at=at(20), arrival="2026-05-01",
    departure="2026-05-02",
)  # fmt: skip


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    told: list[Fact] = []
    monkeypatch.setattr(bus, "announce", told.extend)
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return told


@pytest.fixture
def memory(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def leaf(source_id: str = "g1") -> Leaf:
    return leaf_of_profile(PMS, source_id)


def erase(source_id: str = "g1", minute: int = ERASED_AT) -> None:
    known = guests.guest(leaf(source_id))
    leaves = known.members if known else (leaf(source_id),)
    profiles.store_erasure(Erasure(ErasureId(f"e{source_id}"), leaves, moment(minute), digest))


def moment(minute: int) -> Instant:
    return instant(moment_of(Instant(at(minute))))


def names_kept(memory: MemoryTable) -> list[str]:
    """Of Anna, anywhere; her digests are told by what they are of here, so their rows' keys count for nothing."""
    rows = [{name: value for name, value in row.items() if name not in {"pk", "sk"}} for row in memory.rows.values()]
    return [str(row) for row in rows if any(word in str(row) for word in ("Anna", MAIL, "58800", "1980"))]


def test_nothing_of_an_erased_guest_is_left_but_the_stays(memory: MemoryTable, facts: list[Fact]) -> None:
    store([BOOKED])
    erase()
    assert guests.guest(leaf()) is None
    assert [stay.source_id for stay in guests.stays(leaf())] == ["r1"]
    assert list(guests.walk(0, 1)) == []
    assert names_kept(memory) == []
    assert (FactType.GUEST_ERASED, leaf()) in [(fact.type, fact.subject) for fact in facts]


NOTICES_OF_BEFORE: list[dict[str, Any]] = [
    ANNA,
    {**ANNA, "changed_at": at(30), "email": "new@mail.example"},
    BOOKED,
    {**BOOKED, "changed_at": at(30), "status": "checked_out", "room_revenue_minor": 5},
    reservation("r0", {**ANNA, "changed_at": at(5)}, changed_at=at(5)),
    reservation("r0", ANNA, changed_at=at(30), backfill=True),
    reservation("r0", ANNA, changed_at=at(30), arrival="2025-02-01", departure="2025-02-02"),
    guest("g7", email=MAIL),
    guest("g7", "A.", email=MAIL, changed_at=at(30)),
    guest("g7", None, "Lee", phone="+43 1 58800 0"),
    guest("g7", "Lee", "Anna", phone="+43 1 58800 0"),
    guest("g7", "Berta", merged_into="g1", changed_at=at(30)),
    reservation("r0", guest("g7", email=MAIL), booked_at=at(0), changed_at=at(30)),
]


@pytest.mark.parametrize("notice", NOTICES_OF_BEFORE, ids=range(len(NOTICES_OF_BEFORE)))
def test_what_a_source_knew_before_brings_nobody_back(notice: dict[str, Any], memory: MemoryTable) -> None:
    store([BOOKED])
    erase()
    store([notice, notice])
    assert [guests.guest(leaf(each)) for each in ("g1", "g7")] == [None, None]
    assert guests.guest(leaf_anew(leaf())) is guests.guest(leaf_anew(leaf("g7"))) is None
    assert names_kept(memory) == []


@pytest.mark.parametrize(
    "booked",
    [
        AGAIN,
        {**AGAIN, "booked_at": None},
        reservation("r2", guest("g7", email=MAIL, changed_at=at(20)), booked_at=at(20), changed_at=at(20)),
    ],
    ids=["dated", "not dated", "by another record"],
)
def test_a_later_booking_begins_a_new_guest_without_history(booked: dict[str, Any], memory: MemoryTable) -> None:
    store([BOOKED])
    erase()
    store([booked])
    who = leaf_anew(leaf(booked["occupants"][0]["guest"]["source_id"]))
    again = guests.guest(who)
    assert again
    assert (again.traits.given_name, again.traits.stats.reservations) == ("Anna", 1)
    assert guests.guest(leaf()) is guests.guest(leaf("g7")) is None
    gate = gates.gate(again.id, EMAIL)
    assert gate
    assert set(gate.suppressed.values()) == {"erased"}


def test_what_is_agreed_to_before_is_no_consent_of_a_later_booking(memory: MemoryTable) -> None:
    agreed = {**ANNA, "marketing_email": True, "member_number": "M-1"}
    store([reservation("r1", agreed)])
    erase()
    store([{**AGAIN, "occupants": [{"role": "primary", "guest": {**agreed, "changed_at": at(20)}}]}])
    (head,) = guests.with_records(guests.heads([leaf_anew(leaf())])).values()
    assert head.record
    assert (head.record.marketing_email, head.record.member_number) == (None, None)


def test_who_reads_the_same_mailbox_stays_and_is_not_held(memory: MemoryTable) -> None:
    store([ANNA, BEN])
    erase()
    store([{**BEN, "changed_at": at(30), "language": "de"}, guest("g3", "Ben", email=MAIL, changed_at=at(31))])
    ben = guests.guest(leaf("g2"))
    assert ben
    assert ben.members == tuple(sorted([leaf("g2"), leaf("g3")]))
    gate = gates.gate(ben.id, EMAIL)
    assert gate is None or gate.suppressed == {}
    assert ben.traits.email == MAIL


def test_who_reads_the_same_mailbox_under_a_name_that_begins_alike_stays_with_all_that_is_told(
    memory: MemoryTable,
) -> None:
    alice = guest("g2", "Alice", email=MAIL)
    store([ANNA, alice])
    erase()
    store([{**alice, "source_id": "g3", "changed_at": at(31)}])
    found = guests.guest(leaf("g2"))
    assert found
    assert found.members == tuple(sorted([leaf("g2"), leaf("g3")]))


def test_who_was_not_known_yet_and_reads_the_same_mailbox_is_taken_in(memory: MemoryTable) -> None:
    store([ANNA])
    erase()
    store([BEN])
    assert guests.guest(leaf("g2")) is not None


def test_a_guest_of_several_records_is_erased_as_a_whole(memory: MemoryTable) -> None:
    store([ANNA, guest("g3", email=MAIL), guest("g4", phone="+43 1 58800 0")])
    erase("g3")
    store([ANNA, guest("g4", phone="+43 1 58800 0", changed_at=at(40))])
    assert [guests.guest(leaf(each)) for each in ("g1", "g3", "g4")] == [None] * 3


@pytest.mark.exhaustive(quick=())
def test_a_guest_of_more_records_than_one_transaction_holds_is_erased_by_and_by(
    memory: MemoryTable, facts: list[Fact]
) -> None:
    store([guest(f"g{at_}", email=MAIL) for at_ in range(36)])
    known = guests.guest(leaf("g0"))
    assert known
    assert len(known.members) == 36
    transactions = memory.transactions
    erase("g0")
    assert memory.transactions - transactions > 1
    assert all(guests.guest(each) is None for each in known.members)
    assert {fact.subject for fact in facts if fact.type is FactType.GUEST_ERASED} == set(known.members)
    assert names_kept(memory) == []


def test_what_people_decided_of_the_records_brings_nobody_back(memory: MemoryTable) -> None:
    store([ANNA, guest("g5", "Cleo"), decided("g1", "g5", minute=3)])
    erase()
    assert guests.guest(leaf("g5")) is None
    store([guest("g6", "Dora")])
    profiles.store_decision(decided("g1", "g6", minute=12))
    profiles.store_decision(decided("g1", "g5", "apart", minute=13))
    assert [key for key in memory.rows if key.sk == "DECISIONS" and key.pk == f"LEAF#{leaf('g6')}"] == []
    other = guests.guest(leaf("g6"))
    assert other
    assert other.members == (leaf("g6"),)
    assert guests.guest(leaf("g1")) is guests.guest(leaf("g5")) is None


def test_erasing_one_after_an_unmerge_leaves_the_other(memory: MemoryTable) -> None:
    store([ANNA, guest("g3", email=MAIL), decided("g1", "g3", "apart", minute=3)])
    erase()
    other = guests.guest(leaf("g3"))
    assert other
    assert other.traits.given_name == "Anna"


def test_to_be_erased_twice_is_to_be_erased_once(memory: MemoryTable, facts: list[Fact]) -> None:
    store([BOOKED])
    erase()
    before, told = memory.state(), [fact.fact_id for fact in facts]
    erase(minute=ERASED_AT)
    erase(minute=ERASED_AT + 5)
    assert memory.state() == before
    assert {fact.fact_id for fact in facts} == set(told)


def test_who_came_again_can_be_erased_again(memory: MemoryTable) -> None:
    store([BOOKED])
    erase()
    store([AGAIN])
    again = guests.guest(leaf_anew(leaf()))
    assert again
    profiles.store_erasure(Erasure(ErasureId("e2"), again.members, moment(30), digest))
    store([AGAIN, {**AGAIN, "changed_at": at(31)}])
    assert guests.guest(leaf_anew(leaf())) is None
    assert guests.guest(leaf_anew(leaf_anew(leaf()))) is None
    third = {**AGAIN, "source_id": "r3", "booked_at": at(40), "changed_at": at(40)}
    store([third])
    assert guests.guest(leaf_anew(leaf_anew(leaf()))) is not None


def test_a_source_that_anonymises_who_came_again_is_heard(memory: MemoryTable) -> None:
    store([BOOKED])
    erase()
    store([AGAIN, guest(given=None, family=None, anonymised=True, changed_at=at(25))])
    again = guests.guest(leaf_anew(leaf()))
    assert again
    assert again.traits.given_name is None


OLD = [
    ANNA,
    {**ANNA, "changed_at": at(3), "language": "de"},
    BOOKED,
    guest("g3", email=MAIL),
    BEN,
    reservation("r0", ANNA, booked_at=at(0), companions=[BEN]),
]
LATER = [
    AGAIN,
    {**AGAIN, "changed_at": at(25), "status": "in_house"},
    {**ANNA, "changed_at": at(30), "given_name": "Annabel"},
    reservation("r4", guest("g3", email=MAIL, changed_at=at(21)), booked_at=at(21), changed_at=at(21)),
    reservation("r0", {**ANNA, "changed_at": at(40)}, booked_at=at(0), changed_at=at(40), status="cancelled"),
]


@pytest.mark.exhaustive(inside=True)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), size=st.integers(1, 4))
def test_in_any_order_and_any_repetition_it_ends_in_the_same_table(
    seed: int, size: int, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notices of before the erasure come before it, after it, or both; what was done later comes later."""
    expected = _stored(monkeypatch, [OLD, "erase", LATER])
    dice = random.Random(seed)
    early = dice.sample(OLD[1:], dice.randint(0, len(OLD) - 1))
    late = [*OLD, *LATER, *dice.sample([*OLD, *LATER], 3)]
    dice.shuffle(late)
    batches = [late[start : start + size] for start in range(0, len(late), size)]
    assert _stored(monkeypatch, [[ANNA], early, "erase", *batches]) == expected


def _stored(monkeypatch: pytest.MonkeyPatch, steps: Sequence[list[dict[str, Any]] | str]) -> object:
    memory = MemoryTable().install(monkeypatch)
    for step in steps:
        if isinstance(step, str):
            erase()
        else:
            store(step)
    return memory.state()


def test_a_gate_is_closed_to_what_was_decided_before(memory: MemoryTable) -> None:
    store([{**ANNA, "marketing_email": True}])
    before = gates.gate(guests.one_leaf_each([leaf()])[0], EMAIL)  # type: ignore[arg-type]
    assert before
    erase()
    row = memory.rows[keys.gate(before.guest, EMAIL)]
    assert row["erased"]
    assert row["rev"] > before.rev
    with pytest.raises(table.ConditionFailed):
        table.write(gates.replace(before, before))


def test_who_dies_behind_the_first_of_several_transactions_left_nobody_to_be_mailed(memory: MemoryTable) -> None:
    store([{**ANNA, "marketing_email": True}, *(guest(f"g{at_}", email=MAIL) for at_ in range(2, 5))])
    whole = Erasure(ErasureId("e1"), tuple(sorted(leaf(f"g{at_}") for at_ in range(1, 5))), moment(ERASED_AT), digest)
    first, second = whole.halves
    profiles.store_erasure(first.halves[0])
    for each in whole.leaves:
        found = guests.guest(each)
        gate = gates.gate(found.id, EMAIL) if found else None
        assert found is None or (gate and gate.erased)
    profiles.store_erasure(first.halves[1])
    profiles.store_erasure(second)
    assert names_kept(memory) == []


def test_what_joined_a_guest_between_two_transactions_and_stays_is_held_no_more(memory: MemoryTable) -> None:
    store([ANNA, *(guest(f"g{at_}", email=MAIL) for at_ in range(2, 5))])
    whole = Erasure(ErasureId("e1"), tuple(sorted(leaf(f"g{at_}") for at_ in range(1, 5))), moment(ERASED_AT), digest)
    first, second = whole.halves
    profiles.store_erasure(first)
    store([guest("g9", email=MAIL, changed_at=at(3))])
    joined = guests.guest(leaf("g9"))
    assert joined
    assert len(joined.members) == 3
    profiles.store_erasure(second)
    left = guests.guest(leaf("g9"))
    assert left
    gate = gates.gate(left.id, EMAIL)
    assert gate is None or not gate.erased
