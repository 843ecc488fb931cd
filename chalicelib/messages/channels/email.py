"""The e-mail channel: what a mail must carry, how SES sends it, and what SES tells of it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.aws import mail
from chalicelib.aws.mail import Mail
from chalicelib.canonical.delivery import Quota, Result
from chalicelib.consent import model as consent
from chalicelib.guests.model import Traits
from chalicelib.identity.identifiers import normalise_email
from chalicelib.languages.catalogues import nearest
from chalicelib.messages.channels import email_events, foot
from chalicelib.messages.channels.contract import DeliveryEvent, Written
from chalicelib.messages.channels.visible import Seen, says_nothing, words_of
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Fault, Words
from chalicelib.messages.model import Occasion, Template
from chalicelib.messages.templates import Renderer, Unfit
from chalicelib.messages.variables import Clock
from chalicelib.properties.model import Branding

MAILABLE = re.compile(r"[!#-'*+\-./-9=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,255}")
"""ASCII, one address, and nothing that a header could read as a second one."""
CONFIGURATION_SETS = {MessageClass.MARKETING: "marketing", MessageClass.SURVEY: "marketing"}
"""A complaint about marketing must not cost guests the messages about their bookings."""


UNTRACKED = "-untracked"
"""Ends the name of the set that tells of no opens and clicks: SES changes no link there, and adds no picture."""


def configuration_set(message_class: MessageClass, *, tracked: bool) -> str:
    name = CONFIGURATION_SETS.get(message_class, "service")
    return name if tracked else f"{name}{UNTRACKED}"


class MailWriter:
    """One template, read once and written out for many guests."""

    def __init__(self, template: Template, names: Branding, clock: Clock) -> None:
        self._renderer = Renderer(template, names, clock)
        self._postal_address = names.postal_address or ""
        self._language = template.language

    def write(self, to: str, traits: Traits, way_out: str | None, tags: Mapping[str, str]) -> Written:
        """Raises Unfit, also where nothing but the foot could be read. Every mail carries the postal address and its
        way out, placed by the template or not."""
        content = self._renderer.render(traits, way_out or "")
        html = foot.untracked(content.html, way_out)
        seen = Seen(html)
        for words in (seen.words, words_of(content.text, way_out)):
            if says_nothing(words, self._postal_address, way_out):
                raise Unfit(Fault.EMPTY)
        placed = self._postal_address, way_out, nearest(traits.language) or self._language
        html, text = foot.with_foot(html, seen, *placed), foot.with_text_foot(content.text, *placed)
        parts = {"subject": content.subject, "html": html, "text": text}
        return Written(to, parts, _headers(way_out), tags)


def _headers(way_out: str | None) -> dict[str, str]:
    """RFC 8058: both headers, and the DKIM signature that SES adds covers them."""
    if way_out is None:
        return {}
    return {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


class Email:
    name = consent.EMAIL
    identifier = consent.CHANNELS[consent.EMAIL]
    words = Words(address="e-mail address", message="mail")
    needs = ("sender", "postal_address")
    events_from = "mail-events"
    at_once = mail.AT_ONCE

    def address_of(self, traits: Traits) -> str | None:
        return traits.email if traits.email and MAILABLE.fullmatch(traits.email) else None

    def normalised(self, address: str) -> str | None:
        return normalise_email(address)

    def quota(self) -> Quota:
        return mail.quota()

    def writer(self, occasion: Occasion, now: datetime) -> MailWriter:
        at_hotel = now.astimezone(ZoneInfo(occasion.identity.time_zone))
        return MailWriter(occasion.template, occasion.identity.branding, Clock(at_hotel, occasion.days))

    def begin(self) -> None:
        mail.begin()

    def send(self, occasion: Occasion, messages: Sequence[Written]) -> list[Result]:
        names = occasion.identity.branding
        set_ = configuration_set(occasion.message_class, tracked=all(each.tracked for each in messages))
        sender = mail.Sender(names.sender or "", names.reply_to or "", set_)
        if occasion.singly:
            return [mail.send_single(_mail(each), sender) for each in messages]
        return mail.send_bulk([_mail(each) for each in messages], sender)

    def event_of(self, body: str) -> DeliveryEvent | None:
        return email_events.parse(body)


EMAIL = Email()


def _mail(written: Written) -> Mail:
    return Mail(to=written.to, **written.parts, headers=written.headers, tags=written.tags)
