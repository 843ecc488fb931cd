"""What guests want less of: topics, and how often they are written to; from their word to what is sent."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, MARKETING, TRACKING, State, Suppression
from chalicelib.messages import actions, store
from chalicelib.messages.holds import MessageClass
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import NOW, guest_of, leaf, occasion, reader, say, tell
from tests.messages.mailboxes import send as to_whom

ANNA = ("g1", "Anna", "Lee", "anna@mail.example")
T1, T2 = Instant("2026-11-23T11:00:00.000000Z"), Instant("2026-11-23T11:30:00.000000Z")


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    tell(reader(*ANNA))
    return FakeSes().install()


def wish(part: str, state: State = "withdrawn", source_id: str = "g1", at: Instant = T1) -> None:
    about = EMAIL, MARKETING, GROUP_CONTROLLER
    consents.set_consent(leaf(source_id), *about, state, "guest", at, part=part)


def became(run: str, at: datetime = NOW, **more: Any) -> str:
    return to_whom(occasion(run, **more), "g1", now=at)[0]


def test_who_does_not_want_a_topic_gets_mail_about_others_and_about_none(ses: FakeSes) -> None:
    wish("spa")
    assert became("n1", topic="spa") == "topic"
    assert became("n2", topic="golf") == "sent"
    assert became("n3") == "sent"
    wish("spa", "explicit", at=T2)
    assert became("n4", topic="spa", mails=9) == "sent"


def test_no_topic_holds_what_a_guest_asked_for(ses: FakeSes) -> None:
    wish("spa")
    wish("@month")
    assert became("n1", topic="spa", message_class=MessageClass.SERVICE) == "sent"
    assert became("n2", topic="spa", message_class=MessageClass.TRANSACTIONAL) == "sent"
    assert became("n3", topic="golf") == "sent"
    assert became("n4", topic="spa", message_class=MessageClass.SURVEY) == "topic"


@pytest.mark.parametrize(
    ("part", "days", "told"),
    [("@week", 5, "frequency"), ("@week", 7, "sent"), ("@month", 7, "frequency"), ("@month", 28, "sent")],
)
def test_who_wants_mail_less_often_is_held_until_then(ses: FakeSes, part: str, days: int, told: str) -> None:
    wish(part)
    assert became("n1", mails=9) == "sent"
    assert became("n2", NOW + timedelta(days=days), mails=9) == told


def test_what_goes_out_weekly_may_come_an_hour_earlier_than_last_week(ses: FakeSes) -> None:
    wish("@week")
    assert became("n1", mails=9) == "sent"
    assert became("n2", NOW + timedelta(days=7, hours=-1), mails=9) == "sent"


def test_it_does_not_count_what_the_guest_asked_for(ses: FakeSes) -> None:
    wish("@month")
    assert became("n1", message_class=MessageClass.SERVICE) == "sent"
    assert became("n2") == "sent"
    assert became("n3", mails=9) == "frequency"


def test_who_shares_a_mailbox_with_somebody_who_refused_a_topic_there_gets_none_of_it_either(ses: FakeSes) -> None:
    tell(reader("g2", "Ben", "Ray", "anna@mail.example"))
    wish("spa")
    assert to_whom(occasion("n1", topic="spa"), "g2") == ["topic"]
    assert to_whom(occasion("n2", topic="golf"), "g2") == ["sent"]
    tell(reader("g3", "Cleo", "Fox", "anna@mail.example"))
    assert to_whom(occasion("n3", topic="spa"), "g3") == ["topic"]


def test_a_yes_to_a_topic_is_none_to_being_written_to(ses: FakeSes) -> None:
    say("g1", "withdrawn", T1)
    wish("spa", "explicit", at=T2)
    assert became("n1", topic="spa") == "withdrawn"


@pytest.mark.parametrize(("purpose", "part"), [(MARKETING, "spa"), (TRACKING, "")])
def test_a_yes_to_a_part_or_to_being_followed_lifts_no_complaint(ses: FakeSes, purpose: Any, part: str) -> None:
    assert became("n1") == "sent"
    (address,) = (each.address for each in store.newest(leaf("g1"), 10) if each.address)
    actions.suppress(address, Suppression(reason="complaint", at=T1), EMAIL)
    consents.set_consent(leaf("g1"), EMAIL, purpose, GROUP_CONTROLLER, "explicit", "guest", T2, part=part)
    assert became("n2") == "suppressed_complaint"


def test_a_guest_of_two_records_has_the_wishes_that_were_said_through_either(ses: FakeSes) -> None:
    wish("spa")
    tell(reader("g9", "Anna", "Lee", "anna@mail.example"))
    wish("@week", source_id="g9")
    found = gates.gate(guest_of("g1"), EMAIL)
    assert found
    assert {key for key, each in found.answers.items() if each.state == "withdrawn"} == {
        "group:marketing/spa",
        "group:marketing/@week",
    }
