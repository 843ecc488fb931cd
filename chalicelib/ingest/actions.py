"""Store what sources push; fetch what thin vendors only name."""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.aws import files, http, keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.meter import meter
from chalicelib.canonical.batch import Failures, Message
from chalicelib.canonical.errors import AskLess, Rejected, TryAgain
from chalicelib.canonical.time import instant, moment_of, now
from chalicelib.connectors.contract import Call, Json, Link
from chalicelib.identity.digests import digest
from chalicelib.ingest import envelopes, store, vendors
from chalicelib.ingest.changes import Change, change_of
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.model import Property
from chalicelib.ingest.storing import store_changes

KEPT_SECONDS = 15.0
"""Of a function's time, for storing what the vendor answers."""

SecondsLeft = Callable[[], float]


@dataclass
class _Work:
    """Changes of a batch, and which messages each of them came from."""

    seconds_left: SecondsLeft
    again: frozenset[str] = frozenset()
    """Messages that came before: what they had announced may have been lost."""
    changes: list[Change] = field(default_factory=list)
    sources: list[set[str]] = field(default_factory=list)
    failures: Failures = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)

    def add(self, change: Change | None, messages: set[str]) -> None:
        if change is None:
            self.ignored["not_a_person"] += 1
            return
        self.changes.append(replace(change, again=True) if messages & self.again else change)
        self.sources.append(messages)

    def fail(self, messages: Iterable[str], error: Exception) -> None:
        for each in messages:
            self.failures.setdefault(each, error)

    def finish(self) -> Failures:
        for at, error in store_changes(self.changes, self.seconds_left).items():
            self.fail(self.sources[at], error)
        for word, count in self.ignored.items():
            meter().calls[f"ignored:{word}"] += count
        return self.failures


def ingest_notices(messages: Sequence[Message], seconds_left: SecondsLeft = lambda: float("inf")) -> Failures:
    """Store what fat vendors pushed. Returns message id → why it failed; the others are done."""
    work = _Work(seconds_left)
    bodies = _opened(messages, work)
    _archive("inbox", (each for each in messages if each.id in bodies))
    known = store.properties()
    rows = _connections({body["connection"] for body in bodies.values()})
    for message_id, body in bodies.items():
        try:
            _take_in(message_id, body, rows, known, work)
        except Rejected as rejected:
            work.fail([message_id], rejected)
    return work.finish()


def _take_in(
    message_id: str, body: Mapping[str, Json], rows: Mapping[str, Item], known: Mapping[str, Property], work: _Work
) -> None:
    """What of a notice can be read is stored; it fails all the same for what cannot, and says what that was."""
    connection = body["connection"]
    link = store.link_of(rows[connection], known) if connection in rows else _nobodys_link(connection)
    translated = vendors.fat(body["vendor"]).translate(body["body"], link, moment_of(body["received_at"]))
    work.ignored.update(translated.ignored)
    for snapshot in translated.snapshots:
        work.add(change_of(snapshot, connection, known, digest, body["request"]), {message_id})
    if translated.broken:
        work.fail([message_id], Rejected("; ".join(translated.broken.values())))


def _nobodys_link(connection: str) -> Link:
    """The API's own snapshots have no connection: their scope was checked when they came in."""
    if not envelopes.is_api(connection):
        raise Rejected("unknown_connection")
    return Link(connection, {}, {}, {}, {}, {})


def fetch_notices(messages: Sequence[Message], seconds_left: SecondsLeft = lambda: float("inf")) -> Failures:
    """Ask thin vendors what their notices named, once for all notices of a connection, and store the answers."""
    work = _Work(seconds_left, frozenset(each.id for each in messages if each.receives > 1))
    bodies = _opened(messages, work)
    _archive("fetch", (each for each in messages if each.id in bodies))
    known = store.properties()
    by_connection: dict[str, dict[str, Json]] = defaultdict(dict)
    for message_id, body in bodies.items():
        by_connection[body["connection"]][message_id] = body
    rows = _connections(by_connection)
    for connection, its in by_connection.items():
        if connection not in rows:
            work.fail(its, Rejected("unknown_connection"))
            continue
        _fetch(rows[connection], its, known, work)
    return work.finish()


def _fetch(row: Item, bodies: Mapping[str, Json], known: Mapping[str, Property], work: _Work) -> None:
    translation = vendors.thin(row["vendor"])
    named: dict[str, frozenset[str]] = {}
    for message_id, body in bodies.items():
        try:
            named[message_id] = translation.named_by(body["body"])
        except Rejected as rejected:
            work.fail([message_id], rejected)
    if named:
        _ask(row, bodies, named, store.link_of(row, known), known, work)


def _ask(
    row: Item,
    bodies: Mapping[str, Json],
    named: Mapping[str, frozenset[str]],
    link: Link,
    known: Mapping[str, Property],
    work: _Work,
) -> None:
    """One conversation for all; where the vendor refuses it, one for each: only what it refuses fails.

    Where it is asked for too much at once, half of it is asked for.
    """
    request, asked_at = uuid.uuid4().hex, now()
    try:
        talk = vendors.thin(row["vendor"]).fetch([bodies[each]["body"] for each in named], link)
        translated = converse(talk, row["base_url"], work.seconds_left)
    except (TryAgain, Rejected) as error:
        parts = _smaller(named, error)
        if not parts:
            work.fail(named, error)
        for part in parts:
            _ask(row, bodies, part, link, known, work)
        return
    work.ignored.update(translated.ignored)
    for vendor_id, reason in translated.broken.items():
        to_blame = _naming(vendor_id, named)
        work.fail(to_blame, Rejected("unreadable_answer", reason))
        work.ignored["unreadable_of_nobody"] += not to_blame
    for snapshot in translated.snapshots:
        change = change_of(snapshot, row["sk"], known, digest, request, asked_at)
        work.add(change, _naming(change.vendor_id if change else "", named) or set(named))


def _smaller(named: Mapping[str, frozenset[str]], error: Exception) -> list[dict[str, frozenset[str]]]:
    """What to ask for instead: each by itself, or half of it; nothing where all must wait."""
    each, middle = list(named.items()), len(named) // 2
    if not middle:
        return []
    if isinstance(error, Rejected):
        return [{message: its} for message, its in each]
    return [dict(each[:middle]), dict(each[middle:])] if isinstance(error, AskLess) else []


def _naming(vendor_id: str, named: Mapping[str, frozenset[str]]) -> set[str]:
    """The messages that named a thing."""
    return {each for each, its in named.items() if vendor_id in its}


def converse(talk: Any, base_url: str, seconds_left: SecondsLeft = lambda: float("inf")) -> Any:
    """Carry a vendor's calls out; the vendor's folder itself does no I/O. Raises TryAgain when time runs out."""
    answer: Json = None
    while True:
        try:
            call: Call = talk.send(answer)
        except StopIteration as done:
            return done.value
        left = seconds_left() - KEPT_SECONDS
        if left < 1:
            raise TryAgain("too little time was left to ask the vendor", after_seconds=1)
        answer = http.call(call.method, base_url.rstrip("/") + call.path, call.body, seconds=left)


def _opened(messages: Sequence[Message], work: _Work) -> dict[str, dict[str, Json]]:
    """The envelopes of the edge, by message; a claim check is redeemed."""
    bodies: dict[str, dict[str, Json]] = {}
    for message in messages:
        body = message.body
        if "large" in body:
            body = {**body, **json.loads(files.read_body(raw_bucket(), body["large"]))}
        if "body" in body and "connection" in body:
            bodies[message.id] = body
        else:
            work.fail([message.id], Rejected("not_json" if "text" in body else "not_an_envelope"))
    return bodies


def _archive(queue: str, messages: Iterable[Message]) -> None:
    """Keep what came in for replay, as it was queued: one object a batch. `hub replay` sends its lines again."""
    texts = [each.text if each.text and "\n" not in each.text else json.dumps(each.body) for each in messages]
    lines = [f'{{"queue":"{queue}","body":{text}}}' for text in texts]
    if lines:
        at = instant(now())
        files.put_lines(raw_bucket(), f"raw/{at[:10]}/{at[11:13]}/{uuid.uuid4().hex}.jsonl.gz", lines)


def _connections(wanted: Iterable[str]) -> dict[str, Item]:
    asked = {keys.connection(each) for each in wanted if not envelopes.is_api(each)}
    return {key.sk: row for key, row in table.get_many(asked).items()} if asked else {}
