"""Why a guest does not get a message: one table, from the class of a message to the holds that apply, in order."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Literal

from chalicelib.canonical.time import instant
from chalicelib.consent.bases import Denied
from chalicelib.consent.model import MARKETING, SOFT_BOUNCES, Purpose
from chalicelib.consent.rules import ADDRESS as AT_ADDRESS
from chalicelib.consent.rules import counted_since, was_mailed
from chalicelib.messages.holding import CONTENT, NEVER, Hold, by_frequency, by_topic
from chalicelib.messages.known import Fault, Known
from chalicelib.messages.reasons import Reason


class MessageClass(StrEnum):
    """What a message is for decides what may hold it.

    Service is needed for a booked stay; transactional answers what the guest just did. A survey is held to the rules of
    marketing, as German law has it. An offer in a message makes it marketing.
    """

    MARKETING = "marketing"
    SERVICE = "service"
    TRANSACTIONAL = "transactional"
    SURVEY = "survey"


Unasked = Literal[MessageClass.MARKETING]
UNASKED: Unasked = MessageClass.MARKETING
"""The class of what the hotel sends of itself: a campaign can be nothing else."""
ANSWER = MessageClass.TRANSACTIONAL
"""What a message is that answers the guest's own act."""
PURPOSES: Mapping[MessageClass, Purpose] = {MessageClass.MARKETING: MARKETING, MessageClass.SURVEY: MARKETING}
"""What a message needs consent to, and what its way out withdraws; a class without a purpose has neither."""


HASTY = frozenset({MessageClass.TRANSACTIONAL, MessageClass.SERVICE})
"""What has its turn before anything that the guest did not ask for and does not need."""


def _cap_reached(known: Known) -> bool:
    since = instant(known.now - timedelta(days=known.cap.days))
    return any(counted_since(each, since) >= known.cap.mails for each in known.memories)


ALREADY_SENT = "The guest got this {message} under another of their records."
CLAIMED = Hold(Reason.ALREADY_SENT, ALREADY_SENT, lambda known: known.is_claimed)
CANCELLED = Hold(
    Reason.RUN_CANCELLED, "The run was cancelled before this guest's turn.", lambda known: known.is_cancelled
)
NOT_MISSED = Hold(
    Reason.NOT_MISSED,
    "The {message} that this one was to be sent instead of turned up after all.",
    lambda known: not known.is_missed,
)
STANDING = (
    CLAIMED,
    CANCELLED,
    NOT_MISSED,
    Hold(Reason.ERASED, "The guest was erased.", lambda known: known.gate is not None and known.gate.erased),
    Hold(Reason.MERGED_AWAY, "The record belongs to no guest any more.", lambda known: known.guest is None),
    Hold(
        Reason.ALREADY_SENT,
        ALREADY_SENT,
        lambda known: known.is_chosen or (known.gate is not None and was_mailed(known.gate, known.occasion)),
    ),
    Hold(
        Reason.TOO_MANY_RECORDS,
        "The guest has more records than one claim can be checked against.",
        lambda known: not known.fits_claim,
    ),
)
RESTRICTED = Hold(
    Reason.RESTRICTED,
    "Use of the guest's profile is restricted.",
    lambda known: known.gate is not None and known.gate.restricted,
)
UNDER_AGE = Hold(Reason.MINOR, "The guest is under 18.", lambda known: known.is_minor)
ADDRESS = (
    Hold(
        Reason.NO_ADDRESS,
        "The guest has no {address} of their own that {message} can reach.",
        lambda known: known.address is None,
    ),
    Hold(
        Reason.SUPPRESSED_COMPLAINT,
        "Somebody at this address reported {message} as unwanted.",
        lambda known: known.suppression == "complaint",
    ),
    Hold(
        Reason.SUPPRESSED_BOUNCE,
        "What was sent to this address as {message} came back for good.",
        lambda known: known.suppression == "bounce",
    ),
)
LEFT_IN_PEACE = Hold(
    Reason.SUPPRESSED_SOFT_BOUNCES,
    "Of {message} to this address the last five or more came back, over a week or longer; one that arrives ends this.",
    lambda known: known.suppression == SOFT_BOUNCES,
)
"""What a guest asked for, or needs for a stay, is still tried."""
CAME_AGAIN = Hold(
    Reason.SUPPRESSED_ERASED,
    "Who has this {address} was erased, came again, and has not agreed to anything since.",
    lambda known: known.suppression == "erased",
)


BY_LAW: Mapping[Reason, str] = {
    Reason.NO_LEGAL_BASIS: "By the rule of the country nobody who may say so agreed to marketing {message}.",
    Reason.NOT_REGISTERED: "By the rule of the country a list must be compared that the hotel does not attest.",
    Reason.ON_LIST: "By the rule of the country nobody is written to who stands on a list with this {address}.",
    Reason.DOUBLE_OPT_IN_MISSING: "By the rule of the country the yes must be confirmed from the mailbox or proven.",
    Reason.CONSENT_EXPIRED: "By the rule of the country the yes, or what stood for it, has ended by its age.",
}
"""What a yes lacks, where there is one, in words; which rule says so is told beside it."""


def _consent(purpose: Purpose) -> tuple[Hold, ...]:
    return (
        Hold(
            Reason.NO_CONSENT,
            "The guest never agreed to marketing {message}.",
            lambda known: known.verdict(purpose).reason is Denied.NO_CONSENT,
        ),
        Hold(
            Reason.WITHDRAWN_AT_ADDRESS,
            "Somebody at this {address} does not want marketing {message} any more.",
            lambda known: known.is_refused(purpose, AT_ADDRESS),
        ),
        Hold(
            Reason.WITHDRAWN,
            "The guest does not want marketing {message} any more.",
            lambda known: known.is_refused(purpose),
        ),
        Hold(
            Reason.OFFICE_ADDRESS,
            "An office reads what is sent to this {address}: marketing {message} goes there only where the guest"
            " confirmed it.",
            lambda known: known.at_office and not known.is_confirmed(purpose),
        ),
        *(Hold(reason, rule, partial(_is_denied, purpose, reason)) for reason, rule in BY_LAW.items()),
    )


def _is_denied(purpose: Purpose, reason: Reason, known: Known) -> bool:
    return known.verdict(purpose).reason == reason.value


SHARED_MAILBOX = Hold(
    Reason.SHARED_MAILBOX,
    "Another guest with the same {address} gets this {message}.",
    lambda known: known.mailbox is not None and was_mailed(known.mailbox, known.occasion),
)
EARLIER_LAUNCH = Hold(
    Reason.EARLIER_LAUNCH,
    "The guest got this {message} with an earlier launch of the campaign, or may have.",
    lambda known: known.got_before,
)
LEFT_SEGMENT = Hold(
    Reason.LEFT_SEGMENT,
    "The guest has left the segment since the run was planned, or is in it only by what another hotel claims.",
    lambda known: not known.belongs,
)
OPEN_CASE = Hold(
    Reason.OPEN_CASE,
    "A complaint of the guest is still open.",
    lambda known: known.gate is not None and known.gate.open_case,
)
FREQUENCY_CAP = Hold(
    Reason.FREQUENCY_CAP,
    "The guest already got as much marketing {message} as the cap allows for its days.",
    _cap_reached,
)


def _with_consent(message_class: MessageClass) -> tuple[Hold, ...]:
    """Nobody asked for it: it needs consent to its purpose."""
    consent = _consent(PURPOSES[message_class])
    return (
        *STANDING,
        RESTRICTED,
        UNDER_AGE,
        *ADDRESS,
        LEFT_IN_PEACE,
        CAME_AGAIN,
        *consent,
        by_topic(PURPOSES[message_class]),
        EARLIER_LAUNCH,
        LEFT_SEGMENT,
        OPEN_CASE,
        SHARED_MAILBOX,
        FREQUENCY_CAP,
        by_frequency(PURPOSES[message_class]),
        *CONTENT,
    )


HOLDS: Mapping[MessageClass, tuple[Hold, ...]] = {
    MessageClass.MARKETING: _with_consent(MessageClass.MARKETING),
    MessageClass.SURVEY: _with_consent(MessageClass.SURVEY),
    MessageClass.SERVICE: (*STANDING, RESTRICTED, *ADDRESS, SHARED_MAILBOX, *CONTENT),
    MessageClass.TRANSACTIONAL: (*STANDING, *ADDRESS, SHARED_MAILBOX, *CONTENT),
}
RULES: Mapping[Reason, Hold] = {hold.reason: hold for holds in HOLDS.values() for hold in holds}


OF_CONSENT = frozenset(
    {Reason.NO_CONSENT, Reason.WITHDRAWN, Reason.WITHDRAWN_AT_ADDRESS, *BY_LAW},
)
"""What a country's rule, or an objection, decides."""


def decide(message_class: MessageClass, known: Known) -> Reason | None:
    """The first hold of the class that holds the message; None lets it pass."""
    return next((hold.reason for hold in HOLDS[message_class] if hold.holds(known)), None)


def of_content(fault: Fault) -> Hold:
    """Why a message is held that cannot be written."""
    known = Known(NEVER, fault=fault)
    return next(hold for hold in CONTENT if hold.holds(known))


def reason(message_class: MessageClass, known: Known) -> Reason:
    """Why a message is held of which it is certain that it is. Raises LookupError where the table does not say so."""
    found = decide(message_class, known)
    if found is None:
        raise LookupError(f"no hold of {message_class} holds a message that cannot be sent")
    return found


def is_capped(message_class: MessageClass) -> bool:
    """Whether messages of the class count for the cap."""
    return FREQUENCY_CAP in HOLDS[message_class]
