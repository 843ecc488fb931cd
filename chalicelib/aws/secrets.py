"""Secrets: the deployment's own key, and connection secrets encrypted with their connection as context."""

import base64
import hashlib
import hmac
import time
from functools import cache, lru_cache

from chalicelib.aws import clients
from chalicelib.aws.settings import settings
from chalicelib.canonical.ids import ConnectionId

KEPT_FOR = 300.0
"""Seconds, at most."""


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


def decrypt_kept(text: str, connection: ConnectionId) -> str:
    """The same, kept for some minutes. What is encrypted anew has another text: a changed secret is never taken for
    the one before."""
    return _decrypted(text, connection, int(time.monotonic() // KEPT_FOR))


@lru_cache(maxsize=100)
def _decrypted(text: str, connection: ConnectionId, period: int) -> str:
    """`period` counts the stretches of time for which an answer is kept."""
    del period
    return decrypt(text, connection)


def forget_all() -> None:
    """Drop the kept keys; tests call it when they change the account underneath."""
    _decrypted.cache_clear()
    _deployment_secret.cache_clear()
    key_for.cache_clear()
