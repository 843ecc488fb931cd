"""`Idempotency-Key`: the same request under the same key is done once, and answered alike each time."""

import hashlib
import hmac
import json
import secrets as randomness
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws import keys, secrets, table
from chalicelib.canonical.errors import CallerError, Conflict, FieldError, Invalid, TryAgain

REMEMBERED = 24 * 3600
LONGEST_KEY = 128
LARGEST_KEPT = 75_000
"""Characters of an answer that surely fit a row; a longer one is computed again, from the same seed."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


@dataclass(frozen=True)
class Attempt:
    """One creating request. `seed` is what its ids are made of: the same key makes the same again after a crash."""

    caller: str
    key: str | None
    fingerprint: str
    seed: str
    at: datetime


def attempt(caller: str, key: str | None, route: str, document: Any, at: datetime) -> Attempt:
    """Raises Invalid for a key that is empty, too long, or not visible ASCII."""
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid(FieldError("Idempotency-Key", f"must have 1 to {LONGEST_KEY} visible ASCII characters"))
    return Attempt(caller, key, _fingerprint(route, document) if key else "", _seed(caller, key), at)


def _fingerprint(route: str, document: Any) -> str:
    text = json.dumps([route, document], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _seed(caller: str, key: str | None) -> str:
    """Keyed, as the callers' keys are often guessable and some seeds become secrets."""
    if key is None:
        return randomness.token_hex(32)
    return hmac.digest(secrets.key_for("idempotency"), f"{caller}\0{key}".encode(), hashlib.sha256).hex()


def once(asked: Attempt, run: Callable[[], Answer], *, keep_answer: bool) -> Answer:
    """Run, or repeat the answer that is kept. Raises Conflict when the key was used for another request.

    A refused request leaves nothing behind, so that it can be sent again in a better form under its key.
    """
    if asked.key is None:
        return run()
    row = keys.idempotency(asked.caller, asked.key)
    known = table.get(row)
    if known and known["expires_at"] > asked.at.timestamp():
        if known["fingerprint"] != asked.fingerprint:
            raise Conflict("This Idempotency-Key was used for another request.")
        if "text" in known:
            return Answer(known["status"], known["text"])
    else:
        _begin(row, asked)
    try:
        answer = run()
    except CallerError:
        table.write(table.Delete(row))
        raise
    if keep_answer and len(answer.text) <= LARGEST_KEPT:
        _finish(row, answer)
    return answer


def _begin(row: keys.Key, asked: Attempt) -> None:
    now = int(asked.at.timestamp())
    free = table.When("attribute_not_exists(pk) OR expires_at <= :now", {":now": now})
    item = table.row(row, fingerprint=asked.fingerprint, expires_at=now + REMEMBERED)
    try:
        table.write(table.Put(item, free))
    except table.ConditionFailed:
        raise TryAgain("the same Idempotency-Key was used at this very moment", after_seconds=1) from None


def _finish(row: keys.Key, answer: Answer) -> None:
    names = {"#status": "status", "#text": "text"}
    update = table.Update(
        row,
        "SET #status = :status, #text = :text",
        {":status": answer.status, ":text": answer.text},
        names,
        size=len(answer.text) + 512,
    )
    table.write(update)
