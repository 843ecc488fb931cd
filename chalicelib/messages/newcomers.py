"""Mail to who signs up, and is no guest yet: it asks them to confirm, once, and holds no offer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.aws import keys_of_newcomers as keys
from chalicelib.aws import queues
from chalicelib.aws.mail import Sender
from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import PropertyId, SignupId
from chalicelib.canonical.time import instant
from chalicelib.canonical.time import now as present
from chalicelib.consent.model import CHANNELS, DEFAULT_CHANNEL, SOFT_BOUNCES
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.messages import names, once, queued
from chalicelib.messages.channels.contract import EventKind
from chalicelib.messages.channels.email import configuration_set
from chalicelib.messages.holds import ANSWER
from chalicelib.messages.queued import SendToNewcomer


def mail_newcomer(asked: SendToNewcomer) -> None:
    """Have somebody mailed within seconds. The same sign-up again is mailed once. Raises TryAgain."""
    queues.send("send", queued.body_of(asked))


def send_to_newcomer(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """Send one mail, at most once, whatever crashed or came twice before. It is let go where it came too late, and
    where the address is one that no mail may reach: somebody there complained, or it takes none.

    Raises TryAgain where it may be sent later, and Rejected where somebody must do something first.
    """
    asked, moment = queued.read_send_to_newcomer(message), now or present()
    if asked.until <= instant(moment) or _is_suppressed(asked.to):
        meter().called("newcomer_not_mailed")
        return
    once.send(keys.signup_mail(asked.id), once.mail_of(asked, signup=asked.id), _sender(asked.property_id), moment)


def follow(signup: SignupId, kind: EventKind) -> None:
    """Write what the carrier tells of a mail, in any order."""
    once.follow(keys.signup_mail(signup), kind)


def _is_suppressed(address: str) -> bool:
    """By what is known of the address; a guest's own act is still tried where mail came back for the time being."""
    row = identity.identifier(digest(CHANNELS[DEFAULT_CHANNEL], address))
    return bool(row and row.suppressed and row.suppressed["reason"] != SOFT_BOUNCES)


def _sender(property_id: PropertyId | None) -> Sender:
    known = names.of(property_id)
    if known is None:
        raise Rejected("no_such_property")
    return once.sender_of(known.branding, configuration_set(ANSWER, tracked=False))
