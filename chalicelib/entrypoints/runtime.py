"""How every queue function and schedule runs: one record's failure is one record's, and one line says what was done.

These decorators stand under Chalice's: for event functions app.py is never imported, so no middleware of an app runs.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Any
from zlib import crc32

from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Ended, Failures, Message
from chalicelib.canonical.errors import Rejected, TryAgain, XeniaError
from chalicelib.entrypoints import log

if TYPE_CHECKING:
    from chalice.app import SQSEvent

LAST_RECEIVE = 12
FIRST_WAIT, LONGEST_WAIT = 30, 3600
"""Seconds: min(30 · 2ⁿ, 1 h) makes twelve receives about five hours."""
SLOWEST = 8.0
"""Seconds that one record is given unless its function says otherwise."""

SecondsLeft = Callable[[], float]
Work = Callable[[Message, SecondsLeft], None]
BatchWork = Callable[[Sequence[Message], SecondsLeft], Failures]
Afterwards = Callable[[Sequence[Ended], SecondsLeft], None]
"""Told of what failed when all is settled; what it raises is noted, and costs no message anything."""
Handler = Callable[["SQSEvent"], None]


class BatchIncomplete(XeniaError):
    """Messages of this batch come back later: Lambda must not delete them. The finished ones are deleted already."""


class ScheduleFailed(XeniaError):
    """A scheduled function failed: Lambda tries it again, and the next tick does, too."""


class NotStarted(XeniaError):
    """Too little time was left for this message: it comes back at once."""


@dataclass(frozen=True)
class Received:
    """A message as the queue delivered it."""

    message: Message
    receipt: str
    unreadable: Exception | None = None


def queue_name(name: str) -> str:
    """The name under which Chalice finds a queue, decided when the module is imported.

    `chalice deploy|package --stage X` puts that stage's environment variables from .chalice/config.json into the
    environment before it imports app.py: XENIA_STAGE must stand there for every stage. The trap: one process that
    packages two stages keeps the first one's names, as the module is imported once; use a process for each. Without a
    stage the name is one that no queue has, so that a deployment of it fails at once and reads nobody else's queue.
    """
    return Settings(os.environ.get("XENIA_STAGE", "stage-not-set")).queue(name)


def one_by_one(queue: str, *, slowest: float = SLOWEST, plain: bool = False) -> Callable[[Work], Handler]:
    """Run each message by itself; none is started when less than `slowest` seconds remain.

    `plain` is for bodies that others write and that need not be JSON: they are handed over as text.
    """

    def decorate(work: Work) -> Handler:
        @wraps(work)
        def handle(event: "SQSEvent") -> None:
            left = _clock(event)

            def one_after_another(messages: Sequence[Message]) -> Failures:
                return _each(messages, lambda one: _single(work, one, left), left, slowest)

            _run(queue, work.__name__, _received(event, plain=plain), one_after_another)

        return handle

    return decorate


def in_batch(
    queue: str, *, slowest: float = SLOWEST, afterwards: Afterwards | None = None
) -> Callable[[BatchWork], Handler]:
    """Run all messages together; when that fails as a whole, one after another, so that none takes others along.

    The work is told how much time is left: what it does not begin, it gives back as failed.
    """

    def decorate(work: BatchWork) -> Handler:
        @wraps(work)
        def handle(event: "SQSEvent") -> None:
            left = _clock(event)

            def together(messages: Sequence[Message]) -> Failures:
                try:
                    return work(messages, left) if messages else {}
                except TryAgain as busy:
                    return {each.id: busy for each in messages}
                except Exception as error:  # noqa: BLE001 (whatever it is, it is one record's: the next lines find whose)
                    if len(messages) == 1:
                        return {messages[0].id: error}
                    return _each(messages, lambda one: _batch_of_one(work, one, left), left, slowest)

            then = partial(_then, afterwards, left) if afterwards else None
            _run(queue, work.__name__, _received(event), together, then)

        return handle

    return decorate


def on_schedule(work: Callable[[], dict[str, int]]) -> Callable[[Any], None]:
    """Run a scheduled function; the figures it returns go into its line."""

    @wraps(work)
    def handle(_: Any) -> None:
        failure: Exception | None = None
        with log.invocation(work.__name__) as line:
            try:
                line.figures |= work()
            except Exception as error:  # noqa: BLE001 (told without its values, and raised again by name below)
                failure = error
                line.words["failures"] = [log.describe(error)]
            line.figures["failed"] = int(failure is not None)
        if failure is not None:
            raise ScheduleFailed(f"{work.__name__} failed: {type(failure).__name__}")

    return handle


def _run(
    queue: str,
    function: str,
    received: Sequence[Received],
    work: Callable[[Sequence[Message]], Failures],
    then: Callable[[Sequence[Ended]], None] | None = None,
) -> None:
    """Run, settle, and tell. The error is raised outside of any other, whose message would follow it into the log."""
    with log.invocation(function) as line:
        failures: Failures = {each.message.id: each.unreadable for each in received if each.unreadable}
        failures |= work([each.message for each in received if not each.unreadable])
        ended = _settle(queue, received, failures)
        later = sum(not each.is_set_aside for each in ended)
        settled = {"set_aside": len(ended) - later, "retried": later}
        line.figures |= {"records": len(received), "failed": len(failures), **settled}
        if failures:
            line.words["failures"] = _told(received, failures)
        if then:
            then(ended)
    if later:
        raise BatchIncomplete(f"{later} of {len(received)} messages of {queue} come back later")


def _then(afterwards: Afterwards, left: SecondsLeft, ended: Sequence[Ended]) -> None:
    """What was not started did not fail."""
    try:
        afterwards([each for each in ended if not isinstance(each.error, NotStarted)], left)
    except Exception:  # noqa: BLE001 (whatever it is: the messages are settled, and the line counts it)
        meter().called("afterwards_failed")


def _received(event: "SQSEvent", *, plain: bool = False) -> list[Received]:
    return [_taken_apart(record.to_dict(), plain=plain) for record in event]


def _taken_apart(record: dict[str, Any], *, plain: bool) -> Received:
    text = record["body"]
    sent = {name: each.get("stringValue", "") for name, each in record.get("messageAttributes", {}).items()}
    body, unreadable = ({}, None) if plain else _body(text)
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    return Received(Message(record["messageId"], body, sent, text, receives), record["receiptHandle"], unreadable)


def _body(text: str) -> tuple[dict[str, Any], Exception | None]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}, Rejected("not_json")
    return (body, None) if isinstance(body, dict) else ({}, Rejected("not_an_object"))


def _clock(event: "SQSEvent") -> SecondsLeft:
    context: Any = event.context
    return lambda: float(context.get_remaining_time_in_millis()) / 1000


def _each(
    messages: Sequence[Message], work: Callable[[Message], Exception | None], left: SecondsLeft, slowest: float
) -> Failures:
    """The first is always started: an invocation never has more time than at its beginning."""
    failures: Failures = {}
    for at, message in enumerate(messages):
        failure = NotStarted() if at and left() < slowest else work(message)
        if failure:
            failures[message.id] = failure
    return failures


def _single(work: Work, message: Message, left: SecondsLeft) -> Exception | None:
    try:
        work(message, left)
    except Exception as error:  # noqa: BLE001 (kept with its message, and settled by its kind)
        return error
    return None


def _batch_of_one(work: BatchWork, message: Message, left: SecondsLeft) -> Exception | None:
    try:
        return work([message], left).get(message.id)
    except Exception as error:  # noqa: BLE001 (kept with its message, and settled by its kind)
        return error


def _settle(queue: str, received: Sequence[Received], failures: Failures) -> list[Ended]:
    """Set aside what is hopeless and give the rest its next time. Returns what failed.

    Finished messages are deleted only when some come back: otherwise Lambda deletes them all by itself.
    """
    from chalicelib.aws import queues

    failed = [(each, failures[each.message.id]) for each in received if each.message.id in failures]
    later = [pair for pair in failed if not (_is_hopeless(*pair) and _set_aside(queue, *pair))]
    if later:
        for each in received:
            if each.message.id not in failures:
                queues.delete(queue, each.receipt)
        for each, error in later:
            queues.retry_after(queue, each.receipt, wait_after(each.message, error))
    back = {each.message.id for each, _ in later}
    return [Ended(each.message, error, is_set_aside=each.message.id not in back) for each, error in failed]


def _set_aside(queue: str, each: Received, error: Exception) -> bool:
    """Whether the dead-letter queue took it. If not, the message comes back, and SQS itself moves what came too often:
    its neighbours are settled all the same."""
    from chalicelib.aws import queues
    from chalicelib.dead_letters import actions as dead_letters

    try:
        # What is rejected for good lies in the archive already, if it has a place there.
        dead_letters.set_aside(queue, each.message, reason=_reason(error), archived=isinstance(error, Rejected))
        queues.delete(queue, each.receipt)
    except Exception:  # noqa: BLE001 (the line tells the message as retried, with why it failed)
        return False
    return True


def _is_hopeless(each: Received, error: Exception) -> bool:
    return isinstance(error, Rejected) or (each.message.receives >= LAST_RECEIVE and not isinstance(error, NotStarted))


def wait_after(message: Message, error: Exception) -> int:
    """Seconds until the next try: longer each time, and never sooner than a vendor asked for.

    Up to a quarter is added by the message's own id, so that those who failed together do not come back together.
    """
    if isinstance(error, NotStarted):
        return 0
    asked = error.after_seconds if isinstance(error, TryAgain) else None
    wait: int = max(FIRST_WAIT * 2 ** (message.receives - 1), asked or 0)
    return min(wait + wait * (crc32(message.id.encode()) % 256) // 1024, LONGEST_WAIT)


def _reason(error: Exception) -> str:
    """Why a message was set aside; a Rejected's own words name fields, any other error only its kind is told of."""
    told = log.describe(error)
    return (
        str(error)
        if isinstance(error, Rejected)
        else " ".join(str(told[key]) for key in ("error", "reason", "code") if told.get(key))
    )


def _told(received: Sequence[Received], failures: Failures) -> list[dict[str, Any]]:
    shown = [each for each in received if each.message.id in failures][: log.SHOWN]
    return [
        {"message": each.message.id, "receives": each.message.receives, **log.describe(failures[each.message.id])}
        for each in shown
    ]
