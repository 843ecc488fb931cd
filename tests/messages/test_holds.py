"""What may hold a message of each class, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.canonical.ids import ControllerId, Digest, OccasionId
from chalicelib.canonical.time import instant
from chalicelib.consent.model import EMAIL, Consent, Gate
from chalicelib.consent.rules import send_mark
from chalicelib.messages.holds import HOLDS, RULES, MessageClass, decide
from chalicelib.messages.known import Cap, Fault, Known
from chalicelib.messages.reasons import Reason
from tests.ids import guest_id

GA = guest_id("ga")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONSENT = Consent(state="explicit", basis="guest", at=instant(NOW))
OBJECTION = Consent(state="withdrawn", basis="guest", at=instant(NOW + timedelta(hours=1)))
ALPINE = ControllerId("alpine")
AGREED = Gate(guest=GA, channel=EMAIL, answers={"group:marketing": CONSENT})
OBJECTED_TO_ALPINE = AGREED.with_answers({**AGREED.answers, "alpine:marketing": OBJECTION})
MAILED = AGREED.model_copy(update={"sends": (send_mark(instant(NOW), OccasionId("n1"), GA),)})
FREE = Known(
    now=NOW,
    occasion=OccasionId("n2"),
    guest=GA,
    gate=AGREED,
    address=Digest("d1"),
    cap=Cap(mails=3, days=7),
)

EVERY = frozenset(MessageClass)
ASKED_FOR = frozenset({MessageClass.SERVICE, MessageClass.TRANSACTIONAL})
UNASKED = EVERY - ASKED_FOR


def gate(**changes: Any) -> Gate:
    return AGREED.model_copy(update=changes)


@pytest.mark.parametrize(
    ("known", "reason", "held"),
    [
        (FREE, None, EVERY),
        (replace(FREE, is_claimed=True), Reason.ALREADY_SENT, EVERY),
        (replace(FREE, is_cancelled=True), Reason.RUN_CANCELLED, EVERY),
        (replace(FREE, guest=None), Reason.MERGED_AWAY, EVERY),
        (replace(FREE, is_chosen=True), Reason.ALREADY_SENT, EVERY),
        (replace(FREE, gate=MAILED, occasion=OccasionId("n1")), Reason.ALREADY_SENT, EVERY),
        (replace(FREE, fits_claim=False), Reason.TOO_MANY_RECORDS, EVERY),
        (replace(FREE, gate=gate(erased=True)), Reason.ERASED, EVERY),
        (replace(FREE, gate=gate(restricted=True)), Reason.RESTRICTED, EVERY - {MessageClass.TRANSACTIONAL}),
        (replace(FREE, is_minor=True), Reason.MINOR, UNASKED),
        (replace(FREE, address=None), Reason.NO_ADDRESS, EVERY),
        (replace(FREE, gate=gate(suppressed={"d1": "bounce"})), Reason.SUPPRESSED_BOUNCE, EVERY),
        (replace(FREE, gate=gate(suppressed={"d1": "complaint"})), Reason.SUPPRESSED_COMPLAINT, EVERY),
        (replace(FREE, gate=None), Reason.NO_CONSENT, UNASKED),
        (replace(FREE, gate=gate(answers={})), Reason.NO_CONSENT, UNASKED),
        (replace(FREE, gate=gate(answers={"group:marketing": OBJECTION})), Reason.WITHDRAWN, UNASKED),
        (replace(FREE, controller=ALPINE), Reason.NO_CONSENT, UNASKED),
        (replace(FREE, gate=OBJECTED_TO_ALPINE), None, EVERY),
        (replace(FREE, gate=OBJECTED_TO_ALPINE, succeeds=frozenset({ALPINE})), Reason.WITHDRAWN, UNASKED),
        (replace(FREE, gate=gate(open_case=True)), Reason.OPEN_CASE, UNASKED),
        (replace(FREE, gate=MAILED, cap=Cap(mails=1, days=7)), Reason.FREQUENCY_CAP, UNASKED),
        (replace(FREE, fault=Fault.VALUE_MISSING), Reason.MISSING_VARIABLE, EVERY),
        (replace(FREE, fault=Fault.FAILED), Reason.RENDERING_FAILED, EVERY),
        (replace(FREE, fault=Fault.REFUSED), Reason.TEMPLATE_REFUSED, EVERY),
        (replace(FREE, fault=Fault.ADVERTISING), Reason.NAME_IS_ADVERTISING, EVERY),
    ],
)
def test_each_hold_holds_the_classes_that_it_is_for(
    known: Known, reason: Reason | None, held: frozenset[MessageClass]
) -> None:
    assert {each: decide(each, known) for each in MessageClass} == {
        each: reason if each in held else None for each in MessageClass
    }


def test_what_a_claim_says_goes_before_a_cancelled_run_and_that_before_whatever_else() -> None:
    everything = replace(FREE, is_claimed=True, is_cancelled=True, guest=None, gate=gate(erased=True))
    assert decide(MessageClass.MARKETING, everything) is Reason.ALREADY_SENT
    assert decide(MessageClass.MARKETING, replace(everything, is_claimed=False)) is Reason.RUN_CANCELLED


def test_an_open_case_goes_before_the_cap_and_consent_before_both() -> None:
    everything = replace(FREE, gate=MAILED.model_copy(update={"open_case": True}), cap=Cap(mails=1, days=7))
    assert decide(MessageClass.MARKETING, everything) is Reason.OPEN_CASE
    assert decide(MessageClass.MARKETING, replace(everything, controller=ALPINE)) is Reason.NO_CONSENT


def test_every_reason_is_decided_in_the_table_and_has_its_rule() -> None:
    assert set(RULES) == set(Reason)
    assert set(HOLDS) == set(MessageClass)
    rules = {(hold.reason, hold.rule) for holds in HOLDS.values() for hold in holds}
    assert len(rules) == len(Reason)
