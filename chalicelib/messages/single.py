"""One message to one guest, outside of any run: the answer to what the guest just did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.aws import queues
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.time import now as present
from chalicelib.guests import today
from chalicelib.messages import names, queued, sending
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.holds import ANSWER
from chalicelib.messages.known import Cap
from chalicelib.messages.model import Occasion
from chalicelib.messages.queued import SendToGuest
from chalicelib.messages.store import TEMPLATES
from chalicelib.settings import installation
from chalicelib.settings import store as settings
from chalicelib.settings.rules import MailIdentity

ORIGIN = "single"
"""The piece of work that a claim of ours names: there is one for an occasion."""


def answer_guest(asked: SendToGuest) -> None:
    """Have a guest answered within seconds. The same occasion again is answered once. Raises TryAgain."""
    queues.send("send", queued.body_of(asked))


def send_to_guest(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """Send one message, at most once, whatever crashed or came twice before.

    Raises TryAgain until there is a decision, and Rejected where somebody must do something first.
    """
    asked = queued.read_send_to_guest(message)
    moment = now or present()
    batch = sending.send(_occasion(asked, moment), [asked.leaf], moment)
    if batch.outcomes[asked.leaf].code == "again":
        raise TryAgain(batch.stopped or "there is no decision about the guest yet")


def _occasion(asked: SendToGuest, now: datetime) -> Occasion:
    template = TEMPLATES.get(asked.template)
    if template is None:
        raise Rejected("no_such_template")
    kept = settings.get()
    return Occasion(
        id=asked.occasion,
        origin=ORIGIN,
        message_class=ANSWER,
        channel=asked.channel,
        template=template,
        identity=_identity(asked),
        public_url=installation.get().public_url,
        cap=Cap(kept.cap_mails, kept.cap_days),
        keeps_holds=True,
        days=today.days(now, asked.property_id),
    )


def _identity(asked: SendToGuest) -> MailIdentity:
    """Whose names the message carries. Raises Rejected where there are none, or not all that the channel needs."""
    identity = names.of(asked.property_id)
    if identity is None:
        raise Rejected("no_such_property")
    missing = [name for name in CHANNELS[asked.channel].needs if not getattr(identity.branding, name)]
    if missing:
        raise Rejected("not_set", ", ".join(missing))
    return identity
