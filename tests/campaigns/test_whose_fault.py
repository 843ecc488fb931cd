"""What is everybody's fault stops a run and is nobody's decision; what is one guest's is theirs alone."""

from typing import Any

import pytest

from chalicelib.campaigns import actions
from chalicelib.campaigns.model import RunState
from chalicelib.messages import store
from chalicelib.settings import store as settings
from chalicelib.settings.actions import save as save_settings
from tests.campaigns.worlds import guest, launched, plan_by_hand, run_to_end, tick, turn
from tests.ids import SPRING
from tests.mail_fakes import FakeSes

CODES = ["BadRequestException", "ValidationException"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("guests", [1, 2, 9])
def test_a_run_of_few_pauses_when_every_call_is_refused_and_loses_nobody(
    clock: Any, ses: FakeSes, code: str, guests: int
) -> None:
    ses.error = (400, code)
    run = launched([guest(f"g{at}") for at in range(guests)])
    tick()
    turn()
    paused = actions.run(run.id)
    assert (paused.state, paused.reason, paused.counts) == (RunState.PAUSED, code, {})
    ses.error = None
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": guests}
    assert len(ses.accepted) == guests


@pytest.mark.exhaustive
@pytest.mark.parametrize("status", ["MESSAGE_REJECTED", "INVALID_PARAMETER", "FAILED"])
@pytest.mark.parametrize("guests", [1, 9])
@pytest.mark.parametrize("singly", [False, True])
def test_so_it_does_when_each_mail_is_refused_by_itself(
    clock: Any, ses: FakeSes, status: str, guests: int, *, singly: bool
) -> None:
    """SES says of a sender that it does not like in each entry what it would say of one recipient."""
    save_settings(settings.get().model_copy(update={"mails_singly": singly, "version": None}))
    ses.status_of = lambda _: status
    run = launched([guest(f"g{at}") for at in range(guests)])
    tick()
    turn()
    assert (actions.run(run.id).state, actions.run(run.id).counts) == (RunState.PAUSED, {})
    ses.status_of = lambda to: "SUCCESS" if to.endswith("amazonses.com") or to != "g0@example.com" else status
    actions.resume(run.id)
    counts = {"failed": 1, "sent": guests - 1}
    assert run_to_end(clock, run).counts == {code: number for code, number in counts.items() if number}


def test_so_it_does_when_each_guest_stands_in_a_chunk_of_their_own(clock: Any, ses: FakeSes) -> None:
    ses.error = (400, "BadRequestException")
    everybody = [guest(f"g{at}") for at in range(4)]
    run = launched([])
    assert run.id
    actions.cancel(run.id)
    clock.shift(60)
    run = actions.launch(SPRING)
    plan_by_hand(run, {at: [each] for at, each in enumerate(everybody)})
    tick()
    turn()
    assert actions.run(run.id).state is RunState.PAUSED
    assert [store.message(each, run.id) for each in everybody] == [None] * 4
    ses.error = None
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": 4}


@pytest.mark.parametrize("guests", [["bad"], ["bad", "good", "better"]])
def test_one_guest_s_refused_mail_is_that_guest_s_and_the_run_goes_on(
    clock: Any, ses: FakeSes, guests: list[str]
) -> None:
    ses.malformed_for = "bad@example.com"
    run = launched([guest(each) for each in guests])
    counts = {"failed": 1, "sent": len(guests) - 1}
    assert run_to_end(clock, run).counts == {code: number for code, number in counts.items() if number}
    assert len(ses.accepted) == len(guests) - 1


def test_mails_sent_singly_pause_a_run_as_well(clock: Any, ses: FakeSes) -> None:
    change = settings.get().model_copy(update={"mails_singly": True, "version": None})
    save_settings(change)
    ses.error = (400, "BadRequestException")
    run = launched([guest("anna"), guest("ben")])
    tick()
    turn()
    assert actions.run(run.id).state is RunState.PAUSED
    ses.error = None
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": 2}
