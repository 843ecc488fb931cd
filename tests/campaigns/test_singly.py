"""Mails that are sent one by one: a lost answer leaves one guest unknown, and not fifty."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions
from chalicelib.campaigns.model import RunState
from chalicelib.settings import store as settings
from tests.campaigns.worlds import NOW, guest, launched, run_to_end, tick, turn
from tests.mail_fakes import FakeSes


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    kept = settings.get()
    settings.save(kept.model_copy(update={"mails_singly": True, "version": 2}), replaces=1)
    return FakeSes().install()


@pytest.fixture
def clock(ses: FakeSes) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def test_each_mail_is_a_call_of_its_own_with_all_that_a_bulk_mail_has(clock: Any, ses: FakeSes) -> None:
    run = run_to_end(clock, launched([guest(f"g{at}") for at in range(5)]))
    assert run.counts == {"sent": 5}
    assert ses.requests == 5
    mail = ses.accepted[0]
    assert mail["tags"].keys() == {"run", "guest", "claim"}
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["configuration_set"] == "xenia-test-marketing-untracked"
    assert "Dear" in mail["html"]


def test_a_lost_answer_leaves_one_guest_unknown_and_the_others_are_mailed(clock: Any, ses: FakeSes) -> None:
    def loses_the_second(to: str) -> str:
        ses.loses_answers = to.startswith("g1")
        return "SUCCESS"

    ses.status_of = loses_the_second
    assert run_to_end(clock, launched([guest(f"g{at}") for at in range(5)])).counts == {"sent": 4, "unknown": 1}
    assert len(ses.accepted) == 5


def test_a_rejected_mail_is_one_recipient_s(clock: Any, ses: FakeSes) -> None:
    ses.status_of = lambda to: "MESSAGE_REJECTED" if to.startswith("g1") else "SUCCESS"
    assert run_to_end(clock, launched([guest(f"g{at}") for at in range(3)])).counts == {"sent": 2, "failed": 1}


def test_after_a_refusal_the_rest_of_the_chunk_waits_and_everybody_is_mailed_once(clock: Any, ses: FakeSes) -> None:
    refused = list[str]()

    def third_is_too_much(to: str) -> str:
        if len(ses.accepted) == 2 and not refused:
            refused.append(to)
            return "ACCOUNT_THROTTLED"
        return "SUCCESS"

    ses.status_of = third_is_too_much
    run = launched([guest(f"g{at}") for at in range(6)])
    tick()
    turn()
    assert ses.requests == 3
    assert run_to_end(clock, run).counts == {"sent": 6}
    assert sorted(ses.recipients) == [f"g{at}@example.com" for at in range(6)]


def test_a_paused_account_pauses_the_run_at_the_first_mail(clock: Any, ses: FakeSes) -> None:
    ses.error = (400, "SendingPausedException")
    run = launched([guest(f"g{at}") for at in range(4)])
    tick()
    turn()
    assert (actions.run(run.id).state, ses.requests) == (RunState.PAUSED, 1)
    ses.error = None
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": 4}


def test_a_run_keeps_the_way_that_it_began_with(clock: Any, ses: FakeSes) -> None:
    run = launched([guest(f"g{at}") for at in range(3)])
    kept = settings.get()
    settings.save(kept.model_copy(update={"mails_singly": False, "version": 3}), replaces=2)
    run_to_end(clock, run)
    assert ses.requests == 3
