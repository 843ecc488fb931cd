"""API keys: made here once for the first administrator; only their hash is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.access import actions
from chalicelib.access.model import Caller, KeyAsked, Secret
from chalicelib.canonical.errors import Invalid, Unauthorized
from chalicelib.canonical.ids import EVERYWHERE, KeyId
from chalicelib.canonical.time import instant, now
from infra import stages
from infra.asked import read
from infra.errors import Refused

OPERATOR = Caller(KeyId("operator"), "admin", frozenset({EVERYWHERE}))
"""Who may write the table may make any key."""


@dataclass(frozen=True)
class AccessKey:
    """A new key. `key` is shown once and kept nowhere."""

    key_id: str
    key: str
    role: str
    properties: tuple[str, ...]
    name: str


def create(stage: str, role: str, properties: Sequence[str], name: str) -> AccessKey:
    """Make a key and keep its hash. Raises Refused for what the API would refuse, too."""
    wanted = read(KeyAsked, {"role": role, "properties": list(properties), "name": name})
    secret = Secret(KeyId(f"k{secrets.token_hex(12)}"), f"xk_{secrets.token_urlsafe(32)}")
    stages.use(stage)
    try:
        made = actions.create(OPERATOR, wanted, secret, instant(now()))
    except Invalid as refused:
        raise Refused(str(refused)) from refused
    return AccessKey(made.key_id, secret.key, made.role, made.properties, made.name)


def opens(stage: str, key: str) -> bool:
    """Whether somebody signs in with this key."""
    stages.use(stage)
    try:
        actions.sign_in(f"Bearer {key}")
    except Unauthorized:
        return False
    return True
