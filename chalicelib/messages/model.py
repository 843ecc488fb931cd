"""What a template, an occasion, a message and its outcome are."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.canonical.definitions import Definition
from chalicelib.canonical.ids import (
    CampaignId,
    ChannelName,
    ControllerId,
    Digest,
    GuestId,
    Leaf,
    OccasionId,
    PropertyId,
    TemplateId,
)
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import Purpose
from chalicelib.guests.model import Traits
from chalicelib.guests.stats import Days
from chalicelib.messages.holds import PURPOSES, MessageClass
from chalicelib.messages.known import Cap
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity


class Draft(BaseModel):
    """What a mail says, in Liquid.

    `language` is what it is written in, such as `de` or `pt-BR`: the word for the way out at its foot, and the page
    behind that, speak it to guests whose own language is not known or not one of the hub's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    html: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=30_000)]
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")] | None = None


class Template(Draft, Definition):
    """Reusable content in Liquid; a run pins the version that it was launched with.

    `language` is what it is written in, such as `de` or `pt-BR`: the word for the way out at its foot, and the page
    behind that, speak it to guests whose own language is not known or not one of the hub's.
    """

    id: Annotated[TemplateId, HUB_ID]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class State(StrEnum):
    """CLAIMED without an outcome is shown as unknown: it is settled by the carrier's events, and never sent again. HELD
    is one that was never sent, for its `reason`."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


ShownState = Literal["sent", "failed", "held", "unknown", "lost"]
"""As others see it. LOST is an unknown one of which the carrier has told nothing for long."""


EventField = Literal["delivered_at", "opened_at", "clicked_at", "bounced_at", "soft_bounced_at", "complained_at"]
"""Where a message keeps when an event of its kind happened first."""


class Message(BaseModel):
    """The claim of one send, its outcome, and what became of the mail; or that it is held.

    `carrier_id` is the carrier's own id of it. `origin` is the piece of work that claimed it and `candidate` the id it
    was claimed for: a redelivery knows its own.
    `bounced_at` is a permanent bounce, `soft_bounced_at` any other.
    """

    model_config = ConfigDict(frozen=True)

    guest: GuestId
    occasion: OccasionId
    claim: str
    campaign: CampaignId | None = None
    origin: str
    candidate: Leaf
    address: Digest | None = None
    """None of one that is held: it names no address of a guest who may be erased."""
    channel: ChannelName | None = None
    """Of one that is held: in this channel's words its reason is told."""
    at: Instant
    controller: ControllerId = GROUP_CONTROLLER
    """Who answers for it; before it was written down, all mail was the group's."""
    property_id: PropertyId | None = None
    """The hotel in whose name it is; None of the group's."""
    law: str | None = None
    """The country's rule by which it went, or is held, such as `de.confirmed`; None of what the guest asked for."""
    tracked: bool | None = None
    """Whether its opens and clicks are followed: of one that is not, nothing is known of them. None of one that is
    held, and of before it was chosen for each guest: then all were."""
    state: State = State.CLAIMED
    reason: str | None = None
    carrier_id: str | None = None
    delivered_at: Instant | None = None
    opened_at: Instant | None = None
    clicked_at: Instant | None = None
    bounced_at: Instant | None = None
    soft_bounced_at: Instant | None = None
    complained_at: Instant | None = None

    def accepted(self, carrier_id: str | None) -> "Message":
        return self.model_copy(update={"state": State.SENT, "carrier_id": carrier_id})

    def refused(self, reason: str) -> "Message":
        return self.model_copy(update={"state": State.FAILED, "reason": reason})

    def held(self, reason: str, channel: ChannelName) -> "Message":
        return self.model_copy(update={"state": State.HELD, "reason": reason, "channel": channel, "address": None})

    def carried_as(self, carrier_id: str | None) -> "Message":
        return self.model_copy(update={"carrier_id": carrier_id})

    def first_at(self, name: EventField) -> str | None:
        """When the first event of this kind happened."""
        at: Instant | None = getattr(self, name)
        return at

    def first(self, name: EventField, at: Instant) -> "Message":
        """The message after an event that happened `at`."""
        return self.model_copy(update={name: min(self.first_at(name) or at, at)})


class Outcome(BaseModel):
    """The one decision about a candidate, and how it ended. AGAIN is not decided yet: it must come again."""

    model_config = ConfigDict(frozen=True)

    code: Literal[ShownState, "again"]
    reason: str = ""
    law: str = ""
    """The country's rule that decided it, where one did."""
    tracked: bool | None = None
    """As the message has it; None where there is none."""


AGAIN = Outcome(code="again")


class Occasion(BaseModel):
    """What a guest may be mailed for once, with all that a mail needs."""

    model_config = ConfigDict(frozen=True)

    id: OccasionId
    campaign: CampaignId | None = None
    origin: str
    message_class: MessageClass
    channel: ChannelName
    template: Template
    identity: MailIdentity
    public_url: str
    """Where its links lead."""
    cap: Cap
    is_cancelled: bool = False
    """Nobody is mailed for it any more; who was claimed before keeps that outcome."""
    topic: str = ""
    """What it is about, by the id of one of the company's topics."""
    singly: bool = False
    """Each in a call of its own: an answer that is lost leaves one message unknown, and not a whole call's."""
    keeps_holds: bool = False
    """Who is held gets a row that says so: there is no other place that would."""
    instead_of: OccasionId | None = None
    """Only those are mailed whose message for that occasion is lost."""
    earlier: tuple[OccasionId, ...] = ()
    """Who got the message for one of these does not get it once more."""
    belongs: Callable[[Traits], bool] | None = None
    """Whether a guest is one whom it is for; None where it is for those alone for whom it is asked."""

    days: Days
    """Those on which it counts what depends on the day, at each hotel."""
    as_planned: bool = False
    """Whoever it is asked for gets it, also who belongs no more."""

    def still_meant_for(self, traits: Traits) -> bool:
        """Whether it is for somebody for whom it was asked, as they are now."""
        return self.as_planned or self.belongs is None or self.belongs(traits)

    def is_meant_for(self, traits: Traits) -> bool:
        """Whether somebody of whom nothing was asked here may be asked for elsewhere."""
        return self.belongs is not None and self.instead_of is None and self.belongs(traits)

    @property
    def purpose(self) -> Purpose | None:
        """What the way out of its messages withdraws."""
        return PURPOSES.get(self.message_class)
