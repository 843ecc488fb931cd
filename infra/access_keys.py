"""API keys: made here once for the first administrator; only their hash is kept."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from chalicelib.aws import keys
from chalicelib.aws.codec import to_item
from chalicelib.aws.keys import Key
from chalicelib.entrypoints.api.roles import ROLES


@dataclass(frozen=True)
class AccessKey:
    """A new key. `key` is shown once and kept nowhere."""

    key_id: str
    key: str
    role: str
    properties: tuple[str, ...]
    name: str


def create(stage: str, role: str, properties: Sequence[str], name: str) -> AccessKey:
    """Make a key and keep its hash. Raises ValueError for an unknown role."""
    if role not in ROLES:
        raise ValueError(f"the role {role!r} is none of {', '.join(ROLES)}")
    secret = f"xk_{secrets.token_urlsafe(32)}"
    made = AccessKey(f"k{secrets.token_hex(12)}", secret, role, tuple(properties), name)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    attributes = {"key_id": made.key_id, "role": role, "properties": list(properties), "name": name}
    listed = {**attributes, "key_hash": digest}
    boto3.client("dynamodb").transact_write_items(
        TransactItems=[
            _put(stage, keys.api_key(digest), attributes),
            _put(stage, keys.api_key_listing(made.key_id), listed),
        ]
    )
    return made


def _put(stage: str, key: Key, attributes: dict[str, Any]) -> Any:
    item = to_item({"pk": key.pk, "sk": key.sk, **attributes})
    return {"Put": {"TableName": f"xenia-{stage}", "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
