"""Which channels there are, by the word that consents and gates have for them."""

from chalicelib.messages.channels.contract import Channel
from chalicelib.messages.channels.email import EMAIL

CHANNELS: dict[str, Channel] = {EMAIL.name: EMAIL}
