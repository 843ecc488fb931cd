"""A bounce is lifted by who runs the hub, with a reason; an objection by the guest alone."""

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL
from chalicelib.identity.digests import digest
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import bounce, complain, guest_of, occasion, reader, say, send, tell

HOME = "fam.lang@mail.example"
LIFTED = LATER = Instant("2026-11-23T12:20:00.000000Z")


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    digest("email", "somebody@mail.example")
    fake = FakeSes().install()
    tell(reader("l1", "Nora", "Lang", HOME))
    assert send(occasion(), "l1") == ["sent"]
    return fake


def lift(source_id: str = "l1") -> None:
    consents.lift_bounce(guest_of(source_id), EMAIL, LIFTED, {"reason": "misspelt at the desk"})


def test_a_lifted_bounce_holds_nobody_at_the_address(ses: FakeSes) -> None:
    tell(reader("l2", "Tom", "Lang", HOME))
    bounce(ses)
    assert send(occasion("n2"), "l1", "l2") == ["suppressed_bounce"] * 2
    for _ in range(2):
        lift()
    assert sorted(send(occasion("n3"), "l1", "l2")) == ["sent", "shared_mailbox"]
    receipts = [each for each in consents.history(guest_of("l1")) if each.state == "lifted"]
    assert [each.proof for each in receipts] == [{"of": "bounce", "reason": "misspelt at the desk"}]


def test_the_same_bounce_told_once_more_does_not_hold_again_and_a_newer_one_does(ses: FakeSes) -> None:
    bounce(ses)
    lift()
    bounce(ses)
    assert send(occasion("n2"), "l1") == ["sent"]
    bounce(ses, at="2026-11-23T13:00:00.000Z")
    assert send(occasion("n3"), "l1") == ["suppressed_bounce"]


def test_who_carries_the_address_later_is_not_held_either(ses: FakeSes) -> None:
    bounce(ses)
    lift()
    tell(reader("l2", "Tom", "Lang", HOME))
    assert send(occasion("n2"), "l2") == ["sent"]


def test_a_complaint_is_not_lifted_by_the_hotel(ses: FakeSes) -> None:
    complain(ses)
    lift()
    say("l1", "confirmed", LATER, "staff")
    assert send(occasion("n2"), "l1") == ["suppressed_complaint"]


def test_a_complaint_is_lifted_by_the_guest_s_own_newer_yes_and_by_no_older_one(ses: FakeSes) -> None:
    complain(ses)
    say("l1", "confirmed", "2026-11-23T12:04:00.000000Z")
    assert send(occasion("n2"), "l1") == ["suppressed_complaint"]
    say("l1", "confirmed", LATER)
    complain(ses)
    assert send(occasion("n3"), "l1") == ["sent"]
