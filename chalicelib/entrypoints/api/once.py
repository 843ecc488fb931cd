"""`Idempotency-Key`: the same request under the same key is done once, and answered alike each time."""

import hashlib
import hmac
import json
import secrets as randomness
from collections.abc import Callable
from contextlib import suppress
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
    """One creating request."""

    caller: str
    key: str | None
    fingerprint: str
    at: datetime


def attempt(caller: str, key: str | None, route: str, document: Any, at: datetime) -> Attempt:
    """Raises Invalid for a key that is empty, too long, or not visible ASCII."""
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid(FieldError("Idempotency-Key", f"must have 1 to {LONGEST_KEY} visible ASCII characters"))
    return Attempt(caller, key, _fingerprint(route, document) if key else "", at)


def _fingerprint(route: str, document: Any) -> str:
    text = json.dumps([route, document], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def once(asked: Attempt, run: Callable[[str], Answer], *, keep_answer: bool) -> Answer:
    """Run, or repeat the answer that is kept. Raises Conflict when the key was used for another request.

    What runs is given a seed, of which it makes its ids: the same one for as long as the key is remembered, also after
    a crash between the work and its answer. A refused request leaves nothing behind, so that it can be sent again in a
    better form under its key.
    """
    if asked.key is None:
        return run(randomness.token_hex(32))
    row = keys.idempotency(asked.caller, asked.key)
    known = table.get(row)
    if known and known.get("expires_at", 0) > asked.at.timestamp():
        if known["fingerprint"] != asked.fingerprint:
            raise Conflict("This Idempotency-Key was used for another request.")
        if "text" in known:
            return Answer(known["status"], known["text"])
        nonce = known["nonce"]
    else:
        nonce = _begin(row, asked)
    try:
        answer = run(_seed(asked, nonce))
    except CallerError:
        _forget(row, nonce)
        raise
    if keep_answer and len(answer.text) <= LARGEST_KEPT:
        _finish(row, nonce, answer)
    return answer


def _seed(asked: Attempt, nonce: str) -> str:
    """Keyed, as some seeds become secrets; with the nonce all that leads back to it is forgotten."""
    text = f"{asked.caller}\0{asked.key}\0{nonce}"
    return hmac.digest(secrets.key_for("idempotency"), text.encode(), hashlib.sha256).hex()


def _begin(row: keys.Key, asked: Attempt) -> str:
    now, nonce = int(asked.at.timestamp()), randomness.token_hex(16)
    free = table.When("attribute_not_exists(expires_at) OR expires_at <= :now", {":now": now})
    item = table.row(row, fingerprint=asked.fingerprint, nonce=nonce, expires_at=now + REMEMBERED)
    try:
        table.write(table.Put(item, free))
    except table.ConditionFailed:
        raise TryAgain("the same Idempotency-Key was used at this very moment", after_seconds=1) from None
    return nonce


def _forget(row: keys.Key, nonce: str) -> None:
    """Another attempt may have been answered meanwhile: its answer stays."""
    unanswered = table.When("nonce = :nonce AND attribute_not_exists(#text)", {":nonce": nonce}, {"#text": "text"})
    with suppress(table.ConditionFailed):
        table.write(table.Delete(row, unanswered))


def _finish(row: keys.Key, nonce: str, answer: Answer) -> None:
    """Where another attempt was refused meanwhile, the row is gone or begun anew: there is nothing to finish."""
    update = table.Update(
        row,
        "SET #status = :status, #text = :text",
        {":status": answer.status, ":text": answer.text},
        {"#status": "status", "#text": "text"},
        when=table.When("nonce = :nonce", {":nonce": nonce}),
        size=len(answer.text) + 512,
    )
    with suppress(table.ConditionFailed):
        table.write(update)
