"""What a person decides about two records: it joins, parts, waits, outlives what sources say, and stays bounded."""

from typing import Any

import pytest

from chalicelib.aws import keys, secrets
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Digest, GuestId, Leaf, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, MARKETING
from chalicelib.guests import store as guests
from chalicelib.identity.model import MOST_DECISIONS, MOST_REASON, Decision, Verdict, pair_of
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import MergeDecision
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import VIENNA, at, decided, guest, reservation
from tests.ids import PMS, guest_id
from tests.memory_table import MemoryTable

ADDRESS = "jones.partners@mail.example"
ANNA, BEN = guest("g1", email=ADDRESS), guest("g2", "Ben", "Ray")
ANNA_TOO = guest("g2", email=ADDRESS)
TOGETHER, APART = {frozenset({"g1", "g2"})}, {frozenset({"g1"}), frozenset({"g2"})}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def tell(*told: dict[str, Any] | MergeDecision) -> None:
    for each in told:
        assert store(each) == {}


def store(told: dict[str, Any] | MergeDecision) -> dict[int, Exception]:
    said = told if isinstance(told, MergeDecision) else change_of(read(told), PMS, {VIENNA.id: VIENNA}, _digest)
    return profiles.store_changes([said] if said else [])


def _digest(kind: str, value: str) -> Digest:
    return Digest(f"{kind}-{value}")


def leaf(source_id: str) -> str:
    return leaf_of_profile(PMS, source_id)


def parties(*source_ids: str) -> set[frozenset[str]]:
    """The guests of some profiles, by the vendor's ids."""
    ids = {leaf(each): each for each in source_ids}
    found = [guests.guest(Leaf(each)) for each in ids]
    return {frozenset(ids[member] for member in each.members) for each in found if each}


def types(facts: list[Fact]) -> list[str]:
    return [fact.type for fact in facts if fact.type.startswith("GuestM") or fact.type.startswith("GuestU")]


def test_a_person_joins_two_records_and_takes_it_back(hub: MemoryTable, facts: list[Fact]) -> None:
    tell(ANNA, reservation(primary=BEN, status="checked_out"), decided("g1", "g2"))
    assert parties("g1", "g2") == TOGETHER
    traits = [found.traits for each in ("g1", "g2") if (found := guests.guest(Leaf(leaf(each))))]
    assert [each.stats.stays for each in traits] == [1, 1]
    assert types(facts) == ["GuestMerged"]
    tell(decided("g1", "g2", "withdrawn", 1))
    assert parties("g1", "g2") == APART
    assert types(facts) == ["GuestMerged", "GuestUnmerged", "GuestUnmerged"]


def test_a_person_keeps_apart_what_one_name_at_one_mailbox_joins(hub: MemoryTable, facts: list[Fact]) -> None:
    tell(ANNA, ANNA_TOO)
    assert parties("g1", "g2") == TOGETHER
    tell(decided("g1", "g2", "apart"))
    assert parties("g1", "g2") == APART
    assert {"GuestUnmerged"} <= set(types(facts))
    tell({**ANNA_TOO, "phone": "+43 1 5880 0000", "changed_at": at(1)})
    tell({**ANNA, "phone": "+43 1 5880 0000", "changed_at": at(2)})
    assert parties("g1", "g2") == APART


def test_a_join_holds_whatever_either_record_says_later(hub: MemoryTable) -> None:
    tell(ANNA, BEN, decided("g1", "g2"))
    tell({**BEN, "given_name": "Benno", "changed_at": at(1)}, {**ANNA, "email": None, "changed_at": at(2)})
    assert parties("g1", "g2") == TOGETHER
    tell(guest("g3", "Benno", "Ray", merged_into="g2"))
    assert parties("g1", "g2", "g3") == {frozenset({"g1", "g2", "g3"})}


@pytest.mark.parametrize(("record", "verdict", "expected"), [(BEN, "join", TOGETHER), (ANNA_TOO, "apart", APART)])
def test_a_decision_waits_for_a_record_that_is_not_known_yet(
    record: dict[str, Any], verdict: str, expected: set[frozenset[str]], hub: MemoryTable, facts: list[Fact]
) -> None:
    tell(ANNA, decided("g1", "g2", verdict))
    assert guests.guest(Leaf(leaf("g2"))) is None
    assert parties("g1") == {frozenset({"g1"})}
    tell(record)
    assert parties("g1", "g2") == expected
    assert types(facts) == []  # nobody was two guests who are one now, nor the other way round


@pytest.mark.parametrize("flags", [(True, True), (True, None), (None, True)])
def test_gates_follow_a_decision(flags: tuple[bool | None, bool | None], hub: MemoryTable) -> None:
    tell({**ANNA, "marketing_email": flags[0]}, {**BEN, "marketing_email": flags[1]}, decided("g1", "g2"))
    first, second = sorted(map(leaf, ("g1", "g2")))
    assert (agreed(guest_id(first)), gates.gate(guest_id(second), EMAIL)) == (True, None)
    tell(decided("g1", "g2", "apart", 1))
    assert (agreed(guest_id(leaf("g1"))), agreed(guest_id(leaf("g2")))) == (bool(flags[0]), bool(flags[1]))


def agreed(guest: GuestId) -> bool:
    gate = gates.gate(guest, EMAIL)
    return gate is not None and gate.answer_to(MARKETING, GROUP_CONTROLLER) is not None


def test_a_decision_that_comes_again_writes_nothing_and_announces_again(hub: MemoryTable, facts: list[Fact]) -> None:
    tell(ANNA, BEN)
    facts.clear()
    tell(decided("g1", "g2"))
    before, told = dict(hub.rows), [fact.fact_id for fact in facts]
    facts.clear()
    tell(decided("g1", "g2"))
    assert hub.rows == before
    assert [fact.fact_id for fact in facts] == told
    assert told


def test_an_older_decision_that_comes_late_changes_nothing(hub: MemoryTable) -> None:
    tell(ANNA, BEN, decided("g1", "g2", "withdrawn", 2))
    before = dict(hub.rows)
    tell(decided("g1", "g2", "join", 1))
    assert hub.rows == before


def test_a_join_that_makes_too_large_a_guest_is_refused_and_nothing_is_written(hub: MemoryTable) -> None:
    ann = [guest(f"a{number:02d}", "Ann", email=ADDRESS) for number in range(25)]
    bea = [guest(f"b{number:02d}", "Bea", email="bea@mail.example") for number in range(16)]
    tell(*ann, *bea)
    before = dict(hub.rows)
    (error,) = store(decided("a03", "b07")).values()
    assert isinstance(error, Rejected)
    assert error.reason == "too_many_records"
    assert hub.rows == before
    tell(decided("a03", "b07", "apart", 1))


def test_a_record_takes_a_stated_number_of_decisions_and_its_head_does_not_grow_with_them(hub: MemoryTable) -> None:
    tell(ANNA)
    tell(decided("g1", "p0", "apart"))
    head = dict(hub.rows[keys.head(Leaf(leaf("g1")))])
    tell(*(decided("g1", f"p{number}", "apart") for number in range(1, MOST_DECISIONS)))
    assert hub.rows[keys.head(Leaf(leaf("g1")))] | {"rev": head["rev"]} == head
    before = dict(hub.rows)
    (error,) = store(decided("g1", "one more", "apart")).values()
    assert isinstance(error, Rejected)
    assert error.reason == "too_many_decisions"
    assert hub.rows == before
    tell(decided("g1", "p0", "withdrawn", 1))


def test_a_reason_is_kept_and_has_an_end(hub: MemoryTable) -> None:
    tell(decided("g1", "g2", reason="The same passport, shown at the desk."))
    assert "The same passport" in hub.rows[keys.decisions(Leaf(leaf("g2")))]["decisions"]
    with pytest.raises(ValueError, match="200 characters"):
        Decision(pair_of(Leaf("a"), Leaf("b")), Verdict.JOIN, Instant("1"), "front-desk", "x" * (MOST_REASON + 1))
