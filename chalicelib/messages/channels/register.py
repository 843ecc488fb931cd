"""Which channels there are, by the word that consents and gates have for them."""

from chalicelib.canonical.ids import ChannelName
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.guests.model import Traits
from chalicelib.messages.channels.contract import Channel
from chalicelib.messages.channels.email import EMAIL

CHANNELS: dict[ChannelName, Channel] = {EMAIL.name: EMAIL}


def carries_to(address: str) -> bool:
    """Whether the channel by which guests are written to reaches such an address at all."""
    return CHANNELS[DEFAULT_CHANNEL].address_of(Traits().with_email(address)) is not None


def heard_on(queue: str) -> Channel:
    """The channel whose carrier tells on a queue what became of messages. Raises LookupError."""
    for channel in CHANNELS.values():
        if channel.events_from == queue:
            return channel
    raise LookupError(f"no channel hears its carrier on {queue}")
