"""What every channel offers. Deciding, claiming and following up know this page, and no channel's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.canonical.delivery import Quota, Result
from chalicelib.canonical.ids import ChannelName, GuestId, OccasionId, SignupId, StaffMailId
from chalicelib.canonical.time import Instant
from chalicelib.guests.model import Traits
from chalicelib.messages.known import Words
from chalicelib.messages.model import Occasion


@dataclass(frozen=True)
class Written:
    """One message, ready to be sent. `parts` are the channel's own, such as the subject of a mail.

    `tags` come back with the events about the message: they say whose it is.
    """

    to: str
    parts: Mapping[str, str]
    headers: Mapping[str, str]
    tags: Mapping[str, str]
    tracked: bool = False
    """Whether it may be followed who opens it, and what is clicked."""

    def followed(self, *, tracked: bool) -> "Written":
        return replace(self, tracked=tracked)

    def beginning_with(self, prefix: str) -> "Written":
        """Where there is a subject, with this before it, unless it stands there."""
        subject = self.parts.get("subject")
        if subject is None or subject.startswith(prefix):
            return self
        return replace(self, parts={**self.parts, "subject": f"{prefix} {subject}"})


class EventKind(StrEnum):
    SEND = "send"
    DELIVERY = "delivery"
    OPEN = "open"
    CLICK = "click"
    BOUNCE = "bounce"
    SOFT_BOUNCE = "soft_bounce"
    COMPLAINT = "complaint"
    REJECT = "reject"
    REPORT = "report"
    """A mailbox provider tells the sender of something that is no complaint of the guest's."""


@dataclass(frozen=True)
class DeliveryEvent:
    """One thing that happened to one message, `at` an instant as the hub writes it.

    `run` and `guest`, or `staff`, or `signup`, are our tags; an event without the first is found by the addresses of
    its `recipients`.
    """

    kind: EventKind
    at: Instant
    carrier_id: str
    run: OccasionId | None = None
    guest: GuestId | None = None
    recipients: tuple[str, ...] = ()
    staff: StaffMailId | None = None
    signup: SignupId | None = None
    word: str = ""
    """The carrier's own for what a report is about."""
    blames_address: bool = True
    """False of a bounce that is the message's own fault, such as its size."""


class Writer(Protocol):
    """One template, read once and written out for many guests."""

    def write(self, to: str, traits: Traits, way_out: str | None, tags: Mapping[str, str]) -> Written:
        """`way_out` is the guest's own unsubscribe link; None where the class of message has none. Raises Unfit."""


class Channel(Protocol):
    """`name` is the word in consents and in the gate's key, `identifier` the kind of identifier its addresses are."""

    @property
    def name(self) -> ChannelName: ...

    @property
    def identifier(self) -> str: ...

    @property
    def words(self) -> Words:
        """What marketers read of it, in the rules that hold a message."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of a hotel's branding without which nothing can be sent."""

    @property
    def events_from(self) -> str:
        """The queue on which the carrier tells what became of messages."""

    @property
    def at_once(self) -> int:
        """Messages that one call of `send` takes."""

    def address_of(self, traits: Traits) -> str | None:
        """The guest's own address, if this channel can reach one."""

    def normalised(self, address: str) -> str | None:
        """An address as it is kept, from how an event names it; None for what is none."""

    def quota(self) -> Quota:
        """How much the carrier takes now."""

    def writer(self, occasion: Occasion, now: datetime) -> Writer: ...

    def begin(self) -> None:
        """Called before a piece of work claims what it sends: what the channel kept of an earlier one may be dead."""

    def send(self, occasion: Occasion, messages: Sequence[Written]) -> list[Result]:
        """Give up to `at_once` messages to the carrier, in one attempt; results are by position, nothing is raised.

        Either all of them are `tracked`, or none is."""

    def event_of(self, body: str) -> DeliveryEvent | None:
        """Read one message of the carrier's events; None is one that changes nothing here. Raises Rejected."""
