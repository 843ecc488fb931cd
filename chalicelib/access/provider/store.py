"""How the provider is kept, with its secret sealed, and whose identity is whose."""

import hashlib
import hmac

from chalicelib.access.provider.model import Identity, Provider
from chalicelib.access.staff.model import Staff
from chalicelib.access.staff.store import NOT_ENDED
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import secrets, table
from chalicelib.canonical.ids import ConnectionId, Digest, StaffId

SEALED_FOR = ConnectionId("~sign-in")
"""No connection can have this id: what is sealed for one opens for no other."""


def get() -> Provider | None:
    row = table.get(keys.PROVIDER)
    return Provider(row["issuer"], row["client_id"], row["sealed"], row["demanded"]) if row else None


def save(provider: Provider) -> None:
    row = table.row(
        keys.PROVIDER,
        issuer=provider.issuer,
        client_id=provider.client_id,
        sealed=provider.sealed,
        demanded=provider.demanded_of_admins,
    )
    table.write(table.Put(row))


def delete() -> None:
    table.write(table.Delete(keys.PROVIDER, size=1024))


def seal(secret: str | None) -> str:
    return secrets.encrypt(secret, SEALED_FOR) if secret else ""


def opened(provider: Provider) -> str:
    return secrets.decrypt(provider.sealed, SEALED_FOR) if provider.sealed else ""


def whose(identity: Identity) -> StaffId | None:
    row = table.get(keys.identity(_digest(identity)))
    return StaffId(row["staff_id"]) if row else None


def bind(identity: Identity, staff: Staff) -> list[table.Write]:
    """The writes by which an identity becomes one person's for good, and that person has no other."""
    digest = _digest(identity)
    row = table.row(keys.identity(digest), staff_id=staff.id)
    free = table.When(f"{NOT_ENDED} AND attribute_not_exists(bound) AND address = :at", {":at": staff.email})
    bound = table.Update(keys.staff(staff.id), "SET bound = :digest", {":digest": digest}, when=free, size=1024)
    return [table.Put(row, table.ABSENT), bound]


def _digest(identity: Identity) -> Digest:
    said = f"{identity.issuer}\0{identity.subject}".encode()
    return Digest(hmac.digest(secrets.key_for("staff-identities"), said, hashlib.sha256).hex()[:32])
