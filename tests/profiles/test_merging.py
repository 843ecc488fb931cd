"""What people decide about guests: beside each other, against what sources say later, and taken back."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Leaf, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity.model import MOST_LEAVES, Verdict
from chalicelib.profiles import merging
from chalicelib.profiles.verdicts import Word
from tests.builders import DAY_ONE, VIENNA, at, guest, reservation
from tests.ids import PMS
from tests.memory_table import BilledTable, MemoryTable
from tests.profiles.telling import Told, store

ANNA = guest("g1", email="anna@mail.example", marketing_email=True, property_id=VIENNA.id)
ANNE = guest("g2", "Anne", "Leigh", email="anne@mail.example", phone="+43 1 5880001", property_id=VIENNA.id)
G1, G2, G3 = (leaf_of_profile(PMS, each) for each in ("g1", "g2", "g3"))
ARRIVED: list[Told] = [
    reservation("r1", {**ANNA, "changed_at": at(3)}, status="checked_out", changed_at=at(3)),
    reservation("r2", {**ANNE, "changed_at": at(3), "language": "el"}, status="checked_out", changed_at=at(3)),
    reservation("r3", {**ANNE, "changed_at": at(3), "language": "el"}, arrival="2026-05-01", departure="2026-05-04"),
]
"""What comes in between, for either side."""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def word(minute: int, actor: str = "staff s1") -> Word:
    return Word(actor, instant(DAY_ONE + timedelta(minutes=minute)), "the same passport")


def guest_of(leaf: Leaf) -> Guest:
    found = guests.guest(leaf)
    assert found
    return found


def decide(one: Leaf, other: Leaf, verdict: str = "join", minute: int = 10, actor: str = "staff s1") -> None:
    merging.decide(one, other, Verdict(verdict), (guest_of(one), guest_of(other)), word(minute, actor))


def unmerge(of: Leaf, *leaving: Leaf, minute: int = 20) -> list[Leaf]:
    return merging.unmerge(guest_of(of), leaving, word(minute))


def told(table: MemoryTable) -> dict[Key, Item]:
    """What is kept of guests, without that anything was decided about them, or waits to be."""
    rows = {key: row for key, row in table.state().items() if key.sk != "DECISIONS" and "CANDIDATE" not in key.sk}
    return {key: {name: value for name, value in row.items() if name != "decided"} for key, row in rows.items()}


def parties(*leaves: Leaf) -> set[frozenset[Leaf]]:
    """The guests of some records, each of which belongs to one, as it and its guest both say."""
    heads = guests.heads(leaves)
    assert {leaf for head in heads.values() for leaf in head.members if head.merged_into is None} == {*leaves}
    assert all(leaf in heads[Leaf(head.guest)].members for leaf, head in heads.items())
    return {frozenset(head.members) for head in heads.values() if head.merged_into is None}


@pytest.mark.parametrize("theirs", ["join", "apart"])
def test_one_survives_whoever_decides_beside_and_from_whichever_side(theirs: str, kept: MemoryTable) -> None:
    """A into B and B into A: one guest, and no circle. One who says that they are two is the newer word, and holds."""
    for call in count():
        kept.rows.clear()
        store([ANNA, ANNE])
        kept.calls, kept.beside = 0, [(call, partial(decide, G2, G1, theirs, 11, "staff s2"))]
        decide(G1, G2)
        if kept.beside:
            break
        expected = {frozenset({G1, G2})} if theirs == "join" else {frozenset({G1}), frozenset({G2})}
        assert parties(G1, G2) == expected, f"they decided before call {call}"
    assert call > 4


def test_a_merge_beside_an_unmerge_tears_nothing_and_the_next_word_holds(kept: MemoryTable) -> None:
    for call in count():
        kept.rows.clear()
        store([ANNA, ANNE])
        decide(G1, G2, minute=1)
        kept.calls, kept.beside = 0, [(call, partial(decide, G1, G2, "join", 30, "staff s2"))]
        unmerge(G1, G2)
        if kept.beside:
            break
        left = parties(G1, G2)
        assert left in ({frozenset({G1, G2})}, {frozenset({G1}), frozenset({G2})})
        decide(G1, G2, "join", 40)
        assert parties(G1, G2) == {frozenset({G1, G2})}
    assert call > 4


def test_merge_then_unmerge_leaves_each_with_its_own_and_with_what_came_in_between(
    kept: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    store([ANNA, ANNE])
    decide(G1, G2)
    store(ARRIVED)
    assert guest_of(G1).traits.stats.stays == 2
    assert unmerge(G1, G2) == [G1]
    ends = told(kept)
    never = MemoryTable().install(monkeypatch)
    store([ANNA, ANNE, *ARRIVED])
    assert ends == told(never)


def test_what_was_split_is_never_joined_by_what_sources_say_later(kept: MemoryTable) -> None:
    store([ANNA, {**ANNA, "source_id": "g2"}, {**ANNA, "source_id": "g3"}])
    assert parties(G1, G2, G3) == {frozenset({G1, G2, G3})}
    unmerge(G1, G3)
    changed = {"phone": "+43 1 5880000", "member_number": "V-4711", "birth_date": "1980-05-17", "changed_at": at(9)}
    store([{**ANNA, **changed, "source_id": each} for each in ("g3", "g1", "g2")])
    assert parties(G1, G2, G3) == {frozenset({G1, G2}), frozenset({G3})}


def test_whoever_joins_what_was_split_takes_it_back_for_all_records(kept: MemoryTable) -> None:
    store([ANNA, {**ANNA, "source_id": "g2"}, {**ANNA, "source_id": "g3"}])
    unmerge(G1, G3)
    decide(G2, G3, minute=30)
    assert parties(G1, G2, G3) == {frozenset({G1, G2, G3})}


def test_old_ids_lead_to_who_has_the_record_now(kept: MemoryTable) -> None:
    small, large = sorted([G1, G2])
    store([ANNA, ANNE])
    decide(G1, G2)
    assert [guest_of(each).id for each in (small, large)] == [small, small]
    unmerge(small, large)
    assert [guest_of(each).id for each in (small, large)] == [small, large]


def test_what_is_decided_again_writes_nothing_and_announces_the_same(kept: MemoryTable, facts: list[Fact]) -> None:
    """Whoever got no answer asks once more, with the same key or without: a crash may have kept it from the bus."""
    store([ANNA, ANNE])
    deeds: list[tuple[Callable[[int], Any], str]] = [
        (lambda minute: decide(G1, G2, minute=minute), "GuestMerged"),
        (lambda minute: merging.unmerge(guest_of(min(G1, G2)), [G2], word(minute)), "GuestUnmerged"),
    ]
    for number, (deed, expected) in enumerate(deeds):
        facts.clear()
        deed(10 * number)
        rows, said = dict(kept.rows), [fact.fact_id for fact in facts]
        assert expected in {fact.type for fact in facts}
        facts.clear()
        deed(10 * number + (5 if min(G1, G2) != G2 else 0))
        assert kept.rows == rows
        assert [fact.fact_id for fact in facts] == said


@pytest.mark.exhaustive(quick=())
def test_a_guest_of_as_many_records_as_it_may_have_is_split_in_one_transaction(kept: MemoryTable) -> None:
    leaves = [leaf_of_profile(PMS, f"r{number:02}") for number in range(MOST_LEAVES)]
    for number in range(MOST_LEAVES):
        store([{**ANNA, "source_id": f"r{number:02}"}])
    before, half = kept.transactions, leaves[: MOST_LEAVES // 2]
    unmerge(leaves[0], *half)
    assert kept.transactions - before == 1
    assert parties(*leaves) == {frozenset(half), frozenset(leaves[MOST_LEAVES // 2 :])}


def test_nobody_is_taken_off_without_leaving_somebody(kept: MemoryTable) -> None:
    store([ANNA])
    with pytest.raises(Conflict):
        unmerge(G1, G1)


def test_what_a_decision_costs(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> None:
    """Read and write units to join two guests of a record each, to split them, and to split them once more."""
    table = BilledTable().install(monkeypatch)
    store([ANNA, ANNE])
    spent = []
    for deed in (partial(decide, G1, G2), partial(unmerge, G1, G2), partial(unmerge, min(G1, G2), G2)):
        before = table.units
        deed()
        spent.append(table.units - before)
    assert [most >= each for most, each in zip((36, 40, 18), spent, strict=True)] == [True] * 3, spent
