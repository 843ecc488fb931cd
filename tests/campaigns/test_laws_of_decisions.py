"""Which rule is named beside a decision."""

import pytest
import time_machine

from chalicelib.aws import keys, table
from chalicelib.campaigns import actions, decisions
from chalicelib.campaigns.parts import packed_laws, read_laws
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import GuestId
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL, MARKETING, TRACKING
from chalicelib.properties import store as hotels
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import PORTO
from tests.campaigns.worlds import campaign, guest, launched, run_to_end
from tests.mail_fakes import FakeSes

SPA = {"id": "spa", "purpose": "marketing", "names": {"en": "Spa"}}


@pytest.fixture
def told(ses: FakeSes, clock: time_machine.Traveller) -> dict[GuestId, tuple[str, str, str]]:
    """What a run decided about its guests: how, why, and by which rule."""
    hotels.put(PORTO)
    for name, state in {"anna": "explicit", "ben": None, "cleo": "withdrawn", "dora": "confirmed"}.items():
        guest(name, state=state)
    run = run_to_end(clock, actions.launch(campaign()))
    made = decisions.page_of(run.id).decisions
    assert [decisions.of_guest(run.id, [each.guest]) for each in made] == made
    return {each.guest: (each.decision, each.reason, each.law) for each in made}


def test_each_decision_about_consent_names_its_rule(told: dict[GuestId, tuple[str, str, str]]) -> None:
    assert sorted(told.values()) == [
        ("held", "no_consent", "eu"),
        ("held", "withdrawn", "objection"),
        ("sent", "", "eu.confirmed"),
        ("sent", "", "eu.express"),
    ]


def test_a_decision_tells_whether_the_mail_is_followed_and_a_second_call_of_a_chunk_is_counted(
    ses: FakeSes, clock: time_machine.Traveller
) -> None:
    anna, ben, cleo = guest("anna"), guest("ben"), guest("cleo", state=None)
    consents.set_consent(anna, EMAIL, TRACKING, GROUP_CONTROLLER, "explicit", "guest")
    run = run_to_end(clock, launched([anna, ben, cleo]))
    told = {each.guest: (each.decision, each.tracked) for each in decisions.page_of(run.id).decisions}
    assert told == {anna: ("sent", True), ben: ("sent", False), cleo: ("held", None)}
    row = table.get(keys.pacing(EMAIL))
    assert row
    assert (ses.requests, row["beside"]) == (2, 1)


def test_rules_are_kept_with_the_places_of_those_whom_they_held() -> None:
    laws = ["de", "", "fr", "de"]
    assert packed_laws(laws) == "de 0 3,fr 2"
    assert read_laws(packed_laws(laws)) == {0: "de", 2: "fr", 3: "de"}
    assert packed_laws(["", ""]) == ""
    assert read_laws("") == {}


def test_a_run_keeps_the_topic_that_it_was_launched_with_and_holds_who_does_not_want_it(
    ses: FakeSes, clock: time_machine.Traveller
) -> None:
    legal_store.save(ConsentSettings.model_validate({"topics": [SPA]}))
    anna, ben = guest("anna"), guest("ben")
    consents.set_consent(anna, EMAIL, MARKETING, GROUP_CONTROLLER, "withdrawn", "guest", part="spa")
    spring = campaign()
    actions.edit(spring, {"topic": "spa"})
    run = run_to_end(clock, actions.launch(spring))
    told = {each.guest: (each.decision, each.reason) for each in decisions.page_of(run.id).decisions}
    assert (run.topic, told) == ("spa", {anna: ("held", "topic"), ben: ("sent", "")})
    assert run.begun_instead(run.id, run.at).topic == "spa"


def test_a_campaign_names_no_topic_that_there_is_not(ses: FakeSes) -> None:
    with pytest.raises(Invalid) as refused:
        actions.edit(campaign(), {"topic": "golf"})
    assert str(refused.value).startswith("topic: does not exist")
