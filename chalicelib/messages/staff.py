"""Mail to those who work with the hub: no consent and no gate, a configuration set of its own, and each mail once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.aws import keys, queues
from chalicelib.canonical.ids import StaffMailId
from chalicelib.canonical.time import instant
from chalicelib.canonical.time import now as present
from chalicelib.messages import once, queued
from chalicelib.messages.channels.contract import EventKind
from chalicelib.messages.queued import SendToStaff
from chalicelib.settings import store as settings
from chalicelib.settings.rules import mail_identity

CONFIGURATION_SET = "staff"


def mail_staff(asked: SendToStaff) -> None:
    """Have somebody mailed within seconds. The same id again is mailed once. Raises TryAgain."""
    queues.send("send", queued.body_of(asked))


def send_to_staff(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """Send one mail, at most once, whatever crashed or came twice before; one that came too late is let go.

    Raises TryAgain where it may be sent later, and Rejected where somebody must do something first.
    """
    asked, moment = queued.read_send_to_staff(message), now or present()
    if not (asked.until and asked.until <= instant(moment)):
        ours = once.mail_of(asked, staff=asked.id)
        sender = once.sender_of(mail_identity(settings.get()).branding, CONFIGURATION_SET)
        once.send(keys.staff_mail(asked.id), ours, sender, moment)


def follow(mail_id: StaffMailId, kind: EventKind) -> None:
    """Write what the carrier tells of a mail, in any order."""
    once.follow(keys.staff_mail(mail_id), kind)
