"""How requests with an `Idempotency-Key` are kept: a row by who asks and that key, with the answer once given."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ActorId
from chalicelib.canonical.time import instant, moment_of

REMEMBERED = timedelta(hours=24)


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


@dataclass(frozen=True)
class Remembered:
    """A request that was begun, and how it was answered. The nonce is what its seed is made of; `begun_at` is when
    it was sent first, None where an earlier version of the hub wrote the row."""

    fingerprint: str
    nonce: str
    answer: Answer | None = None
    begun_at: datetime | None = None


def get(actor: ActorId, idempotency_key: str, at: datetime) -> Remembered | None:
    """None also for what has expired: DynamoDB removes it some time later."""
    row = table.get(keys.idempotency(actor, idempotency_key))
    if row is None or row.get("expires_at", 0) <= at.timestamp():
        return None
    answer = Answer(row["status"], row["text"]) if "text" in row else None
    begun_at = moment_of(row["begun_at"]) if "begun_at" in row else None
    return Remembered(row["fingerprint"], row["nonce"], answer, begun_at)


def begin(actor: ActorId, idempotency_key: str, request: Remembered, at: datetime) -> None:
    """Raises ConditionFailed when somebody else began under this key and is still remembered."""
    now = int(at.timestamp())
    free = table.When("attribute_not_exists(expires_at) OR expires_at <= :now", {":now": now})
    item = table.row(
        keys.idempotency(actor, idempotency_key),
        fingerprint=request.fingerprint,
        nonce=request.nonce,
        begun_at=instant(at),
        expires_at=int((at + REMEMBERED).timestamp()),
    )
    table.write(table.Put(item, free))


def forget(actor: ActorId, idempotency_key: str, nonce: str) -> None:
    """Another attempt may have been answered meanwhile: its answer stays."""
    unanswered = table.When("nonce = :nonce AND attribute_not_exists(#text)", {":nonce": nonce}, {"#text": "text"})
    with suppress(table.ConditionFailed):
        table.write(table.Delete(keys.idempotency(actor, idempotency_key), unanswered))


def finish(actor: ActorId, idempotency_key: str, nonce: str, answer: Answer) -> None:
    """Where another attempt was refused meanwhile, the row is gone or begun anew: there is nothing to finish."""
    update = table.Update(
        keys.idempotency(actor, idempotency_key),
        "SET #status = :status, #text = :text",
        {":status": answer.status, ":text": answer.text},
        {"#status": "status", "#text": "text"},
        when=table.When("nonce = :nonce", {":nonce": nonce}),
        size=len(answer.text) + 512,
    )
    with suppress(table.ConditionFailed):
        table.write(update)
