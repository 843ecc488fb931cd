"""Change a webhook secret while notices come: one is added, both are valid, the older one ends.

A secret is named by a digest of its own, so that whoever ends one twice ends no other.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from chalicelib.aws import secrets
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId, stable_id
from chalicelib.connections import store
from chalicelib.connections.actions import Allowed, sealed_secret
from chalicelib.connections.model import KeptConnection
from chalicelib.connections.store import Reached
from chalicelib.connectors.vendors import edge_of

MOST_VALID, MOST_MADE = 2, 8
ENDED = "This Idempotency-Key made a secret that has ended since."
BUSY = "the connection was changed by others all the time"


class NewSecret(NamedTuple):
    """Shown to who asked for it, and to nobody again."""

    id: str
    secret: str


def listed(connection: KeptConnection) -> list[str]:
    """The ids of the valid secrets, the older one first."""
    return [_id_of(connection, each) for each in connection.sealed_secrets]


def add(connection_id: ConnectionId, seed: str, allowed: Allowed) -> NewSecret:
    """Make one more secret; of the same seed the same, once. Raises NotFound, and Conflict where two are valid, or that
    of this seed has ended.

    As with `put`: who may not speak for all makes what comes through the connection a claim of its hotels.
    """

    def attempt() -> NewSecret:
        before = store.reached(connection_id)
        kept = _kept(connection_id, before, allowed)
        made = _made(kept, seed)
        if made.id in listed(kept):
            return made
        if made.id in kept.made_secrets:
            raise Conflict(ENDED)
        if len(kept.sealed_secrets) >= MOST_VALID:
            raise Conflict("Two secrets are valid: end the older one first.")
        sealed = (*kept.sealed_secrets, sealed_secret(kept.vendor, connection_id, made.secret))
        _save(kept, before, sealed, (*kept.made_secrets, made.id)[-MOST_MADE:], is_claim=not allowed(EVERYWHERE))
        return made

    return until_written(attempt, BUSY)


def end(connection_id: ConnectionId, secret_id: str, allowed: Allowed) -> None:
    """Raises NotFound, and Conflict for the last one: nobody could push any more."""

    def attempt() -> None:
        before = store.reached(connection_id)
        kept = _kept(connection_id, before, allowed)
        ids = listed(kept)
        if secret_id not in ids:
            raise NotFound("There is no such secret.")
        if len(ids) == 1:
            raise Conflict("This is the only secret: make another one before you end it.")
        left = tuple(each for each, its in zip(kept.sealed_secrets, ids, strict=True) if its != secret_id)
        _save(kept, before, left, kept.made_secrets, is_claim=False)

    until_written(attempt, BUSY)


def _kept(connection_id: ConnectionId, before: Reached, allowed: Allowed) -> KeptConnection:
    kept = store.get(connection_id)
    if kept is None or not all(map(allowed, before.properties)):
        raise NotFound("There is no such connection.")
    return kept


def _save(kept: KeptConnection, before: Reached, sealed: Sequence[str], made: Sequence[str], *, is_claim: bool) -> None:
    after = replace(kept, sealed_secrets=tuple(sealed), made_secrets=tuple(made), is_claim=kept.is_claim or is_claim)
    store.save(after, before, before.properties)


def _made(kept: KeptConnection, seed: str) -> NewSecret:
    """Of the seed, so that a request repeated after a lost answer gets the same one, which nobody keeps readable."""
    made = hmac.digest(secrets.key_for("webhook-secrets"), f"{kept.id}\0{seed}".encode(), hashlib.sha256)
    secret = edge_of(kept.vendor).secret_of(made)
    return NewSecret(_named(kept.id, hashlib.sha256(secret.encode()).hexdigest()), secret)


def _id_of(connection: KeptConnection, sealed: str) -> str:
    if edge_of(connection.vendor).secret_use == "compare":  # noqa: S105 (how secrets are used, not one)
        return _named(connection.id, sealed)
    opened = secrets.decrypt_kept(sealed, connection.id)
    return _named(connection.id, hashlib.sha256(opened.encode()).hexdigest())


def _named(connection_id: ConnectionId, digest: str) -> str:
    """Keyed: nobody can try out which secret has this id."""
    key = secrets.key_for("webhook-secrets")
    return stable_id("w", connection_id, hmac.digest(key, digest.encode(), hashlib.sha256).hex())
