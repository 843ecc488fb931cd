"""Messages that come back for the time being, and those that arrive: what holds an address follows from both.

Events come late, twice and beside each other. A bounce is counted first and then compared with what arrived; what
arrived is written on its message first and then compared with what is counted: whichever is last sees both.
"""

from collections.abc import Iterable, Mapping

from chalicelib.canonical.ids import ChannelName, Digest, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent import addresses
from chalicelib.consent.model import SOFT_BOUNCES
from chalicelib.guests import store as guests
from chalicelib.identity import store as identity
from chalicelib.identity.model import Identifier
from chalicelib.messages import store
from chalicelib.messages.model import Message

LOOKED_AT = 10
"""The newest messages of a guest among which one may have arrived since."""


def came_back(message: Message, channel: ChannelName) -> None:
    """Raises TryAgain."""
    if message.address is None or message.soft_bounced_at is None:
        return
    row = addresses.came_back(message.address, message.claim, message.soft_bounced_at)
    readers = [message.guest, *row.leaves]
    _settle(row, _arrived(message.address, readers), readers, channel)


def arrived(message: Message, channel: ChannelName) -> None:
    """One read, for nearly all that arrive. Raises TryAgain."""
    row = identity.identifier(message.address) if message.address else None
    if row and row.bounces and message.delivered_at:
        _settle(row, {message.claim: message.delivered_at}, [message.guest, *row.leaves], channel)


def _arrived(address: Digest, readers: Iterable[Leaf]) -> dict[str, Instant]:
    """What arrived at an address of late, by message."""
    found = (each for leaf in dict.fromkeys(readers) for each in store.newest(leaf, LOOKED_AT))
    return {each.claim: each.delivered_at for each in found if each.address == address and each.delivered_at}


def _settle(row: Identifier, delivered: Mapping[str, Instant], readers: Iterable[Leaf], channel: ChannelName) -> None:
    """The gates follow the address's row; what it counts goes last, so that whoever comes again finds it."""
    address, some = row.digest, guests.one_leaf_each(readers)
    if addresses.is_held_softly(addresses.end_soft_hold(address, delivered)):
        for leaf in some:
            consents.suppress(leaf, channel, address, SOFT_BOUNCES)
    if not addresses.is_held_softly(identity.identifier(address)):
        for leaf in some:
            consents.suppress_no_more(leaf, channel, address, SOFT_BOUNCES)
    addresses.forget_bounces(address, delivered)
