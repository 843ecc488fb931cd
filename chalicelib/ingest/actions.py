"""Store what sources push; fetch what thin vendors only name."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.aws import files
from chalicelib.aws.meter import meter
from chalicelib.canonical.batch import Failures, Message
from chalicelib.canonical.errors import AskLess, Rejected, TryAgain
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.snapshots import ChargeSnapshot
from chalicelib.canonical.time import instant, moment_of, now
from chalicelib.connections import actions as connections
from chalicelib.connections import store as connection_store
from chalicelib.connections.model import KeptConnection, VendorsHotel, is_api
from chalicelib.connectors import vendors
from chalicelib.connectors.contract import Link, Translated
from chalicelib.identity.digests import digest
from chalicelib.ingest import archive, envelopes
from chalicelib.ingest.accounts import Accounts
from chalicelib.ingest.changes import Snapshot, change_of
from chalicelib.ingest.conversations import SecondsLeft, converse, shared
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.envelopes import Notice
from chalicelib.ingest.heard import Heard
from chalicelib.ingest.texts import without_cards
from chalicelib.profiles.actions import store_changes
from chalicelib.profiles.model import Change, Person
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property

TOLD = 10
"""Of what cannot be read of one notice; a reason has room for less."""


@dataclass
class _Batch:
    """Changes of a batch, and which messages each of them came from."""

    seconds_left: SecondsLeft
    again: frozenset[str] = frozenset()
    """Messages that came before: what they had announced may have been lost."""
    known: Mapping[PropertyId, Property] = field(default_factory=properties.by_id)
    history: set[str] = field(default_factory=set)
    """Messages of history that was asked for."""
    changes: list[Change] = field(default_factory=list)
    sources: list[set[str]] = field(default_factory=list)
    failures: Failures = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    heard: Heard = field(default_factory=Heard)
    accounts: Accounts = field(default_factory=Accounts)

    def add(self, told: Change | None, messages: set[str], connection: KeptConnection | None) -> None:
        if told is None:
            self.ignored["not_a_person"] += 1
            return
        change = told.claimed_by(connection.claims) if connection else told
        self.ignored.update(word for each in change.people for word in _said_in_vain(each))
        if messages <= self.history:
            change = replace(change, backfill=True)
        self.changes.append(replace(change, again=True) if messages & self.again else change)
        self.sources.append(messages)

    def fail(self, messages: Iterable[str], error: Exception) -> None:
        for each in messages:
            self.failures.setdefault(each, error)

    def finish(self) -> Failures:
        news = set[int]()
        for at, error in store_changes(self.changes, self.seconds_left, news).items():
            self.fail(self.sources[at], error)
        self.heard.stored(self.changes, self.sources, news)
        self.accounts.named(self.changes, self.sources)
        self.failures |= self.accounts.noted(self.failures)
        for word, count in self.ignored.items():
            meter().calls[f"ignored:{word}"] += count
        return self.failures


def _said_in_vain(person: Person) -> list[str]:
    nobody = ["not_a_person"] if person.record.nobody == "no_person" else []
    return nobody + [f"unusable_{field}" for field in person.record.unusable]


def ingest_notices(messages: Sequence[Message], seconds_left: SecondsLeft = lambda: float("inf")) -> Failures:
    """Store what fat vendors pushed. Returns message id → why it failed; the others are done."""
    batch = _Batch(seconds_left)
    notices = _opened(messages, batch)
    kept = _links({notice.connection for notice in notices.values()})
    links = {each: connections.link_of(kept[each], batch.known) for each in kept}
    for message_id, notice in notices.items():
        try:
            _take_in(message_id, notice, kept.get(notice.connection), links, batch)
        except Rejected as rejected:
            batch.fail([message_id], rejected)
    return _finished("inbox", messages, notices, batch)


def _finished(queue: str, messages: Sequence[Message], notices: Mapping[str, Notice], batch: _Batch) -> Failures:
    failures = batch.finish()
    archive.keep(queue, messages, notices, failures)
    batch.heard.note(notices, failures)
    return failures


def _take_in(
    message_id: str,
    notice: Notice,
    connection: KeptConnection | None,
    links: Mapping[ConnectionId, Link],
    batch: _Batch,
) -> None:
    """What of a notice can be read is stored; it fails all the same for what cannot, and says what that was."""
    source = notice.connection
    link = links[source] if source in links else _nobodys_link(source)
    translated = vendors.fat(notice.vendor).translate(notice.body, link, moment_of(notice.received_at))
    batch.ignored.update(translated.ignored)
    batch.heard.translated([message_id], source, translated)
    for snapshot in translated.snapshots:
        received = moment_of(notice.received_at)
        change = change_of(snapshot, source, batch.known, digest, notice.request, moment=received)
        batch.accounts.told(snapshot, source, {message_id})
        batch.add(change.received(notice.received_at) if change else None, {message_id}, connection)
    if translated.broken:
        first, *others = translated.broken.values()
        code, _, detail = first.partition(": ")
        batch.fail([message_id], Rejected(code, "; ".join([detail, *others[:TOLD]])))


def _nobodys_link(connection: ConnectionId) -> Link:
    """The API's own snapshots have no connection: their scope was checked when they came in."""
    if not is_api(connection):
        raise Rejected("unknown_connection")
    return Link(connection, {}, {}, {}, {}, {})


def fetch_notices(messages: Sequence[Message], seconds_left: SecondsLeft = lambda: float("inf")) -> Failures:
    """Ask thin vendors what their notices named, once for all notices of a connection, and store the answers."""
    batch = _Batch(seconds_left, frozenset(each.id for each in messages if each.receives > 1))
    notices = _opened(messages, batch)
    by_connection: dict[ConnectionId, dict[str, Notice]] = defaultdict(dict)
    for message_id, notice in notices.items():
        by_connection[notice.connection][message_id] = notice
    links = _links(by_connection)
    for still_to_come, (connection, its) in zip(
        reversed(range(len(by_connection))), by_connection.items(), strict=True
    ):
        if connection not in links:
            batch.fail(its, Rejected("unknown_connection"))
            continue
        _fetch(links[connection], its, batch, shared(seconds_left, still_to_come))
    return _finished("fetch", messages, notices, batch)


def _fetch(connection: KeptConnection, notices: Mapping[str, Notice], batch: _Batch, seconds_left: SecondsLeft) -> None:
    translation = vendors.thin(connection.vendor)
    named: dict[str, frozenset[str]] = {}
    for message_id, notice in notices.items():
        try:
            named[message_id] = translation.named_by(notice.body)
        except Rejected as rejected:
            batch.fail([message_id], rejected)
    if named:
        _ask(connection, notices, named, connections.link_of(connection, batch.known), batch, seconds_left)


def _ask(
    connection: KeptConnection,
    notices: Mapping[str, Notice],
    named: Mapping[str, frozenset[str]],
    link: Link,
    batch: _Batch,
    seconds_left: SecondsLeft,
) -> None:
    """One conversation for all; where the vendor refuses it, one for each: only what it refuses fails.

    Where it is asked for too much at once, half of it is asked for.
    """
    request, asked_at = uuid.uuid4().hex, now()
    try:
        talk = vendors.thin(connection.vendor).fetch([notices[each].body for each in named], link)
        translated = converse(talk, connection.base_url, seconds_left)
    except (TryAgain, Rejected) as error:
        parts = _smaller(named, error)
        if not parts:
            batch.fail(named, error)
        for part in parts:
            _ask(connection, notices, part, link, batch, seconds_left)
        return
    _take(_Answer(connection, named, translated, request, asked_at), batch)


class _Answer(NamedTuple):
    """What a vendor said in one conversation, which things each message had `named`, and when it was asked."""

    connection: KeptConnection
    named: Mapping[str, frozenset[str]]
    translated: Translated
    request: str
    asked_at: datetime

    def hotel_of(self, snapshot: Snapshot) -> VendorsHotel | None:
        """The vendor's hotel of a snapshot's reservation, where the connection's map says which property that is."""
        reservation = snapshot.reservation_source_id if isinstance(snapshot, ChargeSnapshot) else snapshot.source_id
        return self.connection.hotel(self.translated.hotels.get(reservation or "", ""))

    def change_of(self, snapshot: Snapshot, known: Mapping[PropertyId, Property]) -> Change | None:
        change = change_of(
            snapshot,
            self.connection.id,
            known,
            digest,
            self.request,
            self.asked_at,
            is_of_hotel=snapshot.source_id not in self.translated.of_no_hotel,
            hotel=self.hotel_of(snapshot),
            moment=self.asked_at,
        )
        return change.received(instant(self.asked_at)) if change else None


def _take(answer: _Answer, batch: _Batch) -> None:
    """What cannot be read fails those messages alone that named it."""
    translated, named = answer.translated, answer.named
    batch.ignored.update(translated.ignored)
    batch.heard.translated(named, answer.connection.id, translated)
    for vendor_id, reason in translated.broken.items():
        to_blame = _naming(vendor_id, named)
        batch.fail(to_blame, Rejected("unreadable_answer", reason))
        batch.ignored["unreadable_of_nobody"] += not to_blame
    for told in translated.snapshots:
        try:
            snapshot = without_cards(told)
            change = answer.change_of(snapshot, batch.known)
        except Rejected as rejected:
            batch.fail(_naming(told.source_id or "", named) or set(named), rejected)
            continue
        to_blame = _naming(change.vendor_id if change else "", named) or set(named)
        batch.accounts.told(snapshot, answer.connection.id, to_blame)
        batch.add(change, to_blame, answer.connection)


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


def _opened(messages: Sequence[Message], batch: _Batch) -> dict[str, Notice]:
    """The notices of the edge, by message; a claim check is redeemed."""
    notices: dict[str, Notice] = {}
    for message in messages:
        large = message.body.get("large")
        content = files.read_body(raw_bucket(), large) if large else None
        try:
            notices[message.id] = notice = envelopes.read(message.body, content)
            batch.history.update([message.id] if notice.backfill else ())
        except Rejected as rejected:
            batch.fail([message.id], rejected)
    return notices


def _links(wanted: Iterable[ConnectionId]) -> dict[ConnectionId, KeptConnection]:
    asked = {each for each in wanted if not is_api(each)}
    return connection_store.get_many(asked) if asked else {}
