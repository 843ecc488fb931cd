"""What becomes of a letter when its message fails, is found on a dead-letter queue, or is settled."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.canonical.batch import ARCHIVED, Message
from chalicelib.canonical.ids import ConnectionId, Leaf, LetterId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.dead_letters.model import Failed, Found, Letter

Json = Any
LETTER, TIMES, REDRIVEN = "letter", "times", "redriven"
"""Attributes of messages: which letter this is, on a dead-letter queue which time it was set aside, and on a queue from
which time it was sent back."""
CRASHED = "no reason noted: the function crashed or ran out of time each time"
HUB_ID = re.compile(r"[a-z0-9_-]{1,64}")
LONGEST_REASON = 256
LARGEST_TEXT = 300_000
"""Bytes of a text that a row has room for: more than the hub itself sends."""


def failed(queue: str, message: Message, reason: str, *, archived: bool) -> Failed:
    """A message that its function gave up. A notice is one letter however often it is delivered: by its own id."""
    sent = message.attributes
    return Failed(
        id=LetterId(sent.get(LETTER) or _named(message.body.get("request")) or message.id),
        queue=queue,
        connection=_connection(message),
        text=message.text,
        reason="".join(each if each.isprintable() else "?" for each in reason[:LONGEST_REASON]) or "none",
        receives=message.receives,
        archived=archived or ARCHIVED in sent,
        redriven=_number(sent, REDRIVEN),
    )


def found(queue: str, message: Message) -> Found:
    """A message on the dead-letter queue of `queue`. One that SQS or EventBridge put there tells of no time: it is the
    one after that which it was sent back from, and bears the id that it had on its queue."""
    sent = message.attributes
    told = failed(sent.get("source_queue", queue), message, reason_of(sent), archived=False)
    own = LetterId(sent.get(LETTER) or message.id)
    times = _number(sent, TIMES) or told.redriven + 1
    return Found(replace(told, id=own, receives=_number(sent, "receives") or message.receives), times)


def reason_of(sent: Mapping[str, str]) -> str:
    """Ours; or EventBridge's, of a fact that it could not put on the queue; a redrive by SQS itself notes none.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    of_bus = [sent[name] for name in ("ERROR_CODE", "ERROR_MESSAGE") if sent.get(name)]
    return sent.get("reason") or ": ".join(of_bus) or CRASHED


def set_aside(known: Letter | None, told: Failed, at: Instant) -> Letter | None:
    """The letter once more set aside; None where it lies there already: the same notice was delivered twice."""
    settled = max(known.settled if known else 0, told.redriven)
    before = known.times if known else 0
    return None if before > settled else _letter(known, told, at, times=max(before, settled) + 1, settled=settled)


def taken_up(known: Letter | None, on_queue: Found, at: Instant) -> Letter | None:
    """The letter of what was found; None where that is settled, and only its message was left behind."""
    settled, times = known.settled if known else on_queue.times - 1, on_queue.times
    if known and settled < times <= known.times:
        return known
    return None if times <= settled else _letter(known, on_queue.failed, at, times=times, settled=settled)


def settled(letter: Letter, times: int) -> Letter:
    """Sent back or put away as it was the `times`-th time; if it failed again since, it lies there again."""
    after = replace(letter, settled=max(letter.settled, times), rev=letter.rev + 1)
    return after if after.lies else replace(after, text="")


def records_in(connection: ConnectionId | None, holds: Json) -> tuple[Leaf, ...]:
    """The guests' records that a message is about, as far as it holds snapshots that name them by their source's ids.
    Of broken ones, too: they are why it lies here. Nothing is looked up."""
    named = [each for snapshot in _within(_at(holds, "body"), "snapshots") for each in _guests_of(snapshot)]
    ids = [_at(each, "source_id") for each in named]
    told = (
        leaf_of_profile(connection, clean)
        for each in ids
        if connection and isinstance(each, str) and (clean := each.strip())
    )
    return tuple(dict.fromkeys(told))


def _guests_of(snapshot: Json) -> list[Json]:
    if _at(snapshot, "kind") == "guest":
        return [snapshot]
    return [_at(each, "guest") for each in _within(snapshot, "occupants")]


def _within(document: Json, name: str) -> list[Json]:
    found = _at(document, name)
    return found if isinstance(found, list) else []


def _at(document: Json, name: str) -> Json:
    return document.get(name) if isinstance(document, Mapping) else None


def _letter(known: Letter | None, told: Failed, at: Instant, *, times: int, settled: int) -> Letter:
    return Letter(
        id=told.id,
        queue=told.queue,
        connection=told.connection,
        reason=told.reason,
        receives=told.receives,
        first_at=known.first_at if known else at,
        at=at,
        times=times,
        settled=settled,
        text=told.text if len(told.text.encode()) <= LARGEST_TEXT else "",
        archived=told.archived or (known is not None and known.archived),
        rev=(known.rev if known else 0) + 1,
    )


def _connection(message: Message) -> ConnectionId | None:
    named = _named(message.body.get("connection"))
    return ConnectionId(named) if named else None


def _named(told: object) -> str | None:
    return told if isinstance(told, str) and HUB_ID.fullmatch(told) else None


def _number(sent: Mapping[str, str], name: str) -> int:
    told = sent.get(name, "")
    return int(told) if told.isascii() and told.isdigit() else 0
