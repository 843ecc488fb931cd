"""Guests whose mail is lost are mailed again by a person's decision: exactly they, and once."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions, decisions, planning, store
from chalicelib.campaigns.model import Run
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import CampaignId
from chalicelib.consent.model import EMAIL
from chalicelib.messages import actions as messages
from tests.campaigns.worlds import NOW, campaign, guest, launched, plan_of, run_to_end, tick, turn
from tests.ids import SPRING, run_id
from tests.mail_fakes import FakeSes, mail_event, wrapped

THREE_DAYS = 73 * 3600


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


@pytest.fixture
def clock(ses: FakeSes) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def ended_with_lost_answers(clock: Any, ses: FakeSes, number: int = 3) -> Run:
    """The last guest agreed to nothing; of the others SES took the mails, and its answer was lost."""
    everybody = [guest(f"g{at}", state="explicit" if at < number else None) for at in range(number + 1)]
    ses.loses_answers = True
    run = run_to_end(clock, launched(everybody))
    assert run.counts == {"unknown": number, "no_consent": 1}
    ses.loses_answers = False
    return run


def tell(mail: Any) -> None:
    messages.record_event(wrapped(mail_event("Send", mail, "2026-11-23T12:01:00.000Z")), EMAIL)


def test_exactly_those_whose_mail_is_lost_are_mailed_and_asking_again_is_the_same_run(clock: Any, ses: FakeSes) -> None:
    run = ended_with_lost_answers(clock, ses)
    tell(ses.accepted[0])
    clock.shift(THREE_DAYS)
    before = len(ses.accepted)
    again = actions.mail_missed(SPRING, run.id)
    assert again.instead_of == run.id
    assert run_to_end(clock, again).counts == {"sent": 2}
    assert sorted(ses.recipients[before:]) == ["g1@example.com", "g2@example.com"]
    assert actions.mail_missed(SPRING, run.id).id == again.id
    turn()
    assert len(ses.accepted) == before + 2
    kept = store.run(run.id)
    assert kept
    assert kept.counts == {"unknown": 3, "no_consent": 1}
    assert actions.run(run.id).counts == {"sent": 1, "lost": 2, "no_consent": 1}, "as the decisions say by now"


def test_who_is_heard_of_before_their_turn_is_held(clock: Any, ses: FakeSes) -> None:
    run = ended_with_lost_answers(clock, ses)
    clock.shift(THREE_DAYS)
    again = actions.mail_missed(SPRING, run.id)
    for part in range(16):
        planning.plan_run({"run": again.id, "part": part})
    tell(ses.accepted[1])
    clock.shift(60)
    assert run_to_end(clock, again).counts == {"sent": 2, "not_missed": 1}
    held = {each.guest: each.rule for each in decisions.page_of(again.id).decisions if each.reason == "not_missed"}
    assert held == {"g1": "The mail that this one was to be sent instead of turned up after all."}


def test_planning_goes_on_in_the_middle_of_a_chunk(clock: Any, ses: FakeSes) -> None:
    run = ended_with_lost_answers(clock, ses, 5)
    clock.shift(THREE_DAYS)
    again = actions.mail_missed(SPRING, run.id)
    turns = 0
    while not plan_of(again, 0).done:
        planning.plan_run({"run": again.id, "part": 0}, lambda: 5.0)
        clock.shift(60)
        turns += 1
        assert turns < 20
    assert run_to_end(clock, again).counts == {"sent": 5}
    assert turns > 3


def test_nobody_is_mailed_again_before_ses_had_its_time(clock: Any, ses: FakeSes) -> None:
    run = ended_with_lost_answers(clock, ses)
    clock.shift(3600)
    with pytest.raises(Conflict, match="72 hours"):
        actions.mail_missed(SPRING, run.id)
    clock.shift(THREE_DAYS)
    assert actions.mail_missed(SPRING, run.id).id != run.id


def test_no_run_is_mailed_again_beside_another_or_for_another_campaign(clock: Any, ses: FakeSes) -> None:
    run = ended_with_lost_answers(clock, ses)
    clock.shift(THREE_DAYS)
    other = actions.launch(SPRING)
    with pytest.raises(Conflict, match="Another run"):
        actions.mail_missed(SPRING, run.id)
    with pytest.raises(Conflict, match="still on"):
        actions.mail_missed(SPRING, other.id)
    campaign(CampaignId("autumn"))
    with pytest.raises(NotFound):
        actions.mail_missed(CampaignId("autumn"), run.id)
    with pytest.raises(NotFound):
        actions.mail_missed(SPRING, run_id("n-unknown"))


def test_a_lost_mail_that_is_mailed_again_can_be_paused_and_cancelled_like_any(clock: Any, ses: FakeSes) -> None:
    run = ended_with_lost_answers(clock, ses)
    clock.shift(THREE_DAYS)
    before = len(ses.accepted)
    again = actions.mail_missed(SPRING, run.id)
    turn(["plan"])
    tick()
    actions.cancel(again.id)
    assert run_to_end(clock, again).counts == {"run_cancelled": 3}
    assert len(ses.accepted) == before
