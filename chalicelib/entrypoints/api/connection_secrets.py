"""/v1/connections/{connection_id}/secrets: a new one is shown once; two are valid while a source changes over."""

from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections import rotation
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.connections import found_by


class SecretShown(Shown):
    """A valid webhook secret, by an id that tells nothing of it."""

    id: str


class SecretMade(SecretShown):
    """`secret` is shown here and never again."""

    secret: str


def listed(ask: Ask, connection_id: ConnectionId) -> Listing[SecretShown]:
    """The valid secrets, the older one first."""
    return Listing(items=[SecretShown(id=each) for each in rotation.listed(found_by(ask.caller, connection_id))])


def create(ask: Ask, connection_id: ConnectionId) -> SecretMade:
    """Make a secret beside the one that is valid.

    Wait five minutes before the source uses it: so long a process believes what it knew. Then end the older one. The
    key must have every property that the connection ever had.
    """
    found_by(ask.caller, connection_id)
    made = rotation.add(connection_id, ask.seed, ask.caller.sees)
    return SecretMade(id=made.id, secret=made.secret)


def delete(ask: Ask, connection_id: ConnectionId, secret_id: str) -> None:
    """End one of two secrets: within five minutes nothing that it signed is taken."""
    found_by(ask.caller, connection_id)
    rotation.end(connection_id, secret_id, ask.caller.sees)
