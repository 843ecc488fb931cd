"""How API keys are kept: one row by the key's hash, to sign in, and one by its id, to list and to end it."""

from collections.abc import Iterator

from chalicelib.access.model import ApiKey, Caller
from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import KeyId
from chalicelib.canonical.time import Instant


def caller(key_hash: str) -> Caller | None:
    """Who signs in with the key of this hash: one read."""
    row = table.get(keys.api_key(key_hash))
    return Caller(row["key_id"], row["role"], frozenset(row["properties"])) if row else None


def get(key_id: KeyId) -> ApiKey | None:
    """A key, also one that has ended and is still remembered."""
    row = table.get(keys.api_key_listing(key_id))
    return _read(row) if row else None


def listed(after: str | None) -> Iterator[ApiKey]:
    """Keys in the order of their ids, ended ones too."""
    return map(_read, table.query(keys.KEYS, after=after))


def add(key: ApiKey, at: Instant) -> None:
    """Raises ConditionFailed when a key of this id was made before."""
    what = {"key_id": key.key_id, "name": key.name, "role": key.role, "properties": list(key.properties)}
    rows = [
        table.row(keys.api_key(key.key_hash), **what),
        table.row(keys.api_key_listing(key.key_id), key_hash=key.key_hash, created_at=at, **what),
    ]
    table.transact([table.Put(row, table.ABSENT) for row in rows])


def end(key: ApiKey, at: Instant, remembered_until: int, stays: ApiKey | None = None) -> None:
    """Nobody signs in with it from now on; its id is remembered until then (seconds since 1970). Raises ConditionFailed
    where the one that `stays` has ended meanwhile."""
    remember = table.Update(
        keys.api_key_listing(key.key_id),
        "SET deleted_at = :at, expires_at = :until",
        {":at": at, ":until": remembered_until},
        when=table.PRESENT,
    )
    writes: list[table.Write] = [table.Delete(keys.api_key(key.key_hash)), remember]
    if stays:
        writes.append(table.Check(keys.api_key(stays.key_hash), table.PRESENT))
    table.transact(writes)


def _read(row: Item) -> ApiKey:
    return ApiKey(
        key_id=row["key_id"],
        key_hash=row["key_hash"],
        name=row["name"],
        role=row["role"],
        properties=tuple(row["properties"]),
        ended="deleted_at" in row,
    )
