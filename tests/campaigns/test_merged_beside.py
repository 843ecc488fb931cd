"""Somebody joins two guests while a campaign runs: they get one mail, whenever it is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions
from chalicelib.campaigns.model import PARTS, Run
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.time import instant
from chalicelib.guests import store as guests
from chalicelib.identity.model import Verdict
from chalicelib.profiles import actions as profiles
from chalicelib.profiles import merging
from chalicelib.profiles.verdicts import Word
from tests.builders import at, guest
from tests.campaigns.worlds import NOW, campaign, plan_by_hand, run_to_end, tick, turn
from tests.mail_fakes import FakeSes
from tests.profiles.telling import change

ANNA = guest("g1", email="anna@mail.example", marketing_email=True)
ANNE = guest("g2", "Anne", "Leigh", email="anne@mail.example", marketing_email=True, changed_at=at(1))


@pytest.fixture
def ses(aws: Settings, facts: list[Fact]) -> FakeSes:
    return FakeSes().install()


@pytest.fixture
def clock(ses: FakeSes) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def known() -> tuple[GuestId, GuestId]:
    """Two guests, with an address each."""
    changes = [change(each) for each in (ANNA, ANNE)]
    assert profiles.store_changes(changes) == {}
    one, other = (GuestId(each.people[0].leaf) for each in changes)
    return one, other


def merge(one: GuestId, other: GuestId) -> None:
    found = guests.guest(Leaf(one)), guests.guest(Leaf(other))
    assert found[0]
    assert found[1]
    merging.decide(
        one, other, Verdict.JOIN, (found[0], found[1]), Word("staff s1", instant(NOW + timedelta(seconds=1)))
    )


def launched() -> Run:
    return actions.launch(campaign(least_stays=0))


@pytest.mark.parametrize("first", [0, 1])
def test_two_who_are_joined_after_one_was_mailed_get_no_second_mail(first: int, clock: Any, ses: FakeSes) -> None:
    everybody = known()
    run = launched()
    plan_by_hand(run, {0: [everybody[first]]}, ends=set(range(PARTS)) - {1})
    tick()
    turn(["send"])
    assert len(ses.accepted) == 1
    merge(*everybody)
    plan_by_hand(run, {1: [everybody[1 - first]]}, ends=[1])
    assert run_to_end(clock, run).counts["sent"] == 1
    assert len(ses.accepted) == 1


def test_two_who_are_joined_between_planning_and_sending_get_one_mail(clock: Any, ses: FakeSes) -> None:
    everybody = known()
    run = launched()
    plan_by_hand(run, {0: everybody})
    merge(*everybody)
    assert run_to_end(clock, run).counts["sent"] == 1
    assert len(ses.accepted) == 1
