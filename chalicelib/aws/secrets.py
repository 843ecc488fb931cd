"""Secrets: the deployment's own key, and connection secrets encrypted with their connection as context."""

import base64
import hashlib
import hmac
from functools import cache

from chalicelib.aws import clients
from chalicelib.aws.settings import settings
from chalicelib.canonical.ids import ConnectionId


@cache
def _deployment_secret() -> bytes:
    return clients.secretsmanager().get_secret_value(SecretId=settings().identifier_secret)["SecretString"].encode()


@cache
def key_for(purpose: str) -> bytes:
    """A key of its own for each purpose ("identifiers", "unsubscribe"), derived from the deployment's one secret."""
    return hmac.digest(_deployment_secret(), purpose.encode(), hashlib.sha256)


def encrypt(text: str, connection: ConnectionId) -> str:
    answer = clients.kms().encrypt(
        KeyId=settings().key_alias, Plaintext=text.encode(), EncryptionContext={"connection": connection}
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def decrypt(text: str, connection: ConnectionId) -> str:
    answer = clients.kms().decrypt(
        CiphertextBlob=base64.b64decode(text), KeyId=settings().key_alias, EncryptionContext={"connection": connection}
    )
    return answer["Plaintext"].decode()


def forget_all() -> None:
    """Drop the kept keys; tests call it when they change the account underneath."""
    _deployment_secret.cache_clear()
    key_for.cache_clear()
