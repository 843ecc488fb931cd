"""How the provider is kept, with its secret sealed, and whose identity is whose."""

import hashlib
import hmac

from chalicelib.access.provider.model import Identity, Provider
from chalicelib.access.staff.model import Staff
from chalicelib.access.staff.store import STANDS
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import secrets, table
from chalicelib.aws.codec import Item
from chalicelib.aws.definitions import FIRST, changed_in, replacing
from chalicelib.canonical.definitions import NOBODYS, Changed, Hand
from chalicelib.canonical.ids import ConnectionId, Digest, StaffId

SEALED_FOR = ConnectionId("~sign-in")
"""No connection can have this id: what is sealed for one opens for no other."""


def get() -> Provider | None:
    row = table.get(keys.PROVIDER)
    return _read(row) if row else None


def _read(row: Item) -> Provider:
    return Provider(row["issuer"], row["client_id"], row["sealed"], row["demanded"], row.get("rev", FIRST))


def changed() -> Changed:
    """Which version is kept, and by whose hand; 0 where none is."""
    return changed_in(table.get(keys.PROVIDER))


def save(provider: Provider, replaces: int | None = None, hand: Hand = NOBODYS) -> None:
    """In the place of a version (0: of none; None: of whatever is there). Raises ConditionFailed where another one is
    kept."""
    row = table.row(
        keys.PROVIDER,
        issuer=provider.issuer,
        client_id=provider.client_id,
        sealed=provider.sealed,
        demanded=provider.demanded_of_admins,
        rev=provider.version,
        changed_at=hand.at,
        changed_by=hand.by,
    )
    table.write(table.Put(row, None if replaces is None else replacing(replaces)))


def delete() -> None:
    table.write(table.Delete(keys.PROVIDER, size=1024))


def seal(secret: str | None) -> str:
    return secrets.encrypt(secret, SEALED_FOR) if secret else ""


def opened(provider: Provider) -> str:
    return secrets.decrypt(provider.sealed, SEALED_FOR) if provider.sealed else ""


def whose(identity: Identity) -> StaffId | None:
    row = table.get(keys.identity(_digest(identity)))
    return StaffId(row["staff_id"]) if row else None


def claim(identity: Identity, staff: Staff) -> table.Put:
    """The write by which an identity becomes one person's for good."""
    return table.Put(table.row(keys.identity(_digest(identity)), staff_id=staff.id), table.ABSENT)


def bind(identity: Identity, staff: Staff) -> table.Update:
    """The write of the person, as they were read, who has no other identity."""
    free = table.When(f"{STANDS} AND attribute_not_exists(bound)", {":version": staff.version})
    digest = {":digest": _digest(identity)}
    return table.Update(keys.staff(staff.id), "SET bound = :digest", digest, when=free, size=1024)


def _digest(identity: Identity) -> Digest:
    said = f"{identity.issuer}\0{identity.subject}".encode()
    return Digest(hmac.digest(secrets.key_for("staff-identities"), said, hashlib.sha256).hex()[:32])
