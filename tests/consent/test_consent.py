"""Consent acts, receipts and suppression."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product

import pytest

from chalicelib.aws import bus, keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ControllerId, Digest, GuestId, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions, rules, store
from chalicelib.consent.model import EMAIL, MARKETING, MOST_SUPPRESSED, Consent, Gate, State, Suppression, key_of
from chalicelib.consent.said import Act, Recorded
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.store import head_row
from chalicelib.settings.model import GROUP_CONTROLLER
from tests import tables
from tests.crashes import crash_at, points_of
from tests.exhaustive import some_of
from tests.ids import PMS, guest_id
from tests.memory_table import MemoryTable

D = Digest("d")

GA, GB = guest_id("ga"), guest_id("gb")
TOPIC = key_of(MARKETING, GROUP_CONTROLLER)
T1, T2, T3 = (Instant(f"2026-11-2{day}T08:00:00.000000Z") for day in (1, 2, 3))


def guest(leaf: Leaf = GA, members: tuple[Leaf, ...] = (GA,), merged_into: GuestId | None = None) -> None:
    head = Head(leaf=leaf, record=Record(source=PMS), members=members, merged_into=merged_into)
    table.write(table.Put(head_row(head)))


def answer(leaf: GuestId = GA) -> str | None:
    gate = store.gate(leaf, EMAIL)
    consent = gate.answer_to("marketing", GROUP_CONTROLLER) if gate else None
    return consent.state if consent else None


def test_a_consent_opens_the_gate_and_leaves_a_receipt(aws: Settings) -> None:
    guest()
    actions.set_consent(GA, EMAIL, "marketing", GROUP_CONTROLLER, "explicit", "guest", T1, {"form": "newsletter"})
    assert answer() == "explicit"
    assert [(each.state, each.proof) for each in actions.history(GA)] == [("explicit", {"form": "newsletter"})]


def test_the_same_act_twice_is_one_act(aws: Settings) -> None:
    guest()
    actions.set_consent(GA, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", T1)
    assert actions.set_consent(GA, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", T2).at == T1
    assert len(actions.history(GA)) == 1


def test_an_act_through_an_old_leaf_reaches_the_merged_guest(aws: Settings) -> None:
    guest(GA, members=(GA, GB))
    guest(GB, members=(), merged_into=GA)
    actions.set_consent(GB, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", T1)
    actions.set_consent(GA, EMAIL, "marketing", GROUP_CONTROLLER, "explicit", "guest", T2)
    assert answer() == "explicit"
    actions.set_consent(GB, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", T3)
    assert answer() == "withdrawn"
    assert [each.leaf for each in actions.history(GB)] == [GB, GA, GB]


def test_a_late_act_does_not_undo_a_newer_one(aws: Settings) -> None:
    guest()
    actions.set_consent(GA, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", T2)
    actions.set_consent(GA, EMAIL, "marketing", GROUP_CONTROLLER, "explicit", "guest", T1)
    assert answer() == "withdrawn"


@pytest.mark.parametrize("last", ["withdrawn", "explicit"])
@pytest.mark.parametrize("leaves", list(product((GA, GB), repeat=3)))
def test_the_newest_of_three_acts_is_in_effect_in_whatever_order_they_come(
    last: State, leaves: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says no, and no again, objects to what was said in between."""
    other: State = "explicit" if last == "withdrawn" else "withdrawn"
    said = list(zip(leaves, (last, other, last), (T1, T2, T3), strict=True))
    monkeypatch.setattr(bus, "announce", lambda facts: None)
    for order in permutations(said):
        MemoryTable().install(monkeypatch)
        guest(GA, members=(GA, GB))
        guest(GB, members=(), merged_into=GA)
        for leaf, state, at in order:
            actions.set_consent(Leaf(leaf), EMAIL, "marketing", GROUP_CONTROLLER, state, "guest", at)
        assert answer() == last


def test_nobody_cannot_consent(aws: Settings) -> None:
    with pytest.raises(NotFound):
        actions.set_consent(guest_id("gx"), EMAIL, "marketing", GROUP_CONTROLLER, "explicit", "guest", T1)


def test_a_source_cannot_overrule_the_guest() -> None:
    objection = {TOPIC: Consent(state="withdrawn", basis="guest", at=T1)}
    assert rules.answers([objection], [{TOPIC: Consent(state="explicit", basis="source", at=T2)}]) == objection


def test_of_two_acts_at_one_instant_the_objection_is_in_effect_in_either_order() -> None:
    granted, objected = (Consent(state=state, basis="guest", at=T1) for state in ("explicit", "withdrawn"))
    gate = Gate(guest=guest_id("g"), channel=EMAIL)
    for first, second in ((granted, objected), (objected, granted)):
        known = rules.with_acts(gate, TOPIC, [{TOPIC: first}])
        assert rules.with_acts(known, TOPIC, [{TOPIC: first}, {TOPIC: second}]).answers == {TOPIC: objected}
    assert rules.is_news(rules.with_acts(gate, TOPIC, [{TOPIC: granted}]), {TOPIC: granted}, TOPIC, objected)
    known = rules.with_acts(gate, TOPIC, [{TOPIC: objected}])
    assert not rules.is_news(known, {TOPIC: objected}, TOPIC, granted)


def test_suppressions_come_out_the_same_in_any_order(aws: Settings) -> None:
    several = [
        Suppression(reason="bounce", at=T1),
        Suppression(reason="complaint", at=T3),
        Suppression(reason="complaint", at=T2),
    ]
    for name, order in ((GA, several), (GB, several[::-1])):
        for each in order:
            actions.suppress(name, EMAIL, D, each.reason)
        assert functools.reduce(rules.stronger, order).at == T2
    assert [store.gates([name], EMAIL)[name].suppressed["d"] for name in (GA, GB)] == ["complaint", "complaint"]


def test_a_guest_with_more_suppressed_addresses_than_a_gate_can_name_is_held_at_all_of_them() -> None:
    addresses = [f"{number:06x}" for number in range(MOST_SUPPRESSED + 1)]
    gates = []
    for order in (addresses, addresses[::-1]):
        gate = Gate(guest=guest_id("g"), channel=EMAIL)
        for address in order[:-1]:
            gate = rules.with_suppression(gate, Digest(address), "bounce")
        assert gate.suppression_of(Digest("ffffff")) is None
        gates.append(rules.with_suppression(gate, Digest(order[-1]), "complaint"))
    for gate in (*gates, rules.regrouped(guest_id("h"), EMAIL, gates, {})):
        assert gate.suppression_of(Digest("ffffff")) == gate.suppression_of(Digest(addresses[0])) == "complaint"
        assert rules.with_suppression(gate, Digest("eeeeee"), "bounce") is gate


def test_an_unchanged_gate_is_not_written(aws: Settings) -> None:
    actions.suppress(GA, EMAIL, D, "bounce")
    before = table.get(keys.gate(GA, EMAIL))
    actions.suppress(GA, EMAIL, D, "bounce")
    assert table.get(keys.gate(GA, EMAIL)) == before


# Statements


@dataclass(frozen=True)
class Statement:
    """What somebody says that the guest said, at a time that they name."""

    state: State
    at: Instant
    how: str = "card"
    leaf: Leaf = GA

    def say(self, *, dated: bool = True) -> Recorded:
        asked = Consent(state=self.state, basis="staff", at=self.at)
        act = Act(self.leaf, EMAIL, TOPIC, asked, {"how": self.how}, dated=dated)
        return actions.record(act, MARKETING, GROUP_CONTROLLER)


def proven() -> list[tuple[str, str, str]]:
    return [(each.at, each.state, each.proof["how"]) for each in actions.history(GA)]


@pytest.mark.parametrize(
    "second",
    [
        Statement("explicit", T2, "telephone"),
        Statement("explicit", T3, "telephone"),
        Statement("explicit", T1, "card"),
        Statement("explicit", T1, "telephone"),
        Statement("withdrawn", T1, "card"),
    ],
    ids=["other words", "other words, later", "an older time", "older and in other words", "an older no"],
)
def test_a_second_statement_is_one_more_proof_and_the_newest_word_holds(aws: Settings, second: Statement) -> None:
    guest()
    first = Statement("explicit", T2)
    assert first.say().is_proven
    assert second.say().is_proven
    assert sorted(proven()) == sorted((each.at, each.state, each.how) for each in (first, second))
    assert [at for at, _, _ in proven()] == sorted([first.at, second.at])
    assert answer() == "explicit"
    assert not second.say().is_proven
    assert not first.say().is_proven
    assert len(proven()) == 2


def test_what_names_no_time_is_once_as_long_as_the_words_are_the_same(aws: Settings) -> None:
    guest()
    for at, how in ((T1, "link"), (T2, "link"), (T3, "desk")):
        Statement("withdrawn", at, how).say(dated=False)
    assert proven() == [(T1, "withdrawn", "link"), (T3, "withdrawn", "desk")]


SAID = [
    Statement("explicit", T1, "card"),
    Statement("explicit", T1, "telephone", GB),
    Statement("withdrawn", T2, "card", GB),
    Statement("explicit", T3, "card"),
]


def test_history_and_answer_are_the_same_in_whatever_order_and_however_often_statements_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bus, "announce", lambda facts: None)
    ends = set()
    for order in permutations(SAID):
        MemoryTable().install(monkeypatch)
        guest(GA, members=(GA, GB))
        guest(GB, members=(), merged_into=GA)
        for each in (*order, *order[:2], order[0]):
            each.say()
        ends.add((tuple(proven()), answer()))
    assert ends == {(tuple((each.at, each.state, each.how) for each in SAID), "explicit")}


@pytest.mark.exhaustive(inside=True)
@pytest.mark.parametrize("at", [T1, T2, T3])
def test_a_crash_at_any_call_of_a_second_statement_is_mended_by_saying_it_again(aws: Settings, at: Instant) -> None:
    def begin() -> None:
        tables.empty()
        guest()
        Statement("withdrawn", T2).say()

    def do() -> None:
        Statement("withdrawn", at, "telephone").say()

    begin()
    points = points_of(do)
    expected = tables.state()
    assert {"PutItem", "TransactWriteItems"} & {point.operation for point in points}
    for point in some_of(points):
        begin()
        assert crash_at(point, do), str(point)
        do()
        assert tables.state() == expected, str(point)


# Announcements


def leave(at: Instant = T2) -> None:
    actions.set_consent(GA, EMAIL, MARKETING, GROUP_CONTROLLER, "withdrawn", "guest", at, {"via": "unsubscribe"})


def test_who_leaves_again_and_again_is_announced_once(aws: Settings, facts: list[Fact]) -> None:
    guest()
    counts = []
    for at in (T2, T2, T3, T1, T2):
        leave(at)
        counts.append(len(facts))
    assert counts == [1] * 5


def test_who_comes_back_and_leaves_again_is_announced_each_time(aws: Settings, facts: list[Fact]) -> None:
    guest()
    said: list[tuple[State, Instant]] = [("withdrawn", T1), ("explicit", T2), ("withdrawn", T3), ("withdrawn", T3)]
    for state, at in said:
        actions.set_consent(GA, EMAIL, MARKETING, GROUP_CONTROLLER, state, "guest", at)
    assert len({fact.fact_id for fact in facts}) == len(facts) == 3


def test_what_is_said_to_another_is_announced_beside(aws: Settings, facts: list[Fact]) -> None:
    guest()
    for controller in (GROUP_CONTROLLER, "alpine", GROUP_CONTROLLER, "alpine"):
        actions.set_consent(GA, EMAIL, MARKETING, ControllerId(controller), "withdrawn", "guest", T1)
    assert len(facts) == 2


def test_after_a_crash_at_any_call_the_same_again_announces_it_and_no_third_does(
    aws: Settings, facts: list[Fact]
) -> None:
    guest()
    for point in points_of(leave):
        tables.empty()
        guest()
        facts.clear()
        assert crash_at(point, leave), str(point)
        leave(T3)
        assert len(facts) in {1, 2}, str(point)
        told = [*facts]
        leave(T3)
        assert facts == told, str(point)
