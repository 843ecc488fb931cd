"""What a hold is; those by what guests want less of, and by what a template makes of them. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.canonical.time import instant
from chalicelib.consent.model import MONTHLY, WEEKLY, Purpose
from chalicelib.consent.rules import counted_since
from chalicelib.messages.known import Fault, Known, Words
from chalicelib.messages.reasons import Reason


@dataclass(frozen=True)
class Hold:
    """`rule` is what a marketer reads beside the reason, with the channel's own words put in."""

    reason: Reason
    rule: str
    holds: Callable[[Known], bool]

    def rule_in(self, words: Words) -> str:
        return self.rule.format(address=words.address, message=words.message)


NEVER = datetime.min.replace(tzinfo=UTC)
DAYS_APART: Mapping[str, int] = {WEEKLY: 6, MONTHLY: 27}
"""A day less than they say, and of months the shortest: what goes out weekly may go an hour earlier than last week."""


def by_topic(purpose: Purpose) -> Hold:
    return Hold(
        Reason.TOPIC,
        "The guest wants no marketing {message} about this topic.",
        lambda known: bool(known.topic) and known.is_refused(purpose, part=known.topic),
    )


def by_frequency(purpose: Purpose) -> Hold:
    return Hold(
        Reason.FREQUENCY,
        "The guest wants marketing {message} less often, and got one of late.",
        lambda known: any(_is_too_soon(known, purpose, part) for part in DAYS_APART),
    )


def _is_too_soon(known: Known, purpose: Purpose, part: str) -> bool:
    since = instant(known.now - timedelta(days=DAYS_APART[part]))
    return known.is_refused(purpose, part=part) and any(counted_since(each, since) for each in known.memories)


CONTENT = (
    Hold(
        Reason.MISSING_VARIABLE,
        "The template uses a value that is not known of this guest, without a default.",
        lambda known: known.fault is Fault.VALUE_MISSING,
    ),
    Hold(
        Reason.EMPTY_CONTENT,
        "The subject, the HTML or the text of the {message} would have nothing to read but its foot for this guest.",
        lambda known: known.fault is Fault.EMPTY,
    ),
    Hold(
        Reason.TEMPLATE_REFUSED,
        "The hub does not take this template any more: who saves it again is told why.",
        lambda known: known.fault is Fault.REFUSED,
    ),
    Hold(
        Reason.NAME_IS_ADVERTISING,
        "The guest's name, which the template uses, reads like a link or like advertising.",
        lambda known: known.fault is Fault.ADVERTISING,
    ),
    Hold(
        Reason.RENDERING_FAILED,
        "The template could not be filled in for this guest.",
        lambda known: known.fault is not None,
    ),
)
