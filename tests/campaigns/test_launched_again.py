"""Who got a campaign with an earlier launch is left out, unless everybody is to get it again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.campaigns import actions, store
from chalicelib.campaigns.model import MOST_EARLIER, Run
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import GuestId, OccasionId, RunId
from chalicelib.canonical.time import instant
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.messages import actions as messages
from tests.campaigns.worlds import NOW, campaign, guest, plan_by_hand, run_to_end
from tests.ids import SPRING
from tests.mail_fakes import FakeSes, mail_event, wrapped


@pytest.fixture
def ses(ses: FakeSes) -> FakeSes:
    campaign()
    return ses


def launched(clock: time_machine.Traveller, *everybody: GuestId, again: bool = False) -> Run:
    """A run to its end, as if planning had found these guests."""
    clock.shift(timedelta(days=1))
    run = actions.launch(SPRING, again=again)
    plan_by_hand(run, {0: everybody})
    return run_to_end(clock, run)


def told(ses: FakeSes, at: int, kind: str, **about: Any) -> None:
    mail = ses.accepted[at]
    messages.record_event(wrapped(mail_event(kind, mail, instant(NOW + timedelta(days=1, hours=1)), **about)), EMAIL)


def test_who_got_it_is_held_and_who_is_new_gets_it(clock: Any, ses: FakeSes) -> None:
    anna, ben = guest("anna"), guest("ben")
    assert launched(clock, anna).counts == {"sent": 1}
    assert launched(clock, anna, ben).counts == {"earlier_launch": 1, "sent": 1}
    assert launched(clock, anna, ben).counts == {"earlier_launch": 2}
    assert ses.recipients == ["anna@example.com", "ben@example.com"]


def test_a_launch_to_everybody_again_holds_nobody_and_counts_from_there(clock: Any, ses: FakeSes) -> None:
    anna, ben = guest("anna"), guest("ben")
    launched(clock, anna, ben)
    assert launched(clock, anna, again=True).counts == {"sent": 1}
    assert launched(clock, anna, ben).counts == {"earlier_launch": 1, "sent": 1}


def test_a_mail_of_which_nothing_is_known_may_have_arrived(clock: Any, ses: FakeSes) -> None:
    anna = guest("anna")
    ses.loses_answers = True
    assert launched(clock, anna).counts == {"unknown": 1}
    ses.loses_answers = False
    assert launched(clock, anna).counts == {"earlier_launch": 1}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("Reject", {})], "sent"),
        ([("Bounce", {"bounceType": "Transient"})], "sent"),
        ([("Delivery", {}), ("Bounce", {"bounceType": "Transient"})], "earlier_launch"),
        ([("Delivery", {})], "earlier_launch"),
    ],
    ids=["refused", "came back", "an automatic answer", "arrived"],
)
def test_what_came_back_or_was_refused_is_sent_with_the_next_launch(
    clock: Any, ses: FakeSes, events: list[tuple[str, dict[str, Any]]], expected: str
) -> None:
    anna = guest("anna")
    launched(clock, anna)
    for kind, about in events:
        told(ses, 0, kind, **about)
    assert launched(clock, anna).counts == {expected: 1}


def test_who_was_held_before_gets_it_once_nothing_holds_it(clock: Any, ses: FakeSes) -> None:
    anna = guest("anna", state=None)
    assert launched(clock, anna).counts == {"no_consent": 1}
    guest("anna")
    assert launched(clock, anna).counts == {"sent": 1}


def test_a_part_that_was_split_off_from_a_guest_who_got_it_is_held_by_the_gate(clock: Any, ses: FakeSes) -> None:
    """It took the gate's memory along, and no message."""
    anna, ben = guest("anna"), guest("ben")
    launched(clock, anna)
    got, other = gates.gate(anna, EMAIL), gates.gate(ben, EMAIL)
    assert got
    assert other
    table.write(table.Put(gates.gate_row(other.with_sends(got.sends))))
    assert launched(clock, ben).counts == {"earlier_launch": 1}


def test_a_run_shows_how_many_are_planned_before_any_is_sent(clock: Any, ses: FakeSes) -> None:
    run, some = actions.launch(SPRING), [guest("anna"), guest("ben")]
    assert (actions.run(run.id).total, actions.run(run.id).planned) == (0, False)
    plan_by_hand(run, {0: some}, ends=())
    assert (actions.run(run.id).total, actions.run(run.id).planned) == (2, False)


def test_a_run_that_is_over_shows_all_its_candidates(clock: Any, ses: FakeSes) -> None:
    ended = launched(clock, guest("anna"), guest("ben", state=None))
    assert (ended.total, ended.planned, sum(ended.counts.values())) == (2, True, 2)


def test_a_run_that_an_earlier_version_ended_shows_all_its_candidates_too(clock: Any, ses: FakeSes) -> None:
    ended = launched(clock, guest("anna"), guest("ben", state=None))
    store.change_run(ended, ended.model_copy(update={"total": 0, "planned": False}))
    shown = actions.run(ended.id)
    assert (shown.total, shown.planned, sum(shown.counts.values())) == (2, True, 2)


def test_so_many_launches_are_enough(clock: Any, ses: FakeSes) -> None:
    kept = store.campaign(SPRING)
    assert kept
    for number in range(MOST_EARLIER + 1):
        kept = kept.launched(RunId(OccasionId(f"n{number}")))
    table.write(store.put_campaign(kept, replaces=1))
    with pytest.raises(Conflict, match="again"):
        actions.launch(SPRING)
    assert actions.launch(SPRING, again=True).earlier == ()


def test_the_last_run_of_a_campaign_that_an_earlier_version_kept_counts(clock: Any, ses: FakeSes) -> None:
    anna = guest("anna")
    launched(clock, anna)
    kept = store.campaign(SPRING)
    assert kept
    table.write(store.put_campaign(kept.model_copy(update={"runs": ()}), replaces=kept.rev))
    assert launched(clock, anna).counts == {"earlier_launch": 1}
