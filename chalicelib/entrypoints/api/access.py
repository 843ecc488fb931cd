"""/v1/keys: a key is shown once, and kept as its hash."""

import base64
import hashlib
import hmac
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.aws import keys, secrets, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from chalicelib.canonical.ids import stable_id
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.caller import EVERYWHERE, hash_of
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.roles import Role
from chalicelib.properties import store as properties

Scope = HubId | Literal["*"]
REMEMBERED = 30 * 24 * 3600
"""Seconds that a deleted key is remembered: a request that comes late must not bring it back."""


class KeyAsked(BaseModel):
    """What a new key is for. `properties` is a list of property ids, or `["*"]` for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    role: Role
    properties: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=500)]


class KeyShown(Shown):
    key_id: str
    name: str
    role: Role
    properties: tuple[str, ...]


class KeyMade(KeyShown):
    """`key` is shown here and never again."""

    key: str


def listed(ask: Ask, *, page: Page) -> Listing[KeyShown]:
    """The keys whose properties the caller may all see, without the keys themselves."""
    rows = [row for row in table.query(_listing(), after=page.after) if _sees(ask, row)]
    items, more = page.take(rows)
    shown = [KeyShown.model_validate(row) for row in items]
    return Listing(items=shown, next_cursor=page.cursor(items[-1]["key_id"]) if more else None)


def create(ask: Ask, body: KeyAsked) -> KeyMade:
    """Make a key; nobody can make one that may see more than their own."""
    _check(ask, body)
    key = f"xk_{_secret(ask.seed)}"
    made = KeyMade(key_id=stable_id("k", ask.seed), key=key, **body.model_dump())
    kept = {"key_id": made.key_id, "name": made.name, "role": made.role, "properties": list(made.properties)}
    digest = hash_of(key)
    rows = [
        table.row(keys.api_key(digest), **kept),
        table.row(keys.api_key_listing(made.key_id), key_hash=digest, created_at=ask.now, **kept),
    ]
    _keep(rows, kept)
    return made


def delete(ask: Ask, key_id: str) -> None:
    """End a key at once."""
    row = table.get(keys.api_key_listing(key_id))
    if row is None or not _sees(ask, row):
        raise NotFound("There is no such key.")
    until = int(moment_of(ask.now).timestamp()) + REMEMBERED
    ended = {**row, "deleted_at": ask.now, "expires_at": until}
    table.transact([table.Delete(keys.api_key(row["key_hash"])), table.Put(ended)])


def _secret(seed: str) -> str:
    """Made from the seed, so that a request repeated after a lost answer gets the same key, kept by nobody."""
    return (
        base64.urlsafe_b64encode(hmac.digest(secrets.key_for("api-keys"), seed.encode(), hashlib.sha256))
        .decode()
        .rstrip("=")
    )


def _check(ask: Ask, asked: KeyAsked) -> None:
    if not all(ask.caller.sees(each) for each in asked.properties):
        raise Forbidden("A key cannot give what it does not have: name only properties of your own.")
    known = properties.by_id()
    unknown = [at for at, each in enumerate(asked.properties) if each != EVERYWHERE and each not in known]
    if unknown:
        raise Invalid(*(FieldError(f"properties.{at}", "no such property") for at in unknown))


def _keep(rows: list[Item], kept: Item) -> None:
    try:
        table.transact([table.Put(row, table.ABSENT) for row in rows])
    except table.ConditionFailed:
        before = table.get(keys.api_key_listing(kept["key_id"])) or {}
        if "deleted_at" in before or any(before.get(name) != value for name, value in kept.items()):
            raise Conflict("This Idempotency-Key made a key before that is another one, or was deleted.") from None


def _sees(ask: Ask, row: Item) -> bool:
    return "deleted_at" not in row and all(ask.caller.sees(each) for each in row["properties"])


def _listing() -> str:
    return keys.api_key_listing("").pk
