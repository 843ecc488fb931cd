"""Who is mailed, who is held and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.canonical.ids import Digest, Leaf, OccasionId
from chalicelib.canonical.time import instant
from chalicelib.consent.model import KEPT_SENDS, Consent, Gate
from chalicelib.consent.rules import send_mark
from chalicelib.guests.model import Traits
from chalicelib.messages import holds, rules
from chalicelib.messages.channels.contract import DeliveryEvent, EventKind
from chalicelib.messages.channels.email import EMAIL as EMAIL_CHANNEL
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Cap, Known
from chalicelib.messages.model import AGAIN, Message, Outcome, State
from chalicelib.messages.reasons import Reason
from chalicelib.settings import store as settings
from chalicelib.settings.model import HubSettings
from tests.ids import guest_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EMAIL, ADDRESS = "anna@example.com", Digest("d1")

CAP = Cap(HubSettings().cap_mails, HubSettings().cap_days)


def gate(state: str | None = "explicit", **changes: Any) -> Gate:
    consent = Consent.model_validate({"state": state, "basis": "guest", "at": instant(NOW)}) if state else None
    answers = {"group:marketing": consent} if consent else {}
    return Gate.model_validate({"guest": "ga", "channel": "email", "answers": answers, **changes})


def suppressed(reason: str) -> dict[str, Any]:
    return {ADDRESS: reason}


def sent(*days_ago: float) -> tuple[str, ...]:
    return tuple(instant(NOW - timedelta(days=days)) for days in days_ago)


def decide(known: Gate | None, email: str | None = EMAIL, cap: Cap = CAP) -> Reason | None:
    reached = EMAIL_CHANNEL.address_of(Traits(email=email))
    candidate = Known(now=NOW, guest=guest_id("ga"), gate=known, address=ADDRESS if reached else None, cap=cap)
    return holds.decide(MessageClass.MARKETING, candidate)


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
    assert decide(known, email) == reason


def test_a_cap_above_what_a_gate_remembers_is_cut_down_to_that() -> None:
    wanted = {"cap_mails": KEPT_SENDS + 2}
    with pytest.raises(ValidationError):
        HubSettings.model_validate(wanted)
    kept = settings.read(wanted)
    assert kept.cap_mails == KEPT_SENDS
    full = tuple(
        send_mark(instant(NOW - timedelta(hours=hours)), OccasionId(f"n{hours}"), guest_id("ga"))
        for hours in range(KEPT_SENDS)
    )
    assert decide(gate(sends=full), cap=Cap(kept.cap_mails, kept.cap_days)) is Reason.FREQUENCY_CAP
    assert decide(gate(sends=full[1:]), cap=Cap(kept.cap_mails, kept.cap_days)) is None


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
        ([claim(origin="chunk-2")], None),
        ([claim(candidate="gb")], None),
    ],
)
def test_an_earlier_claim_of_the_candidate_is_the_answer(claims: list[Message], outcome: Outcome | None) -> None:
    assert rules.outcome_of_own(claims, "chunk-1", Leaf("ga"), NOW) == outcome


some_event = st.builds(
    DeliveryEvent,
    kind=st.sampled_from(list(EventKind)),
    at=st.integers(0, 50).map(lambda seconds: instant(NOW + timedelta(seconds=seconds))),
    carrier_id=st.just("ses-1"),
)


@given(
    st.lists(some_event, max_size=8).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some + some[:3])))
)
def test_events_in_any_order_and_twice_end_the_same(orders: tuple[list[DeliveryEvent], list[DeliveryEvent]]) -> None:
    ends = []
    for order in orders:
        message = claim()
        for event in order:
            message = rules.followed(message, event)
        ends.append(message)
    assert ends[0] == ends[1]


def test_an_event_settles_an_unknown_claim() -> None:
    settled = rules.followed(claim(), DeliveryEvent(kind=EventKind.SEND, at=instant(NOW), carrier_id="ses-1"))
    assert (settled.state, settled.carrier_id) == (State.SENT, "ses-1")


def test_a_rejection_beats_sent() -> None:
    rejected = rules.followed(
        claim(state=State.SENT), DeliveryEvent(kind=EventKind.REJECT, at=instant(NOW), carrier_id="ses-1")
    )
    assert rejected.state is State.FAILED


def test_a_claim_without_an_outcome_is_lost_after_three_days() -> None:
    assert rules.shown_state(claim(), NOW) == "unknown"
    assert rules.shown_state(claim(), NOW + timedelta(hours=72)) == "lost"
    assert rules.shown_state(claim(state=State.SENT), NOW + timedelta(days=9)) == "sent"
