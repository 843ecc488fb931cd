"""Keep a connection with its secrets sealed, and open them for those who work with it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.aws import http, secrets, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.definitions import NOBODYS, Changed, Hand, refuse_stale
from chalicelib.canonical.errors import Conflict, Invalid, NotFound
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId, PropertyId, Scope
from chalicelib.connections import rules, store
from chalicelib.connections.asked import Connection
from chalicelib.connections.model import FIRST, KeptConnection
from chalicelib.connections.store import Reached
from chalicelib.connectors.contract import Link
from chalicelib.connectors.vendors import edge_of
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property

Allowed = Callable[[Scope], bool]


def put(asked: Connection, allowed: Allowed = lambda _: True, hand: Hand = NOBODYS) -> None:
    """Keep a connection as the next version; what is left out, and empty secrets and credentials, leave what is kept.
    The same again is the same version.

    `allowed` says whether the caller may speak for a property, or for all (`*`). It is asked for every property that
    the id ever reached, by a connection since deleted, too: records are found by connection and source id, so whoever
    takes up an id takes up its guests. Who may not speak for all makes it a hotel's claim: it could push with a secret
    of its own whatever it says of other hotels' guests. Raises NotFound, Invalid, Conflict.
    """
    before, kept = store.reached(asked.id), store.get(asked.id)
    asked = asked.over(kept) if kept and kept.vendor == asked.vendor else asked
    reached = _with_those_of(before, asked.properties)
    if not all(allowed(PropertyId(each)) for each in reached):
        raise NotFound("There is no such connection, or no such property.")
    faults = rules.faults(asked, kept, properties.by_id(), http.check_url)
    if faults:
        raise Invalid(*faults)
    sealed = replace(_sealed(asked, kept), is_claim=not allowed(EVERYWHERE))
    after = _with_hotels(sealed, kept, before)
    if after == kept:
        return
    refuse_stale("this connection", hand, _changed(kept))
    version = kept.version + 1 if kept else FIRST
    try:
        store.save(replace(after, version=version, changed_at=hand.at, changed_by=hand.by), before, reached)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this connection just now.") from None


def _changed(kept: KeptConnection | None) -> Changed:
    return Changed(kept.version, kept.changed_at, kept.changed_by) if kept else Changed(0)


def delete(connection_id: ConnectionId) -> None:
    """Take a connection away with its secrets, whatever is written beside. One that is gone already is gone."""

    def attempt() -> None:
        before, kept = store.reached(ConnectionId(connection_id)), store.get(ConnectionId(connection_id))
        if kept:
            store.delete(kept, before, _with_those_of(before, kept.properties))

    until_written(attempt, "the connection was changed by others all the time")


def _with_those_of(before: Reached, properties: Mapping[str, PropertyId]) -> frozenset[Scope]:
    return before.properties | frozenset(properties.values() or [EVERYWHERE])


def _with_hotels(sealed: KeptConnection, kept: KeptConnection | None, before: Reached) -> KeptConnection:
    """With what names the vendor's hotels, and how often the map has moved each; both outlive the connection."""
    last = kept.properties if kept else {}
    known_as = {**(kept.known_as if kept else {}), **before.known_as}
    return replace(
        sealed,
        known_as=rules.names_of_hotels(sealed.properties, known_as),
        moves=rules.moves_of_hotels(sealed.properties, last, known_as, before.moves),
    )


def _sealed(asked: Connection, kept: KeptConnection | None) -> KeptConnection:
    """What another vendor was given is worth nothing to this one."""
    known = kept or KeptConnection(asked.id, asked.vendor)
    before = known if known.vendor == asked.vendor else KeptConnection(asked.id, asked.vendor)
    return KeptConnection(
        id=asked.id,
        vendor=asked.vendor,
        base_url=asked.base_url or "",
        desk_url=asked.desk_url or "",
        properties=asked.properties,
        channels={code: str(channel) for code, channel in asked.channels.items()},
        options=asked.options,
        sealed_secrets=tuple(_secret_again(each, before) for each in asked.secrets) or before.sealed_secrets,
        made_secrets=before.made_secrets,
        sealed_credentials=_credentials_again(asked, before),
        version=known.version,
        changed_at=known.changed_at,
        changed_by=known.changed_by,
    )


def _secret_again(secret: str, before: KeptConnection) -> str:
    """As it is kept, where it is: sealed anew it would look like another."""
    if edge_of(before.vendor).secret_use == "compare":  # noqa: S105 (how secrets are used, not one)
        return sealed_secret(before.vendor, before.id, secret)
    kept = (each for each in before.sealed_secrets if secrets.decrypt_kept(each, before.id) == secret)
    return next(kept, "") or sealed_secret(before.vendor, before.id, secret)


def _credentials_again(asked: Connection, before: KeptConnection) -> str | None:
    kept = before.sealed_credentials
    if not asked.credentials or (kept and json.loads(secrets.decrypt_kept(kept, asked.id)) == asked.credentials):
        return kept
    return secrets.encrypt(json.dumps(asked.credentials), asked.id)


def sealed_secret(vendor: str, connection_id: ConnectionId, secret: str) -> str:
    """Secrets that are only compared are kept as hashes; those that sign must be readable, by this connection alone."""
    if edge_of(vendor).secret_use == "compare":  # noqa: S105 (how secrets are used, not one)
        return hashlib.sha256(secret.encode()).hexdigest()
    return secrets.encrypt(secret, connection_id)


def link_of(connection: KeptConnection, known: Mapping[PropertyId, Property]) -> Link:
    """What a translation may know of its connection, with the credentials made readable."""
    sealed = connection.sealed_credentials
    return Link(
        connection=connection.id,
        properties=connection.properties,
        zones={each.id: each.time_zone for each in known.values()},
        channels=connection.channels,
        options=connection.options,
        credentials=json.loads(secrets.decrypt_kept(sealed, connection.id)) if sealed else {},
    )
