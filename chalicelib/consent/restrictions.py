"""Restrict the use of a guest's data, as article 18 of the GDPR has it: nothing is sent but what the guest asks for.

The gate holds it, for each channel. Whoever is joined with a restricted guest is restricted, too, and so are both
parts of one that is split: holding too much is the safe side.
"""

from collections.abc import Collection
from functools import partial

from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import ChannelName, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import objections, store
from chalicelib.consent.model import CHANNELS, Gate
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest


def restrict(leaf: Leaf, at: Instant, *, is_restricted: bool, seen: Collection[Leaf] | None = None) -> None:
    """The guest whose record it is; the same again changes nothing. Raises NotFound, TryAgain, and Conflict where
    others than those `seen` are the guest's records by now: who may decide for these may not for all.

    It is written down beside the table, too: one that is restored has forgotten it.
    """
    hold(leaf, is_restricted=is_restricted, seen=seen)
    objections.note(objections.Restriction(leaf, is_restricted, at))


def hold(leaf: Leaf, *, is_restricted: bool, seen: Collection[Leaf] | None = None) -> None:
    """The same at the gates alone."""
    for channel in CHANNELS:
        until_written(partial(_restrict, leaf, channel, seen, is_restricted=is_restricted), store.BUSY)


def are_all(leaf: Leaf, *, is_restricted: bool) -> bool:
    """Whether all gates of the guest say so by now. Raises NotFound."""
    guest = guests.required(leaf)
    gates = (store.gate(guest.id, channel) for channel in CHANNELS)
    return all((gate is not None and gate.restricted) == is_restricted for gate in gates)


def _restrict(leaf: Leaf, channel: ChannelName, seen: Collection[Leaf] | None, *, is_restricted: bool) -> None:
    guest = guests.required(leaf)
    before = store.gate(guest.id, channel)
    require_seen(
        guests.guest(leaf), seen
    )  # behind the gate: whoever is joined with the guest from then on changes that
    gate = before or Gate(guest=guest.id, channel=channel)
    if gate.restricted != is_restricted:
        after = gate.restricting(is_restricted=is_restricted)
        table.transact([store.replace(before, after), store.belongs(guest.id, guest.id)])


def require_seen(guest: Guest | None, seen: Collection[Leaf] | None) -> None:
    """That these are the guest's records still, where it matters which. Raises Conflict."""
    if seen is not None and (guest is None or {*guest.members} != {*seen}):
        raise Conflict("Somebody else changed this guest just now: look again.")
