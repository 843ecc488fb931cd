"""Whether a guest may be mailed, and what an event of SES says about a message."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chalicelib.canonical.time import instant
from chalicelib.consent.model import Consent, Gate
from chalicelib.consent.rules import GRANTED, effective, instant_of
from chalicelib.messages.events import Kind, MailEvent
from chalicelib.messages.model import AGAIN, Deployment, Message, Outcome, Reason, ShownState, State

MAILABLE = re.compile(r"[!#-'*+\-./-9=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,255}")
"""ASCII, one address, and nothing that a header could read as a second one."""
STILL_RUNNING = timedelta(seconds=90)
"""Longer than any worker lives: a younger claim may be about to be sent by the one who made it."""
LOST_AFTER = timedelta(hours=72)


def decide(gate: Gate | None, email: str | None, address: str | None, rule: Deployment, now: datetime) -> Reason | None:
    """Why a marketing mail is held; None lets it pass. `address` is the digest of `email`."""
    known = gate or Gate(guest="")
    suppressed = known.suppressed.get(address or "")
    consent = effective(known)
    holds = (
        (known.erased, Reason.ERASED),
        (known.restricted, Reason.RESTRICTED),
        (not email or not MAILABLE.fullmatch(email), Reason.NO_ADDRESS),
        (suppressed and suppressed.reason == "complaint", Reason.SUPPRESSED_COMPLAINT),
        (suppressed, Reason.SUPPRESSED_BOUNCE),
        (consent is None, Reason.NO_CONSENT),
        (not _granted(consent), Reason.WITHDRAWN),
        (known.open_case, Reason.OPEN_CASE),
        (cap_reached(known.sends, rule, now), Reason.FREQUENCY_CAP),
    )
    return next((reason for holds_it, reason in holds if holds_it), None)


def _granted(consent: Consent | None) -> bool:
    return consent is not None and consent.state in GRANTED


def cap_reached(sends: Iterable[str], rule: Deployment, now: datetime) -> bool:
    since = instant(now - timedelta(days=rule.cap_days))
    return sum(instant_of(mark) > since for mark in sends) >= rule.cap_mails


def outcome_of_claims(claims: Sequence[Message], origin: str, candidate: str, now: datetime) -> Outcome | None:
    """What earlier claims for the same occasion say: our own is the answer, another's holds the mail, none is None."""
    own = next((claim for claim in claims if claim.origin == origin and claim.candidate == candidate), None)
    if own is None:
        return Outcome(code="held", reason=Reason.ALREADY_SENT) if claims else None
    if own.state is State.CLAIMED and own.at > instant(now - STILL_RUNNING):
        return AGAIN
    return Outcome(code=shown_state(own, now), reason=own.reason or "")


def shown_state(message: Message, now: datetime) -> ShownState:
    """A claim without an outcome is unknown until SES tells, and lost when it has not told in 72 hours."""
    if message.state is State.CLAIMED:
        return "lost" if message.at < instant(now - LOST_AFTER) else "unknown"
    return "sent" if message.state is State.SENT else "failed"


INSTANTS: Mapping[Kind, str] = {
    Kind.DELIVERY: "delivered_at",
    Kind.OPEN: "opened_at",
    Kind.CLICK: "clicked_at",
    Kind.BOUNCE: "bounced_at",
    Kind.SOFT_BOUNCE: "soft_bounced_at",
    Kind.COMPLAINT: "complained_at",
}


def followed(message: Message, event: MailEvent) -> Message:
    """The message after an event, the same in any order: first instants stay, and a rejection beats sent."""
    changes: dict[str, object] = {"ses_id": message.ses_id or event.ses_id}
    if event.kind is Kind.REJECT:
        changes |= {"state": State.FAILED, "reason": "rejected"}
    elif message.state is State.CLAIMED:
        changes["state"] = State.SENT
    name = INSTANTS.get(event.kind)
    if name:
        known = getattr(message, name)
        changes[name] = min(known, event.at) if known else event.at
    return message.model_copy(update=changes)
