"""What a claim says of its message, and what an event does."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.canonical.ids import Leaf, OccasionId
from chalicelib.canonical.time import instant
from chalicelib.consent.rules import Remembering, was_mailed
from chalicelib.messages.channels.contract import DeliveryEvent, EventKind
from chalicelib.messages.model import AGAIN, EventField, Message, Outcome, ShownState, State

STILL_RUNNING = timedelta(seconds=90)
"""Longer than any worker lives: a younger claim may be about to be sent by the one who made it."""
LOST_AFTER = timedelta(hours=72)
ENDS: Mapping[State, ShownState] = {State.SENT: "sent", State.FAILED: "failed", State.HELD: "held"}


def outcome_of_own(claims: Iterable[Message], origin: str, candidate: Leaf, now: datetime) -> Outcome | None:
    """What an earlier claim for the same occasion says, if it is the candidate's own; None where there is none.

    That the guest's message is held is everybody's, unless another claim says more.
    """
    told = sorted(claims, key=lambda claim: claim.guest)
    own = [claim for claim in told if claim.origin == origin and claim.candidate == candidate]
    held = told if all(claim.state is State.HELD for claim in told) else []
    return _outcome(own[0] if own else held[0], now) if own or held else None


def _outcome(own: Message, now: datetime) -> Outcome:
    if own.state is State.CLAIMED and own.at > instant(now - STILL_RUNNING):
        return AGAIN
    return Outcome(code=shown_state(own, now), reason=own.reason or "", law=own.law or "", tracked=own.tracked)


def shown_state(message: Message, now: datetime) -> ShownState:
    """A claim without an outcome is unknown until the carrier tells, and lost when it has not told in 72 hours."""
    if message.state is State.CLAIMED:
        return "lost" if message.at < instant(now - LOST_AFTER) else "unknown"
    return ENDS[message.state]


def got_before(told: Collection[Message], memories: Iterable[Remembering], occasions: Iterable[OccasionId]) -> bool:
    """Whether a message of one of these occasions reached the guest, or may have. `told` are the guest's own claims for
    them; of others, such as from before a split, gate and mailbox know."""
    if any(_may_have_arrived(each) for each in told):
        return True
    others = set(occasions) - {each.occasion for each in told}
    return any(was_mailed(memory, each) for memory in memories for each in others)


def _may_have_arrived(message: Message) -> bool:
    came_back = message.bounced_at or message.soft_bounced_at
    return message.state in {State.CLAIMED, State.SENT} and not (came_back and message.delivered_at is None)


INSTANTS: Mapping[EventKind, EventField] = {
    EventKind.DELIVERY: "delivered_at",
    EventKind.OPEN: "opened_at",
    EventKind.CLICK: "clicked_at",
    EventKind.BOUNCE: "bounced_at",
    EventKind.SOFT_BOUNCE: "soft_bounced_at",
    EventKind.COMPLAINT: "complained_at",
}


OF_TRACKING = frozenset({EventKind.OPEN, EventKind.CLICK})


def followed(message: Message, event: DeliveryEvent) -> Message:
    """The message after an event, the same in any order: first instants stay, and a rejection beats sent. Of one that
    is not tracked no open and no click is kept, whoever tells of it."""
    after = message.carried_as(message.carrier_id or event.carrier_id)
    if event.kind is EventKind.REJECT:
        after = after.refused("rejected")
    elif after.state is State.CLAIMED:
        after = after.accepted(after.carrier_id)
    name = None if message.tracked is False and event.kind in OF_TRACKING else INSTANTS.get(event.kind)
    return after.first(name, event.at) if name else after
