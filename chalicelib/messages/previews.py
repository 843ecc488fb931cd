"""A template as one guest would read it: written by the channel that would send it, and sent to nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import OccasionId, PropertyId
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.guests import today
from chalicelib.guests.model import Traits
from chalicelib.messages import holds, names
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.holds import UNASKED
from chalicelib.messages.known import Cap
from chalicelib.messages.misfits import Found, Misfit, misfit
from chalicelib.messages.model import Occasion, Template
from chalicelib.messages.reasons import Reason
from chalicelib.messages.templates import SHOWN, Unfit, judged, where_in
from chalicelib.messages.variables import SAMPLE_URL
from chalicelib.settings import installation

PREVIEW = OccasionId("preview")
NOWHERE = "/u/preview"
"""Where the way out leads: to no guest's consents."""


@dataclass(frozen=True)
class Preview:
    """The parts of the message, by their names; or what is wrong with the template, or why this guest would be held."""

    parts: Mapping[str, str] = field(default_factory=dict)
    misfits: tuple[Misfit, ...] = ()
    held: Reason | None = None


def preview(template: Template, reader: Traits, hotel: PropertyId | None, now: datetime) -> Preview:
    """In the name of a hotel, or else of the group. Raises Invalid for a hotel that is not there."""
    misfits = judged(template).faults
    if misfits:
        return Preview(misfits=misfits[:SHOWN])
    occasion = _occasion(template, hotel, now)
    writer = CHANNELS[occasion.channel].writer(occasion, now)
    try:
        written = writer.write("", reader, f"{occasion.public_url.rstrip('/')}{NOWHERE}", {})
    except Unfit as unfit:
        return _held(template, unfit)
    return Preview(written.parts)


def _occasion(template: Template, hotel: PropertyId | None, now: datetime) -> Occasion:
    identity = names.of(hotel)
    if identity is None:
        raise Invalid(FieldError("property_id", "does not exist"))
    return Occasion(
        id=PREVIEW,
        origin=PREVIEW,
        message_class=UNASKED,
        channel=DEFAULT_CHANNEL,
        template=template,
        identity=identity,
        public_url=installation.get().public_url or SAMPLE_URL.removesuffix("/u/token"),
        cap=Cap(mails=0, days=1),
        days=today.days(now, hotel),
    )


def _held(template: Template, unfit: Unfit) -> Preview:
    """In the words of the hold by which the sender would hold it, and where Liquid stumbled."""
    hold = holds.of_content(unfit.fault)
    words = hold.rule_in(CHANNELS[DEFAULT_CHANNEL].words)
    source = getattr(template, unfit.part) if unfit.part else ""
    found = Found(words, where_in(unfit.__cause__) if unfit.part else None)
    return Preview(misfits=(misfit(unfit.part, source, found),), held=hold.reason)
