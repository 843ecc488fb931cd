"""Try a connection without keeping anything: nothing is stored, queued, or told of anybody."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic

from chalicelib.aws import http
from chalicelib.canonical.errors import CallerError, Refused, Rejected, TryAgain
from chalicelib.canonical.ids import PropertyId
from chalicelib.connections import actions as connections
from chalicelib.connections.model import KeptConnection
from chalicelib.connectors import vendors
from chalicelib.connectors.contract import Call, Conversation, Json, Request
from chalicelib.identity.digests import digest
from chalicelib.ingest import edge, envelopes
from chalicelib.ingest.changes import Snapshot, change_of
from chalicelib.ingest.opened import OpenedConnections
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property

MOST_SECONDS = 20.0
"""For all that a vendor is asked: API Gateway waits for 29."""
MOST_HOTELS = 5
"""Of a chain: each is asked for by itself."""
LOOK_BACK = timedelta(minutes=1)
REFUSED = "the vendor does not let these credentials ask"


@dataclass(frozen=True)
class Step:
    """One thing that was tried; `words` say what failed, never with a secret or with what a vendor answered."""

    name: str
    works: bool = True
    words: str = ""


@dataclass(frozen=True)
class Became:
    """What a notice would have come to."""

    kind: str
    property_id: PropertyId | None
    subject: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    steps: Sequence[Step]
    became: Sequence[Became] = ()

    @property
    def works(self) -> bool:
        return all(each.works for each in self.steps)


def of(connection: KeptConnection, at: datetime) -> Trial:
    """Ask a vendor that is asked; push to this connection as a source that pushes would."""
    known = properties.by_id()
    if vendors.edge_of(connection.vendor).thin:
        return Trial(list(_asked(connection, known, at)))
    return _pushed(connection, known, at)


def _asked(connection: KeptConnection, known: Mapping[PropertyId, Property], at: datetime) -> Iterator[Step]:
    """What changed in the last minute, hotel by hotel, by the calls that are made each night; answers go."""
    if not connection.sealed_credentials:
        yield Step("credentials", works=False, words="none are kept: give them with the connection")
        return
    if not connection.properties:
        yield Step("properties", works=False, words="none are mapped: nothing would be asked for")
    link, until = connections.link_of(connection, known), monotonic() + MOST_SECONDS
    for hotel, property_id in islice(sorted(connection.properties.items()), MOST_HOTELS):
        talk = vendors.thin(connection.vendor).changed_since(
            replace(link, properties={hotel: property_id}), at - LOOK_BACK, at
        )
        yield from _talked(f"hotel {hotel}", talk, connection.base_url.rstrip("/"), until)


def _talked(hotel: str, talk: Conversation[list[Json]], base_url: str, until: float) -> Iterator[Step]:
    """What is not answered is as if there were nothing, so that all else is asked, too."""
    answers: Sequence[Json] | None = None
    while True:
        try:
            calls = talk.send(answers)  # type: ignore[arg-type]  # a generator is begun with None
        except StopIteration:
            return
        except Rejected as unreadable:
            yield Step(hotel, works=False, words=str(unreadable))
            return
        told = [_tried(hotel, call, base_url, until) for call in calls]
        yield from (step for step, _ in told)
        answers = [answer for _, answer in told]


def _tried(hotel: str, call: Call, base_url: str, until: float) -> tuple[Step, Json]:
    name, left = f"{hotel}: {call.path}", until - monotonic()
    if left < 1:
        return Step(name, works=False, words="was not asked: the time was over"), {}
    try:
        return Step(name), http.call(call.method, base_url + call.path, call.body, seconds=left)
    except Refused as refused:
        return Step(name, works=False, words=f"{REFUSED}: {refused}"), {}
    except (TryAgain, Rejected) as error:
        return Step(name, works=False, words=str(error)), {}


def _pushed(connection: KeptConnection, known: Mapping[PropertyId, Property], at: datetime) -> Trial:
    """Signed with each of its secrets, verified as the edge does, stripped and translated; and there it ends."""
    hotel = min(connection.properties.values() or known, default=None)
    if hotel is None:
        return Trial([Step("properties", works=False, words="there is no property yet")])
    opened, _ = OpenedConnections().find(connection.id)
    secrets = opened.secrets if opened else ()
    if not secrets:
        return Trial([Step("secrets", works=False, words="none is kept: nothing can be pushed")])
    requests = [vendors.sample(connection.vendor).pushed(each, hotel, at) for each in secrets]
    steps = [_verified(number, connection, secrets, each) for number, each in enumerate(requests, start=1)]
    return _translated(connection, known, requests[-1], steps)


def _verified(number: int, connection: KeptConnection, secrets: Sequence[str], request: Request) -> Step:
    is_taken = vendors.edge_of(connection.vendor).verify(request, secrets)
    return Step(f"secret {number}", works=is_taken, words="" if is_taken else "what it signs is not taken")


def _translated(
    connection: KeptConnection, known: Mapping[PropertyId, Property], request: Request, steps: list[Step]
) -> Trial:
    try:
        contents, _ = edge.queueable(vendors.edge_of(connection.vendor), request)
        (body,) = [_as_queued(connection, request, each) for each in contents]
        told = vendors.fat(connection.vendor).translate(body, connections.link_of(connection, known), request.at)
    except (CallerError, Rejected) as refused:
        return Trial([*steps, Step("notice", works=False, words=str(refused))])
    broken = [Step("notice", works=False, words=why) for why in told.broken.values()]
    became = [_became(each, connection, known) for each in told.snapshots]
    return Trial([*steps, *(broken or [Step("notice")])], became)


def _as_queued(connection: KeptConnection, request: Request, content: envelopes.Content) -> Json:
    text = envelopes.noticed(connection.id, connection.vendor, request.at).around(content)
    return envelopes.read(json.loads(text)).body


def _became(snapshot: Snapshot, connection: KeptConnection, known: Mapping[PropertyId, Property]) -> Became:
    change = change_of(snapshot, connection.id, known, digest)
    said = snapshot.model_dump(mode="json", include={"status", "arrival", "departure", "channel"}, exclude_none=True)
    return Became(snapshot.kind, snapshot.property_id, change.subject if change else "", said)
