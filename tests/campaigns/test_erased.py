"""Somebody is erased while a campaign runs: they get nothing, however far it has come."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.campaigns import actions
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ErasureId, GuestId, leaf_anew, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent.actions import set_consent
from chalicelib.consent.model import EMAIL, MARKETING, Basis
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.messages.reasons import Reason
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Erasure
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import VIENNA, guest, reservation
from tests.campaigns.worlds import NOW, campaign, plan_by_hand, run_to_end
from tests.ids import PMS
from tests.mail_fakes import FakeSes

ANNA = guest("g1", email="anna@mail.example", marketing_email=True)


def store(told: dict[str, Any]) -> None:
    change = change_of(read(told), PMS, {VIENNA.id: VIENNA}, digest)
    assert change
    assert profiles.store_changes([change]) == {}


@pytest.fixture
def known(ses: FakeSes, facts: list[Fact]) -> GuestId:
    store(ANNA)
    return GuestId(leaf_of_profile(PMS, "g1"))


def erase(who: GuestId) -> None:
    profiles.store_erasure(Erasure(ErasureId("e"), (who,), instant(NOW), digest))


def test_who_is_erased_between_planning_and_sending_gets_nothing(known: GuestId, clock: Any, ses: FakeSes) -> None:
    run = actions.launch(campaign(least_stays=0))
    plan_by_hand(run, {0: [known]})
    erase(known)
    ended = run_to_end(clock, run)
    assert ses.accepted == []
    assert ended.counts.get("sent", 0) == 0
    assert ended.counts[Reason.ERASED] == 1


def test_who_came_again_after_an_erasure_is_not_mailed_by_what_a_source_says(
    known: GuestId, clock: Any, ses: FakeSes
) -> None:
    erase(known)
    tomorrow = "2026-11-24T00:00:00+00:00"
    store(reservation("r1", ANNA, booked_at=tomorrow, changed_at=tomorrow))
    run = actions.launch(campaign(least_stays=0))
    plan_by_hand(run, {0: [GuestId(leaf_anew(known))]})
    ended = run_to_end(clock, run)
    assert ses.accepted == []
    assert ended.counts[Reason.SUPPRESSED_ERASED] == 1


@pytest.mark.parametrize("basis", ["guest", "staff"])
def test_who_agrees_by_themselves_after_coming_again_is_mailed(
    basis: Basis, known: GuestId, clock: Any, ses: FakeSes
) -> None:
    erase(known)
    tomorrow = "2026-11-24T00:00:00+00:00"
    store(reservation("r1", ANNA, booked_at=tomorrow, changed_at=tomorrow))
    who = GuestId(leaf_anew(known))
    set_consent(who, EMAIL, MARKETING, GROUP_CONTROLLER, "explicit", basis, instant(NOW + timedelta(days=2)))
    run = actions.launch(campaign(least_stays=0))
    plan_by_hand(run, {0: [who]})
    assert run_to_end(clock, run).counts["sent"] == 1
