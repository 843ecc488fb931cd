"""Sign in, make a key, end one."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

from chalicelib.access import rules, store
from chalicelib.access.model import ApiKey, Caller, Entitled, KeyAsked, Secret
from chalicelib.aws import secrets, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Unauthorized
from chalicelib.canonical.ids import KeyId, stable_id
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.properties import store as properties

REMEMBERED = timedelta(days=30)
"""How long an ended key is remembered: a request that comes late must not bring it back."""


def sign_in(authorization: str | None) -> Caller:
    """One hash and one read, whatever was presented. Raises Unauthorized."""
    key = rules.presented(authorization)
    caller = store.caller(rules.hash_of(key or ""))
    if key is None or caller is None:
        raise Unauthorized
    return caller


def secret_of(seed: str) -> Secret:
    """Made from the seed, so that a request repeated after a lost answer gets the same key, kept by nobody."""
    made = hmac.digest(secrets.key_for("api-keys"), seed.encode(), hashlib.sha256)
    return Secret(KeyId(stable_id("k", seed)), f"xk_{base64.urlsafe_b64encode(made).decode().rstrip('=')}")


def create(caller: Caller, asked: KeyAsked, secret: Secret, at: Instant) -> ApiKey:
    """Keep a new key. Raises Forbidden for one that sees more than the caller, Invalid for unknown properties.

    The same again is done; under the id of another key, or of one that has ended, it is a Conflict.
    """
    check(caller, asked, "A key cannot give what it does not have: name only properties of your own.")
    key = ApiKey(secret.key_id, rules.hash_of(secret.key), asked.name, asked.role, asked.properties)
    try:
        store.add(key, at)
    except table.ConditionFailed:
        if store.get(key.key_id) != key:
            raise Conflict("This Idempotency-Key made a key before that is another one, or was deleted.") from None
    return key


def end(caller: Caller, key_id: KeyId, at: Instant) -> None:
    """End a key at once. Raises NotFound, alike for what is not there and what the caller may not see, and Conflict for
    the last one that may do everything: nobody could make another."""
    key = store.get(key_id)
    if key is None or not rules.is_seen(caller, key):
        raise NotFound("There is no such key.")
    until = int((moment_of(at) + REMEMBERED).timestamp())
    until_written(lambda: store.end(key, at, until, _stays(key)), "keys were ended by others all the time")


def _stays(key: ApiKey) -> ApiKey | None:
    """A key that may do everything and is there when this one has gone; None where this one never could."""
    if not rules.may_everything(key):
        return None
    others = (each for each in kept() if each.key_id != key.key_id and rules.may_everything(each))
    if (other := next(others, None)) is None:
        raise Conflict("This is the last admin key of the whole group: make another one before you end it.")
    return other


def kept() -> Iterator[ApiKey]:
    """All that have not ended."""
    return (key for key in store.listed(None) if not key.ended)


def seen(caller: Caller, after: str | None) -> Iterator[ApiKey]:
    """The keys that the caller may see, in the order of their ids."""
    return (key for key in store.listed(after) if rules.is_seen(caller, key))


def check(caller: Caller, asked: Entitled, too_much: str) -> None:
    """Raises Forbidden, with the words, for more than the caller has, and Invalid for unknown properties."""
    if not caller.sees_all(asked.properties):
        raise Forbidden(too_much)
    there_is = properties.by_id()
    unknown = rules.unknown_properties(asked, there_is)
    if unknown:
        told = {at: f"no such property: {each}; there is {known(there_is, each)}" for at, each in unknown.items()}
        raise Invalid(*(FieldError(f"properties.{at}", words) for at, words in told.items()))
