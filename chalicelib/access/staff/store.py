"""How the staff is kept: one row a person, and one by the digest of the address, so that an address is one person's."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence

from chalicelib.access.staff.model import Staff
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import secrets, table
from chalicelib.aws.codec import Item, Value
from chalicelib.canonical.ids import Digest, StaffId
from chalicelib.canonical.time import Instant

NOT_ENDED = "attribute_exists(pk) AND attribute_not_exists(ended_at)"
STANDS = f"{NOT_ENDED} AND version = :version"
"""As they were read."""


def digest(address: str) -> Digest:
    """Of a normalised address: 32 hex digits of HMAC-SHA256."""
    return Digest(hmac.digest(secrets.key_for("staff-addresses"), address.encode(), hashlib.sha256).hex()[:32])


def get(staff_id: StaffId) -> Staff | None:
    """Somebody, also one who has ended and is still remembered."""
    row = table.get(keys.staff(staff_id))
    return read(row) if row else None


def id_at(address: str) -> StaffId | None:
    """Whose a normalised address is: one read."""
    row = table.get(keys.staff_address(digest(address)))
    return StaffId(row["staff_id"]) if row else None


def listed(after: str | None) -> Iterator[Staff]:
    """In the order of their ids, ended ones too."""
    return map(read, table.query(keys.STAFF, after=after))


def add(one: Staff, at: Instant, beside: Sequence[table.Write] = ()) -> None:
    """Raises ConditionFailed where this id was used before, or the address is somebody's."""
    row = table.row(
        keys.staff(one.id),
        name=one.name,
        address=one.email,
        role=one.role,
        properties=list(one.properties),
        version=one.version,
        created_at=at,
    )
    address = table.row(keys.staff_address(digest(one.email)), staff_id=one.id)
    table.transact([table.Put(row, table.ABSENT), table.Put(address, table.ABSENT), *beside])


def change(one: Staff, stays: Staff | None, beside: Sequence[table.Write] = ()) -> None:
    """Keep the next version. Raises ConditionFailed where the one before it is not kept, or `stays` may less by now."""
    before = table.When(f"{NOT_ENDED} AND version = :before", {":before": one.version - 1})
    values: dict[str, Value] = {
        "name": one.name,
        "role": one.role,
        "properties": list(one.properties),
        "version": one.version,
        **({"anew": one.anew} if one.anew else {}),
    }
    update = table.setting(keys.staff(one.id), values, before, 1024)
    table.transact([update, *_stays(stays), *beside])


def end(
    one: Staff, at: Instant, remembered_until: int, stays: Staff | None, beside: Sequence[table.Write] = ()
) -> None:
    """Nobody signs in as them from now on, and their address is free; who they were is remembered until then (seconds
    since 1970). Raises ConditionFailed where they were changed meanwhile, or `stays` may less by now."""
    as_seen = _as_seen(one)
    remember = table.setting(keys.staff(one.id), {"ended_at": at, "expires_at": remembered_until}, as_seen, 1024)
    free = table.Delete(keys.staff_address(digest(one.email)), table.When("staff_id = :id", {":id": one.id}))
    unbound = [table.Delete(keys.identity(one.bound))] if one.bound else []
    table.transact([remember, free, *unbound, *_stays(stays), *beside])


def _as_seen(one: Staff) -> table.When:
    """Also nobody has bound an identity meanwhile, which would be left behind."""
    bound = "bound = :bound" if one.bound else "attribute_not_exists(bound)"
    values: dict[str, Value] = {":version": one.version, **({":bound": one.bound} if one.bound else {})}
    return table.When(f"{STANDS} AND {bound}", values)


def _stays(one: Staff | None) -> list[table.Write]:
    return [stands(one)] if one else []


def stands(one: Staff) -> table.Check:
    """The check that somebody has neither ended nor been changed since they were read."""
    return table.Check(keys.staff(one.id), table.When(STANDS, {":version": one.version}), size=1024)


def read(row: Item) -> Staff:
    return Staff(
        id=StaffId(row["sk"]),
        name=row["name"],
        email=row["address"],
        role=row["role"],
        properties=tuple(row["properties"]),
        version=row["version"],
        ended="ended_at" in row,
        anew=row.get("anew", 0),
        bound=row.get("bound"),
    )
