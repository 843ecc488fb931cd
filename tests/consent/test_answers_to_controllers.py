"""What a guest answered one controller is nobody else's answer; an objection outlives a change of names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations, product

import pytest

from chalicelib.aws import bus, table
from chalicelib.canonical.ids import ControllerId, Digest, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions, store
from chalicelib.consent.acts import newest_acts
from chalicelib.consent.model import EMAIL, MARKETING, Basis, Consent, Gate, State, key_of, remembered_key
from chalicelib.consent.rules import answer_for, answers, with_acts
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.store import head_row
from chalicelib.messages.holds import UNASKED, decide
from chalicelib.messages.known import Cap, Known
from chalicelib.messages.reasons import Reason
from tests.ids import PMS, guest_id
from tests.memory_table import MemoryTable

ALPINE, ATLANTIC, OLD = (ControllerId(each) for each in ("alpine", "atlantic", "old"))
T1, T2, T3 = (Instant(f"2026-11-2{day}T08:00:00.000000Z") for day in (1, 2, 3))


def said(state: State, at: Instant, basis: Basis = "guest") -> Consent:
    return Consent(state=state, basis=basis, at=at)


def gate(**answers_: Consent) -> Gate:
    told = {key_of(MARKETING, ControllerId(controller)): each for controller, each in answers_.items()}
    return Gate(guest=guest_id("ga"), channel=EMAIL, answers=told)


def test_an_answer_is_its_controller_s_alone() -> None:
    known = gate(alpine=said("explicit", T1), atlantic=said("withdrawn", T2))
    assert [answer_for(known, MARKETING, each) for each in (ALPINE, ATLANTIC, OLD)] == [
        said("explicit", T1),
        said("withdrawn", T2),
        None,
    ]


@pytest.mark.parametrize(
    ("now", "before", "state"),
    [
        (None, said("withdrawn", T1), "withdrawn"),
        (said("explicit", T3, "source"), said("withdrawn", T1), "withdrawn"),
        (said("explicit", T3), said("withdrawn", T1), "explicit"),
        (said("confirmed", T3, "staff"), said("withdrawn", T1), "confirmed"),
        (said("explicit", T1), said("withdrawn", T2), "withdrawn"),
        (said("explicit", T2), said("withdrawn", T2), "withdrawn"),
        (said("withdrawn", T3), said("explicit", T1), "withdrawn"),
        (said("explicit", T1, "source"), said("explicit", T2), "explicit"),
        (None, said("explicit", T1), None),
    ],
)
def test_an_objection_to_who_answered_before_holds_until_a_later_yes_of_the_guest_s_own(
    now: Consent | None, before: Consent, state: str | None
) -> None:
    known = gate(old=before, **({"alpine": now} if now else {}))
    found = answer_for(known, MARKETING, ALPINE, [OLD])
    assert (found.state if found else None) == state
    assert answer_for(known, MARKETING, ATLANTIC) is None


def test_of_objections_to_several_that_answered_before_the_last_one_counts() -> None:
    known = gate(old=said("withdrawn", T1), alpine=said("withdrawn", T3), atlantic=said("explicit", T2))
    assert answer_for(known, MARKETING, ATLANTIC, [OLD, ALPINE]) == said("withdrawn", T3)
    assert answer_for(known, MARKETING, ATLANTIC, [OLD]) == said("explicit", T2)


def test_an_act_beats_the_flags_about_its_own_controller_alone() -> None:
    alpine, atlantic = key_of(MARKETING, ALPINE), key_of(MARKETING, ATLANTIC)
    flag, newer, objection = said("explicit", T2, "source"), said("explicit", T3, "source"), said("withdrawn", T1)
    found = answers([{alpine: objection}], [{alpine: newer, atlantic: flag}, {atlantic: newer}])
    assert found == {alpine: objection, atlantic: newer}


GA, GB = guest_id("ga"), guest_id("gb")
Act = tuple[ControllerId, State, Instant]
NO_TO_OLD: Act = (OLD, "withdrawn", T1)
YES_TO_OLD: Act = (OLD, "explicit", T2)
YES_TO_NEW: Act = (ALPINE, "explicit", T3)
EARLIER_YES_TO_NEW: Act = (ALPINE, "explicit", Instant("2026-11-20T08:00:00.000000Z"))


def guest_of_two_records() -> None:
    for leaf, members, merged_into in ((GA, (GA, GB), None), (GB, (), GA)):
        head = Head(leaf=leaf, record=Record(source=PMS), members=members, merged_into=merged_into)
        table.write(table.Put(head_row(head)))


def act(leaf: Leaf, said_: Act) -> None:
    controller, state, at = said_
    actions.set_consent(leaf, EMAIL, "marketing", controller, state, "guest", at)


@pytest.mark.parametrize(
    ("acts", "old", "new"),
    [
        ([NO_TO_OLD, YES_TO_OLD], "explicit", "withdrawn"),
        ([NO_TO_OLD, YES_TO_OLD, EARLIER_YES_TO_NEW], "explicit", "withdrawn"),
        ([NO_TO_OLD, YES_TO_OLD, YES_TO_NEW], "explicit", "explicit"),
        ([YES_TO_OLD, YES_TO_NEW], "explicit", "explicit"),
        ([YES_TO_OLD], "explicit", None),
    ],
)
def test_a_yes_to_the_company_of_before_takes_no_objection_back_for_its_successor_in_whatever_order_they_come(
    acts: Sequence[Act], old: str, new: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A yes is given to a company. Through which records it is all said makes no difference, either."""
    monkeypatch.setattr(bus, "announce", lambda facts: None)
    for order in permutations(acts):
        for leaves in product((GA, GB), repeat=len(order)):
            MemoryTable().install(monkeypatch)
            guest_of_two_records()
            for leaf, each in zip(leaves, order, strict=True):
                act(leaf, each)
            gate_ = store.gate(GA, EMAIL)
            assert gate_ is not None
            found = [answer_for(gate_, MARKETING, OLD), answer_for(gate_, MARKETING, ALPINE, [OLD])]
            assert [each.state if each else None for each in found] == [old, new]
            assert gate_.answers == answers([store.acts(leaf, EMAIL) for leaf in (GA, GB)], [])


def test_who_objected_to_the_company_of_before_is_held_as_withdrawn_though_a_source_says_yes_to_the_new_one() -> None:
    known = gate(old=said("explicit", T2), alpine=said("explicit", T3, "source"))
    objected = known.with_answers({**known.answers, remembered_key(key_of(MARKETING, OLD)): said("withdrawn", T1)})
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    succeeding = Known(noon, guest=GA, gate=objected, controller=ALPINE, succeeds=frozenset({OLD}))
    assert decide(UNASKED, replace(succeeding, address=Digest("d"), cap=Cap(3, 7))) is Reason.WITHDRAWN
    assert (
        decide(UNASKED, replace(succeeding, address=Digest("d"), cap=Cap(3, 7), controller=OLD, succeeds=frozenset()))
        is None
    )


def test_an_objection_is_remembered_only_where_a_yes_took_it_back() -> None:
    topic = key_of(MARKETING, OLD)
    no, yes, later_no = said("withdrawn", T1), said("explicit", T2), said("withdrawn", T3)
    assert newest_acts([{topic: no}]) == {topic: no}
    assert newest_acts([{topic: no}, {topic: yes}]) == {topic: yes, remembered_key(topic): no}
    assert newest_acts([{topic: no}, {topic: yes}, {topic: later_no}]) == {topic: later_no}
    known = with_acts(gate(old=no), topic, [{topic: no}, {topic: yes}, {topic: later_no}])
    assert known.answers == {topic: later_no}
