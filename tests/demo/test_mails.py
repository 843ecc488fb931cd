"""The demo finds a mail that went to the wrong person, even where the sums are right."""

from typing import Any

import pytest

from infra.demo import mails
from infra.demo.mails import Sent

CUSTOMERS = {"g1": frozenset({"c1", "c2"}), "g2": frozenset({"c3"}), "g3": frozenset({"c4"})}
MAILBOX = {"m1": "anna@post.example"}
SENT = [Sent("g1", "claim-1", "anna@post.example", "m1")]


def guest(*customers: str, emails: tuple[str, ...] = (), consents: bool = False, stays: int = 1) -> dict[str, Any]:
    return {"customers": list(customers), "emails": list(emails), "marketing_consent": consents, "stays": stays}


TRUTH = {
    "guests": {
        "known-1": guest("c1", "c2", emails=("anna@post.example",), consents=True),
        "known-2": guest("c3", emails=("bob@post.example",)),
        "known-3": guest("c4", emails=("cid@post.example",), consents=True, stays=0),
    }
}


def decided(**by_guest: str) -> list[dict[str, Any]]:
    """`g1="sent"`, or the reason to hold."""
    held = {"decision": "held"}
    return [
        {"guest": guest, "decision": "sent", "reason": None}
        if code == "sent"
        else {"guest": guest, "reason": code, **held}
        for guest, code in by_guest.items()
    ]


RIGHT = decided(g1="sent", g2="no_consent")


def differences(
    decisions: list[dict[str, Any]] = RIGHT, sent: list[Sent] = SENT, mailbox: dict[str, str] = MAILBOX
) -> list[str]:
    return mails.differences(TRUTH, decisions, sent, mailbox, CUSTOMERS)


def test_what_agrees_is_silent() -> None:
    assert differences() == []


def test_the_right_number_of_mails_to_the_wrong_guests_is_found() -> None:
    bob = [Sent("g2", "claim-1", "bob@post.example", "m1")]
    found = differences(decided(g1="no_consent", g2="sent"), bob, {"m1": "bob@post.example"})
    assert found == ["decision: c1 is no_consent, true is sent", "decision: c3 is sent, true is no_consent"]


def test_a_mail_at_somebody_elses_address_is_found() -> None:
    sent = [Sent("g1", "claim-1", "bob@post.example", "m1")]
    assert differences(sent=sent, mailbox={"m1": "bob@post.example"}) == [
        "somebody else's address: g1 was mailed at bob@post.example"
    ]


@pytest.mark.parametrize(
    "decisions",
    [
        decided(g1="sent"),  # one is forgotten
        decided(g1="sent", g2="no_consent", g3="sent"),  # one never stayed
        decided(g1="sent", g2="no_address"),  # one has another reason
        decided(g1="sent", g2="no_consent", g9="no_consent"),  # one is nobody
        [*RIGHT, *decided(g2="no_consent")],  # one is decided twice
    ],
)
def test_a_wrong_decision_is_found(decisions: list[dict[str, Any]]) -> None:
    assert len(differences(decisions)) == 1


FAMILY = {
    "guests": {
        "known-1": guest("c1", "c2", emails=("anna@post.example",), consents=True),
        "known-2": guest("c3", emails=("anna@post.example",), consents=True),
    }
}


def test_of_two_readers_of_a_mailbox_the_one_with_the_smaller_id_is_mailed() -> None:
    decisions = decided(g1="sent", g2="shared_mailbox")
    assert mails.differences(FAMILY, decisions, SENT, MAILBOX, CUSTOMERS) == []


def test_two_mails_to_one_mailbox_are_found() -> None:
    both = [*SENT, Sent("g2", "claim-2", "anna@post.example", "m2")]
    found = mails.differences(
        FAMILY, decided(g1="sent", g2="sent"), both, {**MAILBOX, "m2": "anna@post.example"}, CUSTOMERS
    )
    assert found == ["decision: c3 is sent, true is shared_mailbox", "a mailbox was mailed twice"]


def test_a_mailbox_whose_readers_all_wait_for_each_other_is_found() -> None:
    decisions = decided(g1="shared_mailbox", g2="shared_mailbox")
    assert mails.differences(FAMILY, decisions, [], {}, CUSTOMERS) == ["decision: c1 is shared_mailbox, true is sent"]


def test_two_mails_to_one_guest_are_found() -> None:
    twice = [*SENT, Sent("g1", "claim-2", "anna@post.example", "m2")]
    assert "a guest was mailed twice" in differences(sent=twice, mailbox={**MAILBOX, "m2": "anna@post.example"})


def test_a_mail_that_never_reached_the_mailbox_is_found() -> None:
    assert len(differences(mailbox={})) == 2
