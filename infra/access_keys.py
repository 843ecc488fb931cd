"""API keys: made here once for the first administrator; only their hash is kept."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from pydantic import ValidationError

from chalicelib.aws import keys
from chalicelib.aws.codec import to_item
from chalicelib.aws.keys import Key
from chalicelib.entrypoints.api.access import KeyAsked
from chalicelib.entrypoints.api.caller import EVERYWHERE


@dataclass(frozen=True)
class AccessKey:
    """A new key. `key` is shown once and kept nowhere."""

    key_id: str
    key: str
    role: str
    properties: tuple[str, ...]
    name: str


def create(stage: str, role: str, properties: Sequence[str], name: str) -> AccessKey:
    """Make a key and keep its hash. Raises ValueError for what the API would refuse, too."""
    asked = _asked(stage, {"role": role, "properties": list(properties), "name": name})
    secret = f"xk_{secrets.token_urlsafe(32)}"
    made = AccessKey(f"k{secrets.token_hex(12)}", secret, asked.role, asked.properties, asked.name)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    attributes = {"key_id": made.key_id, **asked.model_dump(), "properties": list(asked.properties)}
    listed = {**attributes, "key_hash": digest}
    boto3.client("dynamodb").transact_write_items(
        TransactItems=[
            _put(stage, keys.api_key(digest), attributes),
            _put(stage, keys.api_key_listing(made.key_id), listed),
        ]
    )
    return made


def _asked(stage: str, wanted: dict[str, Any]) -> KeyAsked:
    try:
        asked = KeyAsked.model_validate(wanted)
    except ValidationError as error:
        raise ValueError("; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())) from error
    if missing := [each for each in asked.properties if each != EVERYWHERE and not _exists(stage, each)]:
        raise ValueError(f"properties: no such property: {', '.join(missing)}")
    return asked


def _exists(stage: str, property_id: str) -> bool:
    key = keys.property_(property_id)
    asked: Any = {"TableName": f"xenia-{stage}", "Key": to_item({"pk": key.pk, "sk": key.sk})}
    return "Item" in boto3.client("dynamodb").get_item(**asked)


def _put(stage: str, key: Key, attributes: dict[str, Any]) -> Any:
    item = to_item({"pk": key.pk, "sk": key.sk, **attributes})
    return {"Put": {"TableName": f"xenia-{stage}", "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
