"""/v1/connections: secrets go in and never come out again."""

from typing import Any

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.snapshots import Channel
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.caller import Caller
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.ingest import store
from chalicelib.ingest.model import Connection


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
    views = [store.view_of(row) for row in store.connections()]
    seen = [each for each in views if _sees(ask.caller, each["properties"]) and each["id"] > (page.after or "")]
    items, more = page.take(seen)
    return Listing(items=[_shown(each) for each in items], next_cursor=page.cursor(items[-1]["id"]) if more else None)


def put(ask: Ask, connection_id: str, body: Connection) -> ConnectionShown:
    """Write a connection; secrets and credentials that are left out stay as they are.

    The key must have every property that the connection has or ever had, also one that was deleted under the same id.
    """
    store.put_connection(body, ask.caller.sees)
    return get(ask, connection_id)


def get(ask: Ask, connection_id: str) -> ConnectionShown:
    """One connection, without its secrets."""
    found = store.connection_view(connection_id)
    if found is None or not _sees(ask.caller, found["properties"]):
        raise NotFound("There is no such connection.")
    return _shown(found)


def delete(ask: Ask, connection_id: str) -> None:
    """End a connection: its webhooks are refused within five minutes."""
    get(ask, connection_id)
    store.delete_connection(connection_id)


def _sees(caller: Caller, properties: dict[str, str]) -> bool:
    """A connection of several properties is that of a key which has them all; without any it is the group's."""
    return caller.is_group or (bool(properties) and all(caller.sees(each) for each in properties.values()))


def _shown(view: dict[str, Any]) -> ConnectionShown:
    kept = {name: value for name, value in view.items() if value is not None}
    return ConnectionShown.model_validate({"properties": {}, "channels": {}, "options": {}, **kept})
