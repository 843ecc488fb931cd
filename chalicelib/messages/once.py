"""One mail that is written out already, given to the carrier at most once: its claim is a row that knows how it ended,
and holds nothing of what the mail says."""

from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws import mail, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.aws.mail import Mail, Sender
from chalicelib.canonical.delivery import Result, Verdict
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.time import Instant, instant
from chalicelib.messages import rules
from chalicelib.messages.channels.contract import EventKind
from chalicelib.messages.channels.email import MAILABLE
from chalicelib.messages.model import State
from chalicelib.messages.templates import HEADER_BREAKS
from chalicelib.properties.model import Branding

KEPT = timedelta(days=30)
"""How long it is known that a mail was sent: longer than any queue keeps who asks for it."""
SMALL = 250
"""Bytes of a row, for the meter."""
NOT_DELIVERED = {EventKind.REJECT: "rejected", EventKind.BOUNCE: "bounced"}
STATE = {"#state": "state"}
CLAIMED = table.When("#state = :claimed", {":claimed": State.CLAIMED}, STATE)


class Asked(Protocol):
    """What the queue says of a mail that is written out."""

    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def text(self) -> str: ...


def mail_of(asked: Asked, **tags: str) -> Mail:
    """The mail, with what its events are known by. Raises Rejected for an address that a header could misread."""
    if not MAILABLE.fullmatch(asked.to):
        raise Rejected("not_mailable")
    return Mail(asked.to, HEADER_BREAKS.sub(" ", asked.subject), asked.html, asked.text, headers={}, tags=tags)


def sender_of(names: Branding, configuration_set: str) -> Sender:
    """Raises Rejected where nobody is named."""
    if not names.sender:
        raise Rejected("no_sender")
    return Sender(names.sender, names.reply_to or "", configuration_set)


def send(key: Key, ours: Mail, sender: Sender, now: datetime) -> None:
    """Send one mail, at most once, whatever crashed or came twice. Raises TryAgain where it may be sent later."""
    mail.begin()
    if _claim(key, now):
        (result,) = mail.send_bulk([ours], sender)
        _keep(key, instant(now), result)


def follow(key: Key, kind: EventKind) -> None:
    """Write what the carrier tells, in any order: a mail that did not arrive has failed, any other was sent."""
    if reason := NOT_DELIVERED.get(kind):
        _advance(key, State.FAILED, table.PRESENT, reason)
    else:
        _advance(key, State.SENT, CLAIMED)


def _claim(key: Key, now: datetime) -> bool:
    """Whether the mail is ours to send. Raises TryAgain while somebody else may be about to send it."""
    row = table.row(key, state=State.CLAIMED, at=instant(now), expires_at=int((now + KEPT).timestamp()))
    try:
        # A transaction has a token: the SDK's own second try does not take our first one for somebody else's.
        table.transact([table.Put(row, table.ABSENT)])
    except table.ConditionFailed:
        _leave_it_to(table.get(key) or row, now)
        return False
    return True


def _leave_it_to(claimed: Item, now: datetime) -> None:
    if claimed["state"] == State.CLAIMED and claimed["at"] > instant(now - rules.STILL_RUNNING):
        raise TryAgain("another worker is about to send this mail")


def _keep(key: Key, at: Instant, result: Result) -> None:
    """Without an answer the claim stays as it is, and the mail is never sent again by itself."""
    match result.verdict:
        case Verdict.ACCEPTED:
            _advance(key, State.SENT, CLAIMED)
        case Verdict.REFUSED:
            _advance(key, State.FAILED, CLAIMED, result.reason)
        case Verdict.LATER | Verdict.STOPPED:
            _give_back(key, at)
            raise TryAgain(result.reason)


def _give_back(key: Key, at: Instant) -> None:
    ours = table.When(f"{CLAIMED.expression} AND #at = :at", {**CLAIMED.values, ":at": at}, {**STATE, "#at": "at"})
    table.write(table.Delete(key, ours, size=SMALL))


def _advance(key: Key, state: State, when: table.When, reason: str = "") -> None:
    """Where the condition does not hold, something newer is known."""
    values = {":state": state, ":reason": reason}
    try:
        table.write(table.Update(key, "SET #state = :state, reason = :reason", values, STATE, when, size=SMALL))
    except table.ConditionFailed:
        return
