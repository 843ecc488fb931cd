"""Mail to those who work with the hub: no consent and no gate, a configuration set of its own, and each mail once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws import keys, mail, queues, table
from chalicelib.aws.codec import Item
from chalicelib.aws.mail import Mail, Sender
from chalicelib.canonical.delivery import Result, Verdict
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.ids import StaffMailId
from chalicelib.canonical.time import Instant, instant
from chalicelib.canonical.time import now as present
from chalicelib.messages import queued, rules
from chalicelib.messages.channels.contract import EventKind
from chalicelib.messages.channels.email import MAILABLE
from chalicelib.messages.model import State
from chalicelib.messages.queued import SendToStaff
from chalicelib.messages.templates import HEADER_BREAKS
from chalicelib.settings import store as settings
from chalicelib.settings.rules import mail_identity

CONFIGURATION_SET = "staff"
TAG = "staff"
KEPT = timedelta(days=30)
"""How long it is known that a mail was sent: longer than any queue keeps who asks for it."""
SMALL = 250
"""Bytes of a row, for the meter."""
NOT_DELIVERED = {EventKind.REJECT: "rejected", EventKind.BOUNCE: "bounced"}
STATE = {"#state": "state"}
CLAIMED = table.When("#state = :claimed", {":claimed": State.CLAIMED}, STATE)


def mail_staff(asked: SendToStaff) -> None:
    """Have somebody mailed within seconds. The same id again is mailed once. Raises TryAgain."""
    queues.send("send", queued.body_of(asked))


def send_to_staff(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """Send one mail, at most once, whatever crashed or came twice before; one that came too late is let go.

    Raises TryAgain where it may be sent later, and Rejected where somebody must do something first.
    """
    asked, moment = queued.read_send_to_staff(message), now or present()
    if asked.until and asked.until <= instant(moment):
        return
    ours, sender = _mail(asked), _sender()
    mail.begin()
    if _claim(asked.id, moment):
        (result,) = mail.send_bulk([ours], sender)
        _keep(asked.id, instant(moment), result)


def _mail(asked: SendToStaff) -> Mail:
    if not MAILABLE.fullmatch(asked.to):
        raise Rejected("not_mailable")
    subject = HEADER_BREAKS.sub(" ", asked.subject)
    return Mail(asked.to, subject, asked.html, asked.text, headers={}, tags={TAG: asked.id})


def _sender() -> Sender:
    group = mail_identity(settings.get()).branding
    if not group.sender:
        raise Rejected("no_sender")
    return Sender(group.sender, group.reply_to or "", CONFIGURATION_SET)


def _claim(mail_id: StaffMailId, now: datetime) -> bool:
    """Whether the mail is ours to send. Raises TryAgain while somebody else may be about to send it."""
    expires_at = int((now + KEPT).timestamp())
    row = table.row(keys.staff_mail(mail_id), state=State.CLAIMED, at=instant(now), expires_at=expires_at)
    try:
        # A transaction has a token: the SDK's own second try does not take our first one for somebody else's.
        table.transact([table.Put(row, table.ABSENT)])
    except table.ConditionFailed:
        _leave_it_to(table.get(keys.staff_mail(mail_id)) or row, now)
        return False
    return True


def _leave_it_to(claimed: Item, now: datetime) -> None:
    if claimed["state"] == State.CLAIMED and claimed["at"] > instant(now - rules.STILL_RUNNING):
        raise TryAgain("another worker is about to send this mail")


def _keep(mail_id: StaffMailId, at: Instant, result: Result) -> None:
    """Without an answer the claim stays as it is, and the mail is never sent again by itself."""
    match result.verdict:
        case Verdict.ACCEPTED:
            _advance(mail_id, State.SENT, CLAIMED)
        case Verdict.REFUSED:
            _advance(mail_id, State.FAILED, CLAIMED, result.reason)
        case Verdict.LATER | Verdict.STOPPED:
            _give_back(mail_id, at)
            raise TryAgain(result.reason)


def _give_back(mail_id: StaffMailId, at: Instant) -> None:
    ours = table.When(f"{CLAIMED.expression} AND #at = :at", {**CLAIMED.values, ":at": at}, {**STATE, "#at": "at"})
    table.write(table.Delete(keys.staff_mail(mail_id), ours, size=SMALL))


def follow(mail_id: StaffMailId, kind: EventKind) -> None:
    """Write what the carrier tells, in any order: a mail that did not arrive has failed, any other was sent."""
    if reason := NOT_DELIVERED.get(kind):
        _advance(mail_id, State.FAILED, table.PRESENT, reason)
    else:
        _advance(mail_id, State.SENT, CLAIMED)


def _advance(mail_id: StaffMailId, state: State, when: table.When, reason: str = "") -> None:
    """Where the condition does not hold, something newer is known."""
    values = {":state": state, ":reason": reason}
    try:
        table.write(
            table.Update(
                keys.staff_mail(mail_id), "SET #state = :state, reason = :reason", values, STATE, when, size=SMALL
            )
        )
    except table.ConditionFailed:
        return
