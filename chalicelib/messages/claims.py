"""Claim the right to send a message, and give it back where the message was certainly not sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.batch import portions
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import ChannelName, Leaf
from chalicelib.consent import store as consents
from chalicelib.consent.model import Gate
from chalicelib.guests import store as guests
from chalicelib.identity import store as identity
from chalicelib.identity.model import Identifier
from chalicelib.messages import store
from chalicelib.messages.channels.contract import Written
from chalicelib.messages.model import Message

GIVE_BACK_TRIES = 3


@dataclass(frozen=True)
class Sendable:
    """A message that may be claimed: it was decided on `gate` (None: there is none yet) with the leaves `others`.

    `counts` says that it counts for the cap. The gate remembers it in any case, for those who are split off.
    """

    message: Message
    gate: Gate | None
    channel: ChannelName
    others: tuple[Leaf, ...]
    written: Written
    counts: bool
    mailbox: Identifier | None = None
    """The address's own row, where other guests have or had it."""

    @property
    def rows(self) -> int:
        return rows_of(self.others) + (self.mailbox is not None)


def claim(some: Sequence[Sendable]) -> list[Sendable]:
    """Claim many in few transactions. Who is not in the answer was changed by others meanwhile: decide them again."""
    groups = portions(some, lambda each: each.rows, largest=table.WRITE_AT_ONCE)
    return [claimed for group in groups for claimed in _claim_together(group)]


def rows_of(others: Sequence[Leaf]) -> int:
    """Rows of one claim's transaction: the claim, the gate, and a check of each other leaf."""
    return 2 + len(others)


def _claim_together(group: list[Sendable]) -> list[Sendable]:
    """One transaction; on a cancel without those named in its reasons, until the rest passes."""
    while group:
        writes = [(each, write) for each in group for write in _writes(each)]
        try:
            table.transact([write for _, write in writes])
        except table.ConditionFailed as cancelled:
            named = {writes[at][0].message.guest for at in cancelled.failed}
            group = [each for each in group if each.message.guest not in named]
        except TryAgain:
            return []  # somebody else is writing to one of these rows right now
        else:
            return group
    return []


def _writes(each: Sendable) -> list[table.Write]:
    gate = each.gate or Gate(guest=each.message.guest, channel=each.channel)
    return store.claim(each.message, gate, each.others, each.mailbox, counts=each.counts)


def hold(message: Message, others: Sequence[Leaf]) -> bool:
    """Write down that a message is held; False where others wrote meanwhile: decide it again."""
    try:
        store.hold(message, others)
    except (table.ConditionFailed, TryAgain):
        return False
    return True


def give_back(message: Message, channel: ChannelName) -> None:
    """Undo a claim. Nobody else's claim is touched: the row must still be ours, and without an outcome."""
    until_written(partial(_give_back, message, channel), consents.BUSY, GIVE_BACK_TRIES)


def _mailbox_of(message: Message) -> Identifier | None:
    return identity.identifier(message.address) if message.address else None


def _give_back(message: Message, channel: ChannelName) -> None:
    """The guest may have been merged into another since: that guest's gate has the message among its sends now."""
    head = guests.head(message.guest)
    guest = head.guest if head else message.guest
    undo = store.give_back(message, consents.gate(guest, channel), _mailbox_of(message))
    try:
        table.transact([*undo, consents.belongs(message.guest, guest)])
    except table.ConditionFailed as cancelled:
        if 0 not in cancelled.failed:
            raise
