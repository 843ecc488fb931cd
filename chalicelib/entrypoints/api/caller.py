"""Who calls: an API key, found by its hash, with a role and the properties it may see."""

import hashlib
from dataclasses import dataclass

from chalicelib.aws import keys, table
from chalicelib.canonical.errors import Unauthorized

EVERYWHERE = "*"


@dataclass(frozen=True)
class Caller:
    """The key that signed in. Scope comes from here, never from a body."""

    key_id: str
    role: str
    properties: frozenset[str]

    @property
    def is_group(self) -> bool:
        return EVERYWHERE in self.properties

    def sees(self, property_id: str) -> bool:
        return self.is_group or property_id in self.properties

    def sees_any(self, properties: tuple[str, ...]) -> bool:
        return self.is_group or not self.properties.isdisjoint(properties)


def sign_in(authorization: str | None) -> Caller:
    """One hash and one read, whatever was presented. Raises Unauthorized."""
    scheme, _, presented = (authorization or "").partition(" ")
    row = table.get(keys.api_key(hash_of(presented.strip())))
    if row is None or scheme.lower() != "bearer":
        raise Unauthorized
    return Caller(row["key_id"], row["role"], frozenset(row["properties"]))


def hash_of(key: str) -> str:
    """Keys are long and random: one round of SHA-256 keeps them, and is found by one read."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
