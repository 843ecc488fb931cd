"""Consent acts, receipts and suppression."""

import functools
from collections.abc import Sequence
from itertools import permutations, product

import pytest

from chalicelib.aws import bus, keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import NotFound
from chalicelib.consent import actions, rules, store
from chalicelib.consent.model import MOST_SUPPRESSED, Consent, Gate, State, Suppression
from chalicelib.guests.model import Head, Record
from chalicelib.guests.store import head_row
from tests.memory_table import MemoryTable

T1, T2, T3 = (f"2026-11-2{day}T08:00:00.000000Z" for day in (1, 2, 3))


def guest(leaf: str = "ga", members: tuple[str, ...] = ("ga",), merged_into: str | None = None) -> None:
    head = Head(leaf=leaf, record=Record(source="pms"), members=members, merged_into=merged_into)
    table.write(table.Put(head_row(head)))


def answer(leaf: str = "ga") -> str | None:
    gate = store.gate(leaf, "email")
    consent = gate.answer_to("marketing") if gate else None
    return consent.state if consent else None


def test_a_consent_opens_the_gate_and_leaves_a_receipt(aws: Settings) -> None:
    guest()
    actions.set_consent("ga", "email", "marketing", "explicit", "guest", T1, {"form": "newsletter"})
    assert answer() == "explicit"
    assert [(each.state, each.proof) for each in actions.history("ga")] == [("explicit", {"form": "newsletter"})]


def test_the_same_act_twice_is_one_act(aws: Settings) -> None:
    guest()
    actions.set_consent("ga", "email", "marketing", "withdrawn", "guest", T1)
    assert actions.set_consent("ga", "email", "marketing", "withdrawn", "guest", T2).at == T1
    assert len(actions.history("ga")) == 1


def test_an_act_through_an_old_leaf_reaches_the_merged_guest(aws: Settings) -> None:
    guest("ga", members=("ga", "gb"))
    guest("gb", members=(), merged_into="ga")
    actions.set_consent("gb", "email", "marketing", "withdrawn", "guest", T1)
    actions.set_consent("ga", "email", "marketing", "explicit", "guest", T2)
    assert answer() == "explicit"
    actions.set_consent("gb", "email", "marketing", "withdrawn", "guest", T3)
    assert answer() == "withdrawn"
    assert [each.leaf for each in actions.history("gb")] == ["gb", "ga", "gb"]


def test_a_late_act_does_not_undo_a_newer_one(aws: Settings) -> None:
    guest()
    actions.set_consent("ga", "email", "marketing", "withdrawn", "guest", T2)
    actions.set_consent("ga", "email", "marketing", "explicit", "guest", T1)
    assert answer() == "withdrawn"


@pytest.mark.parametrize("last", ["withdrawn", "explicit"])
@pytest.mark.parametrize("leaves", list(product(("ga", "gb"), repeat=3)))
def test_the_newest_of_three_acts_is_in_effect_in_whatever_order_they_come(
    last: State, leaves: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says no, and no again, objects to what was said in between."""
    other: State = "explicit" if last == "withdrawn" else "withdrawn"
    said = list(zip(leaves, (last, other, last), (T1, T2, T3), strict=True))
    monkeypatch.setattr(bus, "announce", lambda facts: None)
    for order in permutations(said):
        MemoryTable().install(monkeypatch)
        guest("ga", members=("ga", "gb"))
        guest("gb", members=(), merged_into="ga")
        for leaf, state, at in order:
            actions.set_consent(leaf, "email", "marketing", state, "guest", at)
        assert answer() == last


def test_nobody_cannot_consent(aws: Settings) -> None:
    with pytest.raises(NotFound):
        actions.set_consent("gx", "email", "marketing", "explicit", "guest", T1)


def test_a_source_cannot_overrule_the_guest() -> None:
    objection = {rules.FLAGGED: Consent(state="withdrawn", basis="guest", at=T1)}
    assert rules.answers([objection], [Consent(state="explicit", basis="source", at=T2)]) == objection


def test_of_two_acts_at_one_instant_the_objection_is_in_effect_in_either_order() -> None:
    granted, objected = (Consent(state=state, basis="guest", at=T1) for state in ("explicit", "withdrawn"))
    gate = Gate(guest="g")
    for first, second in ((granted, objected), (objected, granted)):
        known = rules.with_act(gate, rules.FLAGGED, first)
        assert rules.with_act(known, rules.FLAGGED, second).answers == {rules.FLAGGED: objected}
    assert rules.is_news(
        rules.with_act(gate, rules.FLAGGED, granted), {rules.FLAGGED: granted}, rules.FLAGGED, objected
    )
    known = rules.with_act(gate, rules.FLAGGED, objected)
    assert not rules.is_news(known, {rules.FLAGGED: objected}, rules.FLAGGED, granted)


def test_suppressions_come_out_the_same_in_any_order(aws: Settings) -> None:
    several = [
        Suppression(reason="bounce", at=T1),
        Suppression(reason="complaint", at=T3),
        Suppression(reason="complaint", at=T2),
    ]
    for name, order in (("ga", several), ("gb", several[::-1])):
        for each in order:
            actions.suppress(name, "email", "d", each.reason)
        assert functools.reduce(rules.stronger, order).at == T2
    assert [store.gates([name], "email")[name].suppressed["d"] for name in ("ga", "gb")] == ["complaint", "complaint"]


def test_a_guest_with_more_suppressed_addresses_than_a_gate_can_name_is_held_at_all_of_them() -> None:
    addresses = [f"{number:06x}" for number in range(MOST_SUPPRESSED + 1)]
    gates = []
    for order in (addresses, addresses[::-1]):
        gate = Gate(guest="g")
        for address in order[:-1]:
            gate = rules.with_suppression(gate, address, "bounce")
        assert gate.suppression_of("ffffff") is None
        gates.append(rules.with_suppression(gate, order[-1], "complaint"))
    for gate in (*gates, rules.regrouped("h", "email", gates, {})):
        assert gate.suppression_of("ffffff") == gate.suppression_of(addresses[0]) == "complaint"
        assert rules.with_suppression(gate, "eeeeee", "bounce") is gate


def test_an_unchanged_gate_is_not_written(aws: Settings) -> None:
    actions.suppress("ga", "email", "d", "bounce")
    before = table.get(keys.gate("ga", "email"))
    actions.suppress("ga", "email", "d", "bounce")
    assert table.get(keys.gate("ga", "email")) == before
