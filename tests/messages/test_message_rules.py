"""Who is mailed, who is held and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.canonical.time import instant
from chalicelib.consent.model import KEPT_SENDS, Consent, Gate, LeafConsent, Suppression
from chalicelib.consent.rules import send_mark
from chalicelib.messages import rules
from chalicelib.messages.events import Kind, MailEvent
from chalicelib.messages.model import AGAIN, Deployment, Message, Outcome, Reason, State
from chalicelib.messages.store import read_deployment

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EMAIL, ADDRESS = "anna@example.com", "d1"


def gate(state: str | None = "explicit", **changes: Any) -> Gate:
    consent = Consent.model_validate({"state": state, "basis": "guest", "at": instant(NOW)}) if state else None
    leaves = {"ga": LeafConsent(consents={"group:marketing": consent})} if consent else {}
    return Gate.model_validate({"guest": "ga", "leaves": leaves, **changes})


def suppressed(reason: str) -> dict[str, Any]:
    return {ADDRESS: Suppression.model_validate({"reason": reason, "at": instant(NOW)})}


def sent(*days_ago: float) -> tuple[str, ...]:
    return tuple(instant(NOW - timedelta(days=days)) for days in days_ago)


@pytest.mark.parametrize(
    ("known", "email", "reason"),
    [
        (gate(), EMAIL, None),
        (gate("implicit"), EMAIL, None),
        (gate("confirmed"), EMAIL, None),
        (None, EMAIL, Reason.NO_CONSENT),
        (gate(None), EMAIL, Reason.NO_CONSENT),
        (gate("withdrawn"), EMAIL, Reason.WITHDRAWN),
        (gate(suppressed=suppressed("bounce")), EMAIL, Reason.SUPPRESSED_BOUNCE),
        (gate(suppressed=suppressed("complaint")), EMAIL, Reason.SUPPRESSED_COMPLAINT),
        (gate(suppressed={"other": suppressed("bounce")[ADDRESS]}), EMAIL, None),
        (gate(erased=True), EMAIL, Reason.ERASED),
        (gate(restricted=True), EMAIL, Reason.RESTRICTED),
        (gate(open_case=True), EMAIL, Reason.OPEN_CASE),
        (gate(), None, Reason.NO_ADDRESS),
        (gate(), "a@b.com, c@d.com", Reason.NO_ADDRESS),
        (gate(), "a@b.com\r\nBcc: c@d.com", Reason.NO_ADDRESS),
        (gate(), "jürgen@example.com", Reason.NO_ADDRESS),
        (gate(sends=sent(1, 2, 3)), EMAIL, Reason.FREQUENCY_CAP),
        (gate(sends=sent(1, 2, 7.1)), EMAIL, None),
    ],
)
def test_the_gate_decides(known: Gate | None, email: str | None, reason: Reason | None) -> None:
    assert rules.decide(known, email, ADDRESS, Deployment(), NOW) == reason


def test_a_cap_above_what_a_gate_remembers_is_cut_down_to_that() -> None:
    wanted = {"cap_mails": KEPT_SENDS + 2}
    with pytest.raises(ValidationError):
        Deployment.model_validate(wanted)
    rule = read_deployment(wanted)
    assert rule.cap_mails == KEPT_SENDS
    full = tuple(send_mark(instant(NOW - timedelta(hours=hours)), f"n{hours}", "ga") for hours in range(KEPT_SENDS))
    assert rules.decide(gate(sends=full), EMAIL, ADDRESS, rule, NOW) is Reason.FREQUENCY_CAP
    assert rules.decide(gate(sends=full[1:]), EMAIL, ADDRESS, rule, NOW) is None


def claim(**changes: Any) -> Message:
    known = {
        "guest": "ga", "occasion": "n1", "claim": "m1", "campaign": "c", "origin": "chunk-1", "candidate": "ga",
        "address": ADDRESS, "at": instant(NOW - timedelta(minutes=5)),
    }  # fmt: skip
    return Message.model_validate({**known, **changes})


@pytest.mark.parametrize(
    ("claims", "outcome"),
    [
        ([], None),
        ([claim()], Outcome(code="unknown")),
        ([claim(at=instant(NOW - timedelta(seconds=10)))], AGAIN),
        ([claim(at=instant(NOW - timedelta(hours=73)))], Outcome(code="lost")),
        ([claim(state=State.SENT)], Outcome(code="sent")),
        ([claim(state=State.FAILED, reason="invalid_parameter")], Outcome(code="failed", reason="invalid_parameter")),
        ([claim(origin="chunk-2")], Outcome(code="held", reason="already_sent")),
        ([claim(candidate="gb")], Outcome(code="held", reason="already_sent")),
    ],
)
def test_an_earlier_claim_is_the_answer(claims: list[Message], outcome: Outcome | None) -> None:
    assert rules.outcome_of_claims(claims, "chunk-1", "ga", NOW) == outcome


some_event = st.builds(
    MailEvent,
    kind=st.sampled_from(list(Kind)),
    at=st.integers(0, 50).map(lambda seconds: instant(NOW + timedelta(seconds=seconds))),
    ses_id=st.just("ses-1"),
)


@given(
    st.lists(some_event, max_size=8).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some + some[:3])))
)
def test_events_in_any_order_and_twice_end_the_same(orders: tuple[list[MailEvent], list[MailEvent]]) -> None:
    ends = []
    for order in orders:
        message = claim()
        for event in order:
            message = rules.followed(message, event)
        ends.append(message)
    assert ends[0] == ends[1]


def test_an_event_settles_an_unknown_claim() -> None:
    settled = rules.followed(claim(), MailEvent(kind=Kind.SEND, at=instant(NOW), ses_id="ses-1"))
    assert (settled.state, settled.ses_id) == (State.SENT, "ses-1")


def test_a_rejection_beats_sent() -> None:
    rejected = rules.followed(claim(state=State.SENT), MailEvent(kind=Kind.REJECT, at=instant(NOW), ses_id="ses-1"))
    assert rejected.state is State.FAILED


def test_a_claim_without_an_outcome_is_lost_after_three_days() -> None:
    assert rules.shown_state(claim(), NOW) == "unknown"
    assert rules.shown_state(claim(), NOW + timedelta(hours=72)) == "lost"
    assert rules.shown_state(claim(state=State.SENT), NOW + timedelta(days=9)) == "sent"
