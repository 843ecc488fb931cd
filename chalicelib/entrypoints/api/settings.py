"""/v1/settings: what is set for the whole deployment."""

from chalicelib.entrypoints.api.calls import Ask
from chalicelib.settings import actions, store
from chalicelib.settings.model import HubSettings


def get() -> HubSettings:
    """What is set for the whole deployment, and each value that was never set at its default."""
    return store.get()


def put(ask: Ask, body: HubSettings) -> HubSettings:
    """Write the settings, all of them: what is left out is at its default again.

    A brand that a property names cannot be left out.
    """
    return actions.save(body, ask.hand)
