"""What a guest answered one controller is nobody else's answer; an objection outlives a change of names."""

import pytest

from chalicelib.canonical.ids import ControllerId
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL, MARKETING, Basis, Consent, Gate, State, key_of
from chalicelib.consent.rules import answer_for, answers
from tests.ids import guest_id

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
