"""/v1/connections: secrets go in and never come out again."""

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import Channel
from chalicelib.connections import actions, store
from chalicelib.connections.asked import Connection
from chalicelib.connections.model import KeptConnection
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page


class ConnectionShown(Shown):
    """A connection without its secrets: how many are valid, and whether there are credentials."""

    id: str
    vendor: str
    base_url: str | None = None
    properties: dict[str, str]
    channels: dict[str, Channel]
    options: dict[str, tuple[str, ...]]
    secrets: int
    has_credentials: bool


def listed(ask: Ask, *, page: Page) -> Listing[ConnectionShown]:
    """The connections whose properties the key may all see."""
    seen = (_shown(each) for each in store.listed() if _sees(ask.caller, each))
    items, cursor = page.of(seen, lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(ask: Ask, connection_id: ConnectionId, body: Connection) -> ConnectionShown:
    """Write a connection; secrets and credentials that are left out stay as they are.

    The key must have every property that the connection has or ever had, also one that was deleted under the same id.
    What comes through a connection that a key of single hotels wrote last is those hotels' claim, as what they post
    themselves; it is the group's word where a key of all hotels wrote it.
    """
    actions.put(body, ask.caller.sees)
    return get(ask, connection_id)


def get(ask: Ask, connection_id: ConnectionId) -> ConnectionShown:
    """One connection, without its secrets."""
    found = store.get(connection_id)
    if found is None or not _sees(ask.caller, found):
        raise NotFound("There is no such connection.")
    return _shown(found)


def delete(ask: Ask, connection_id: ConnectionId) -> None:
    """End a connection: its webhooks are refused within five minutes."""
    get(ask, connection_id)
    actions.delete(connection_id)


def _sees(caller: Caller, connection: KeptConnection) -> bool:
    """A connection of several properties is that of a key which has them all; without any it is the group's."""
    properties = connection.properties.values()
    return caller.is_group or (bool(properties) and all(caller.sees(each) for each in properties))


def _shown(connection: KeptConnection) -> ConnectionShown:
    return ConnectionShown(
        id=connection.id,
        vendor=connection.vendor,
        base_url=connection.base_url or None,
        properties=dict(connection.properties),
        channels={code: Channel(channel) for code, channel in connection.channels.items()},
        options={name: tuple(values) for name, values in connection.options.items()},
        secrets=len(connection.sealed_secrets),
        has_credentials=connection.sealed_credentials is not None,
    )
