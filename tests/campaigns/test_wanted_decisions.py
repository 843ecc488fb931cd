"""The guests behind one figure of a run, and why one guest is where they are."""

import pytest
import time_machine

from chalicelib.aws import keys
from chalicelib.campaigns import actions, decisions
from chalicelib.campaigns.decisions import Wanted
from chalicelib.campaigns.model import Run
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import GuestId, OccasionId, RunId
from chalicelib.messages.reasons import Reason
from tests.campaigns.worlds import campaign, guest, run_to_end
from tests.crashes import watching
from tests.ids import guest_id
from tests.mail_fakes import FakeSes

NAMES = [f"guest-{number}" for number in range(40)]


@pytest.fixture
def run(ses: FakeSes, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of forty, every third never said anything, and of every seventh the mail is refused; one has not stayed."""
    monkeypatch.setattr("chalicelib.campaigns.rules.LARGEST_CHUNK", 3)
    for number, name in enumerate(NAMES):
        guest(name, state="explicit" if number % 3 else None)
    guest("nobody", stays=0)
    refused = {f"{name}@example.com" for name in NAMES[1::7]}
    ses.status_of = lambda to: "FAILED" if to in refused else "SUCCESS"
    return run_to_end(clock, actions.launch(campaign()))


def found(run: Run, wanted: Wanted, limit: int = 100) -> list[GuestId]:
    """Over all pages."""
    page = decisions.found_in(run.id, wanted, limit=limit)
    guests = [each.guest for each in page.decisions]
    while page.cursor:
        page = decisions.found_in(run.id, wanted, page.cursor, limit)
        assert len(page.decisions) <= limit
        guests += [each.guest for each in page.decisions]
    return guests


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_each_figure_of_a_run_is_as_many_guests(run: Run, limit: int) -> None:
    everybody = decisions.page_of(run.id).decisions
    for code, number in actions.run(run.id).counts.items():
        wanted = Wanted(reason=code) if code in set(Reason) else Wanted(decision=code)
        guests = found(run, wanted, limit)
        assert len(guests) == len(set(guests)) == number
        assert guests == [each.guest for each in everybody if wanted.has(each)]
    held = found(run, Wanted(decision="held"), limit)
    assert held == [each.guest for each in everybody if each.decision == "held"]
    assert found(run, Wanted(decision="held", reason="withdrawn"), limit) == []


def test_a_search_that_finds_little_stops_and_leads_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(run, Wanted(reason="no_consent"))
    monkeypatch.setattr(decisions, "MOST_LOOKED_AT", 2)
    page = decisions.found_in(run.id, Wanted(reason="no_consent"))
    assert page.cursor
    assert len(page.decisions) < len(whole)
    assert found(run, Wanted(reason="no_consent")) == whole


def test_every_candidate_is_found_by_halves_and_nobody_else(run: Run) -> None:
    by_guest = {each.guest: each for each in decisions.page_of(run.id).decisions}
    assert {each: decisions.of_guest(run.id, [each]) for each in by_guest} == by_guest
    for outsider in ("nobody", "unknown"):
        with pytest.raises(NotFound, match="no candidate"):
            decisions.of_guest(run.id, [guest_id(outsider)])
    with pytest.raises(NotFound, match="no such run"):
        decisions.of_guest(RunId(OccasionId("n-unknown")), [*by_guest][:1])


def test_a_guest_is_found_under_the_record_that_was_planned(run: Run) -> None:
    planned = decisions.page_of(run.id).decisions[0]
    assert decisions.of_guest(run.id, [guest_id("joined-since"), planned.guest]) == planned


def test_finding_one_of_many_takes_as_many_reads_as_halves(run: Run) -> None:
    with watching() as calls:
        decisions.of_guest(run.id, [decisions.page_of(run.id).decisions[0].guest])
    assert len(calls.made) < 30
    assert keys.SHARDS == 256
