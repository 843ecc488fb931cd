"""`Idempotency-Key`: the same request under the same key is done once, and answered alike each time."""

import hashlib
import hmac
import json
import secrets as randomness
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.access import remembered
from chalicelib.access.remembered import Answer, Remembered
from chalicelib.aws import secrets, table
from chalicelib.canonical.errors import CallerError, Conflict, FieldError, Invalid, TryAgain
from chalicelib.canonical.ids import ActorId

LONGEST_KEY = 128
LARGEST_KEPT = 75_000
"""Characters of an answer that surely fit a row; a longer one is computed again, from the same seed."""


@dataclass(frozen=True)
class Attempt:
    """One creating request: who asks, and the `Idempotency-Key`."""

    actor: ActorId
    idempotency_key: str | None
    fingerprint: str
    at: datetime


def attempt(actor: ActorId, idempotency_key: str | None, route: str, document: object, at: datetime) -> Attempt:
    """Raises Invalid for a key that is empty, too long, or not visible ASCII."""
    if idempotency_key is not None and not _is_fit(idempotency_key):
        raise Invalid(FieldError("Idempotency-Key", f"must have 1 to {LONGEST_KEY} visible ASCII characters"))
    return Attempt(actor, idempotency_key, _fingerprint(route, document) if idempotency_key else "", at)


def _is_fit(idempotency_key: str) -> bool:
    return 0 < len(idempotency_key) <= LONGEST_KEY and idempotency_key.isascii() and idempotency_key.isprintable()


def _fingerprint(route: str, document: object) -> str:
    text = json.dumps([route, document], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def answer_once(asked: Attempt, run: Callable[[str, datetime], Answer], *, keep_answer: bool) -> Answer:
    """Run, or repeat the answer that is kept. Raises Conflict when the key was used for another request.

    What runs is given a seed and an instant, of which it makes its ids: the same ones for as long as the key is
    remembered, also after a crash between the work and its answer. A refused request leaves nothing behind, so that it
    can be sent again in a better form under its key.
    """
    if asked.idempotency_key is None:
        return run(randomness.token_hex(32), asked.at)
    known = _known(asked, asked.idempotency_key)
    if known and known.answer:
        return known.answer
    nonce = known.nonce if known else _begin(asked, asked.idempotency_key)
    begun_at = (known.begun_at if known else None) or asked.at
    try:
        answer = run(_seed(asked, nonce), begun_at)
    except CallerError:
        remembered.forget(asked.actor, asked.idempotency_key, nonce)
        raise
    if keep_answer and len(answer.text) <= LARGEST_KEPT:
        remembered.finish(asked.actor, asked.idempotency_key, nonce, answer)
    return answer


def _known(asked: Attempt, idempotency_key: str) -> Remembered | None:
    known = remembered.get(asked.actor, idempotency_key, asked.at)
    if known and known.fingerprint != asked.fingerprint:
        raise Conflict("This Idempotency-Key was used for another request.")
    return known


def _seed(asked: Attempt, nonce: str) -> str:
    """Keyed, as some seeds become secrets; with the nonce all that leads back to it is forgotten."""
    text = f"{asked.actor}\0{asked.idempotency_key}\0{nonce}"
    return hmac.digest(secrets.key_for("idempotency"), text.encode(), hashlib.sha256).hex()


def _begin(asked: Attempt, idempotency_key: str) -> str:
    nonce = randomness.token_hex(16)
    try:
        remembered.begin(asked.actor, idempotency_key, Remembered(asked.fingerprint, nonce), asked.at)
    except table.ConditionFailed:
        raise TryAgain("the same Idempotency-Key was used at this very moment", after_seconds=1) from None
    return nonce
