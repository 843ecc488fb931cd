"""/v1/connections: secrets go in and never come out again; how each fares is shown."""

from itertools import islice
from typing import Any

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import Channel
from chalicelib.canonical.time import moment_of
from chalicelib.connections import actions, store
from chalicelib.connections.asked import Connection
from chalicelib.connections.model import KeptConnection
from chalicelib.dead_letters import store as dead_letters
from chalicelib.entrypoints.api import connection_health, paging
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.connection_health import HealthOpened, HealthShown
from chalicelib.entrypoints.api.dead_letters import sees_letters
from chalicelib.entrypoints.api.paging import Page

MOST_LETTERS = 100


class ConnectionShown(Shown):
    """A connection without its secrets: how many are valid, and whether there are credentials. `version` grows by
    itself with every change; making and ending a secret is none."""

    id: str
    vendor: str
    base_url: str | None = None
    desk_url: str | None = None
    properties: dict[str, str]
    channels: dict[str, Channel]
    options: dict[str, tuple[str, ...]]
    secrets: int
    has_credentials: bool
    version: int
    health: HealthShown


class ConnectionOpened(ConnectionShown):
    """The same with all that is kept of how it fares."""

    health: HealthOpened


def listed(ask: Ask, *, named: str | None = None, page: Page) -> Listing[ConnectionShown]:
    """The connections whose properties the key may all see; with `named` those in whose id or vendor that stands."""
    now = moment_of(ask.now)
    seen = (
        ConnectionShown(**_told(each), health=connection_health.shown(health, now))
        for each, health in store.listed_with_health()
        if sees(ask.caller, each)
    )
    wanted = paging.named(seen, named, lambda each: (each.id, each.vendor))
    items, cursor = page.of(wanted, lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(ask: Ask, connection_id: ConnectionId, body: Connection) -> ConnectionOpened:
    """Write a connection; secrets and credentials that are left out stay as they are.

    The key must have every property that the connection has or ever had, also one that was deleted under the same id.
    What comes through a connection that a key of single hotels wrote last is those hotels' claim, as what they post
    themselves; it is the group's word where a key of all hotels wrote it.
    """
    actions.put(body, ask.caller.sees, ask.hand)
    return get(ask, connection_id)


def get(ask: Ask, connection_id: ConnectionId) -> ConnectionOpened:
    """One connection, without its secrets, and how it fares."""
    found = found_by(ask.caller, connection_id)
    letters = _letters(ask.caller, found.id)
    health = connection_health.opened(store.health_of(found.id), moment_of(ask.now), letters)
    return ConnectionOpened(**_told(found), health=health)


def delete(ask: Ask, connection_id: ConnectionId) -> None:
    """End a connection: its webhooks are refused within five minutes."""
    found_by(ask.caller, connection_id)
    actions.delete(connection_id)


def found_by(caller: Caller, connection_id: ConnectionId) -> KeptConnection:
    """Raises NotFound, alike for what is not there and for what is not the caller's."""
    found = store.get(connection_id)
    if found is None or not sees(caller, found):
        raise NotFound("There is no such connection.")
    return found


def _letters(caller: Caller, connection_id: ConnectionId) -> int | None:
    """How many lie there, as far as they are counted."""
    if not sees_letters(caller, connection_id):
        return None
    return sum(1 for _ in islice(dead_letters.listed(connection_id, at_once=MOST_LETTERS), MOST_LETTERS))


def sees(caller: Caller, connection: KeptConnection) -> bool:
    """A connection of several properties is that of a key which has them all; without any it is the group's."""
    properties = connection.properties.values()
    return caller.is_group or (bool(properties) and all(caller.sees(each) for each in properties))


def _told(connection: KeptConnection) -> dict[str, Any]:
    return {
        "id": connection.id,
        "vendor": connection.vendor,
        "base_url": connection.base_url or None,
        "desk_url": connection.desk_url or None,
        "properties": dict(connection.properties),
        "channels": {code: Channel(channel) for code, channel in connection.channels.items()},
        "options": {name: tuple(values) for name, values in connection.options.items()},
        "secrets": len(connection.sealed_secrets),
        "has_credentials": connection.sealed_credentials is not None,
        "version": connection.version,
    }
