"""Set letters aside, send them back, put them away; a dead-letter queue is looked through by who asks, never by itself.

The row says what lies there; the message on the dead-letter queue is what the alarm counts, and what is left where no
row could be written. It is sent before the row, and taken off after: what is in neither order is in both.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from chalicelib.aws import files, queues
from chalicelib.aws.retries import until_written
from chalicelib.canonical.batch import ARCHIVED, Message
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import LetterId
from chalicelib.canonical.time import instant, now
from chalicelib.connectors.stripping import strip
from chalicelib.connectors.vendors import VENDORS, edge_of
from chalicelib.dead_letters import rules, store
from chalicelib.dead_letters.model import Entry, Found, Letter, Wanted
from chalicelib.settings import installation

Json = Any
Act = Callable[[Letter], bool]
BUSY = "the letter was changed by others all the time"
TIDIED = 100
"""Messages of a dead-letter queue that are looked at after letters were settled."""


def set_aside(queue: str, message: Message, *, reason: str, archived: bool) -> None:
    """Put a message that cannot be processed where people find it. `archived`: it need not be archived any more."""
    told = rules.failed(queue, message, reason, archived=archived)

    def attempt() -> None:
        known = store.get(told.id)
        letter = rules.set_aside(known, told, instant(now()))
        if letter:
            named = {rules.LETTER: letter.id, rules.TIMES: str(letter.times)}
            kept = {ARCHIVED: "yes"} if letter.archived else {}
            told_with = {**named, **kept}
            queues.set_aside(queue, message.text, reason=told.reason, receives=told.receives, attributes=told_with)
            store.save(letter, known)

    until_written(attempt, BUSY)


def lying(wanted: Wanted, after: str | None = None) -> Iterator[Entry]:
    """Those that are meant, in the order in which they were set aside."""
    return (each for each in store.listed(wanted.connection, after) if wanted.is_about(each))


def letter_of(letter_id: LetterId) -> Letter:
    """One that lies there. Raises NotFound."""
    letter = store.get(letter_id)
    if letter is None or not letter.lies:
        raise NotFound("There is no such dead letter.")
    return letter


def opened(letter: Letter) -> Json:
    """What a letter holds: the message, and in it what lies apart for its size; stripped as at the edge.

    Where it is no JSON object, as text.
    """
    document = queues.document(letter.text)
    apart = document.get("large")
    if isinstance(apart, str):
        document |= queues.document(files.read_body(installation.get().raw_bucket, apart).decode())
    return _stripped(document) if document else strip(letter.text, (), ())


def _stripped(document: dict[str, Json]) -> Json:
    vendor, ids = document.get("vendor"), frozenset({"request", "large"})
    if vendor not in VENDORS:
        return strip(document, (), ids)
    return strip(document, edge_of(vendor).dropped_fields, ids | edge_of(vendor).id_fields)


def redrive(letter: Letter) -> bool:
    """Send a letter back to its queue; False where somebody did so before, or its row had no room for its text. It is
    sent before that is noted: who dies between sends it twice, and what is done twice changes nothing."""
    if not (letter.lies and letter.text):
        return False
    back = {rules.LETTER: letter.id, rules.REDRIVEN: str(letter.times)}
    kept = {ARCHIVED: "yes"} if letter.archived else {}
    queues.send_text(letter.queue, letter.text, group=letter.connection, attributes={**back, **kept})
    return put_away(letter)


def put_away(letter: Letter) -> bool:
    """Note that a letter is settled; its text goes. False where it was so before."""

    def attempt() -> bool:
        known = store.get(letter.id)
        if known is None or known.settled >= letter.times:
            return False
        store.save(rules.settled(known, letter.times), known)
        return True

    return letter.lies and until_written(attempt, BUSY)


def settle(wanted: Wanted, act: Act, most: int) -> tuple[int, bool]:
    """Do something with the first `most` of those that are meant. Returns with how many it was done, and whether there
    are more; their messages are taken off the queue as far as a short look finds them."""
    first = list(islice(lying(wanted), most + 1))
    rows = store.get_many(each.id for each in first[:most])
    done = [letter for each in first[:most] if (letter := rows.get(each.id)) and act(letter)]
    for queue in sorted({each.queue for each in done}):
        tidy(queue)
    return len(done), bool(done) and len(first) > most


def tidy(queue: str) -> None:
    """Take messages of settled letters off a dead-letter queue, as far as a short look finds them."""
    for _ in look_through(queue, lambda _: False, most=TIDIED):
        pass


def look_through(queue: str, act: Act, *, most: int | None = None, wait_seconds: int = 1) -> Iterator[LetterId]:
    """Look at what lies on a dead-letter queue now, and do something with each; yield those with which it was done.

    Letters that SQS or EventBridge put there get their row here. What is settled is taken off; the rest stays.
    """
    name = queues.dead(queue)
    left, held = min(queues.count(name), most or 10**9), list[str]()  # what fails again comes back: no circle
    try:
        while left > 0 and (messages := queues.receive(name, min(10, left), wait_seconds=wait_seconds)):
            left -= len(messages)
            held += [receipt for _, receipt in messages]
            for message, receipt in messages:
                letter = _taken_up(rules.found(queue, message))
                if letter is None or act(replace(letter, text=message.text)):
                    held.remove(receipt)
                    queues.delete(name, receipt)
                    yield from [letter.id] if letter else []
    finally:
        queues.let_go(name, held)


def _taken_up(found: Found) -> Letter | None:
    """The letter of what lies on a dead-letter queue, its row written where there is none; None for a settled one."""

    def attempt() -> Letter | None:
        known = store.get(found.failed.id)
        letter = rules.taken_up(known, found, instant(now()))
        if letter and letter != known:
            store.save(letter, known)
        return letter

    return until_written(attempt, BUSY)
