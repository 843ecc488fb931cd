"""Who is followed when they open and click, and who is not: from the guest's word to what SES is told of each mail."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import GuestId, Leaf, PropertyId
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL, TRACKING, State
from chalicelib.messages import actions, sending, store
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.model import Message, Occasion
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity
from chalicelib.settings.senders import Senders
from tests.builders import VIENNA
from tests.mail_fakes import FakeSes, mail_event, wrapped
from tests.messages.test_sending import BRANDING, N1, NOW, codes, guest, guests, occasion

TRACKED, UNTRACKED = "xenia-test-marketing", "xenia-test-marketing-untracked"
NEW_YORK = VIENNA.model_copy(update={"id": PropertyId("new-york"), "country": "US"})
T1 = "2026-11-23T12:00:05.000Z"


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


def says(leaf: Leaf, state: State) -> None:
    consents.set_consent(leaf, EMAIL, TRACKING, GROUP_CONTROLLER, state, "guest")


def in_america(**more: Any) -> Occasion:
    """In the name of a hotel whose country lets those be followed who were not asked."""
    senders = Senders({NEW_YORK.id: NEW_YORK}, NEW_YORK.id)
    identity = MailIdentity(GROUP_CONTROLLER, BRANDING, hotel=NEW_YORK.id, senders=senders)
    return occasion().model_copy(update={"identity": identity, **more})


def sets(ses: FakeSes) -> Counter[str]:
    return Counter(each["configuration_set"] for each in ses.accepted)


def message(guest_id: GuestId) -> Message:
    found = store.message(guest_id, N1)
    assert found
    return found


def test_a_chunk_goes_in_two_calls_where_some_are_followed_and_everybody_gets_the_mail_once(ses: FakeSes) -> None:
    everybody = guests(5)
    for each in everybody[:2]:
        says(each, "explicit")
    batch = sending.send(occasion(), everybody, NOW)
    assert set(codes(batch).values()) == {"sent"}
    assert (ses.requests, batch.calls) == (2, 2)
    assert sets(ses) == {TRACKED: 2, UNTRACKED: 3}
    assert sorted(ses.recipients) == sorted(set(ses.recipients))
    assert {each: message(each).tracked for each in everybody} == {each: each in everybody[:2] for each in everybody}
    assert {batch.outcomes[each].tracked for each in everybody[:2]} == {True}


def test_who_was_not_asked_is_followed_where_the_law_of_everybody_concerned_allows_it(ses: FakeSes) -> None:
    ada, ben = guest("ada"), guest("ben")
    says(ben, "withdrawn")
    sending.send(in_america(), [ada, ben], NOW)
    assert (message(ada).tracked, message(ben).tracked) == (True, False)
    sending.send(occasion("n2"), [ada], NOW)
    assert ses.accepted[-1]["configuration_set"] == UNTRACKED


@pytest.mark.parametrize("singly", [False, True])
def test_what_a_guest_needs_or_asked_for_is_followed_by_the_same_rule(ses: FakeSes, *, singly: bool) -> None:
    ada, ben = guest("ada", state=None), guest("ben", state=None)
    says(ada, "explicit")
    service = occasion().model_copy(update={"message_class": MessageClass.SERVICE, "singly": singly})
    sending.send(service, [ada, ben], NOW)
    assert sets(ses) == {"xenia-test-service": 1, "xenia-test-service-untracked": 1}
    carl, dora = guest("carl", state=None), guest("dora", state=None)
    says(carl, "withdrawn")
    sending.send(in_america(message_class=MessageClass.SERVICE), [carl, dora], NOW)
    assert sets(ses) == {"xenia-test-service": 2, "xenia-test-service-untracked": 2}


def test_who_asked_for_less_in_the_first_call_is_not_asked_again_in_the_second(ses: FakeSes) -> None:
    everybody = guests(4)
    says(everybody[0], "explicit")
    ses.status_of = lambda _: "ACCOUNT_THROTTLED"
    batch = sending.send(occasion(), everybody, NOW)
    assert (set(codes(batch).values()), ses.requests, batch.throttled) == ({"again"}, 1, True)
    ses.status_of = lambda _: "SUCCESS"
    assert set(codes(sending.send(occasion(), everybody, NOW)).values()) == {"sent"}
    assert len(ses.accepted) == 4


def test_a_lost_answer_leaves_those_of_its_own_call_unknown_alone(ses: FakeSes) -> None:
    everybody = guests(4)
    says(everybody[0], "explicit")

    def loses_the_first_call(to: str) -> str:
        ses.loses_answers = not to.startswith("g000")
        return "SUCCESS"

    ses.status_of = loses_the_first_call
    told = codes(sending.send(occasion(), everybody, NOW))
    assert told == {"g000": "sent", "g001": "unknown", "g002": "unknown", "g003": "unknown"}


@pytest.mark.parametrize(("kind", "field"), [("Open", "opened_at"), ("Click", "clicked_at")])
def test_of_who_is_not_followed_no_open_and_no_click_is_kept_and_none_is_made_up(
    ses: FakeSes, kind: str, field: str
) -> None:
    ada, ben = guest("ada"), guest("ben")
    says(ada, "explicit")
    sending.send(occasion(), [ada, ben], NOW)
    for mail in ses.accepted:
        actions.record_event(wrapped(mail_event(kind, mail, T1)), EMAIL)
    assert (getattr(message(ada), field) is not None, getattr(message(ben), field)) == (True, None)


def test_what_comes_of_a_mail_is_heard_of_those_who_are_not_followed_too(ses: FakeSes) -> None:
    ben = guest("ben")
    sending.send(occasion(), [ben], NOW)
    (mail,) = ses.accepted
    actions.record_event(wrapped(mail_event("Delivery", mail, T1)), EMAIL)
    bounced = mail_event("Bounce", mail, T1, bounceType="Permanent", bouncedRecipients=[{"emailAddress": mail["to"]}])
    actions.record_event(wrapped(bounced), EMAIL)
    assert message(ben).delivered_at
    assert message(ben).bounced_at


def test_a_complaint_says_nothing_of_tracking(ses: FakeSes) -> None:
    ada = guest("ada")
    says(ada, "explicit")
    sending.send(occasion(), [ada], NOW)
    (mail,) = ses.accepted
    told = mail_event("Complaint", mail, T1, complainedRecipients=[{"emailAddress": mail["to"]}])
    actions.record_event(wrapped(told), EMAIL)
    assert {(each.purpose, each.state) for each in consents.history(ada)} == {
        ("group:tracking", "explicit"),
        ("group:marketing", "withdrawn"),
    }
