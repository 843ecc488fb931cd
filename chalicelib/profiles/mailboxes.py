"""Mailboxes that several guests read: their gates say so, and the address's own row knows what was sent there. Pure."""

from collections.abc import Collection
from dataclasses import replace

from chalicelib.canonical.ids import ChannelName, Digest, GuestId
from chalicelib.consent.model import CHANNELS
from chalicelib.consent.rules import remembered_of
from chalicelib.guests.model import Head
from chalicelib.profiles.draft import Draft


def remember(draft: Draft, before: Head, after: Head) -> None:
    """What a guest got is known of an address that a record of theirs gives up: somebody else may have it next.

    A gate that says already what it should is not written, and so nothing tells that it was read before somebody else
    marked it: the gates of all who read the address are relied on."""
    for channel, kind in CHANNELS.items():
        for address in before.digests_of(kind) - after.digests_of(kind):
            readers = draft.state.heads.keys() & draft.identifier(address).leaves
            guests = {before.guest, *(draft.state.heads[leaf].guest for leaf in readers)}
            draft.decided.relied_on_gates |= {(guest, channel) for guest in guests}
            _keep_sends(draft, address, channel, {before.guest})


def _keep_sends(draft: Draft, address: Digest, channel: ChannelName, guests: Collection[GuestId]) -> None:
    before = draft.identifier(address)
    sends = remembered_of([before.sends, *(draft.gate(guest, channel).sends for guest in guests)])
    if sends != before.sends and not before.is_closed:
        draft.decided.identifiers[address] = replace(before, sends=sends)


def mark(draft: Draft) -> None:
    """Gates say of each guest in reach whether an address of theirs is, or was, another's, too."""
    leaves = {*draft.state.heads, *draft.decided.heads}
    for channel, kind in CHANNELS.items():
        addresses: dict[GuestId, set[Digest]] = {draft.head(leaf).guest: set() for leaf in leaves}
        for head in map(draft.head, leaves):
            addresses[head.guest] |= head.digests_of(kind)
        shared = {each for each in set[Digest]().union(*addresses.values()) if _is_shared(draft, each, channel)}
        for guest, own in addresses.items():
            before = draft.gate(guest, channel)
            if before.shares is own.isdisjoint(shared):
                draft.decided.gates[guest, channel] = before.sharing(shares=not before.shares)
        _mark_beside(draft, shared, channel)


def _mark_beside(draft: Draft, shared: Collection[Digest], channel: ChannelName) -> None:
    """Those of whom no more is known here than that they read one of these. That they share none is seen with the next
    change of theirs."""
    leaves = {leaf for address in shared for leaf in draft.identifier(address).leaves} & draft.state.readers.keys()
    draft.decided.relied_on_heads |= leaves
    for guest in {draft.state.readers[leaf] for leaf in leaves}:
        before = draft.gate(guest, channel)
        if not before.shares:
            draft.decided.gates[guest, channel] = before.sharing(shares=True)


def _is_shared(draft: Draft, address: Digest, channel: ChannelName) -> bool:
    """Whether other guests have it, or had it when something was sent there: as many as make it nobody's are several,
    also where a person said that they are one. What those got who have it by now is known of it from then on."""
    row = draft.identifier(address)
    readers = {draft.head(leaf).guest for leaf in row.leaves}
    if len(readers) > 1:
        _keep_sends(draft, address, channel, readers)
    return len(readers) > 1 or row.shared or bool(draft.identifier(address).sends)
