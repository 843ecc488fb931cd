"""History that a vendor can be asked for: what changed there since a day, window by window, as long work.

What is found is queued like any notice, in a message group of its own so that what is pushed meanwhile goes first, and
is fetched in the vendor's turns. It is history: its facts say so.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from chalicelib.aws import queues
from chalicelib.canonical.compact import compact
from chalicelib.canonical.errors import AskLess, Conflict, FieldError, Invalid
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import Moment
from chalicelib.canonical.time import instant, moment_of, now
from chalicelib.connections import actions as connections
from chalicelib.connections import store as connection_store
from chalicelib.connections.model import KeptConnection
from chalicelib.connectors import vendors
from chalicelib.connectors.contract import Link
from chalicelib.ingest import envelopes
from chalicelib.ingest.conversations import KEPT_SECONDS, converse
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part, Progress, Step
from chalicelib.properties import store as properties

ASKING = "backfill"
AT_ONCE = timedelta(days=2)
"""What one conversation asks for."""
SHORTEST = timedelta(hours=1)
LONGEST_ASKED = 15.0
"""Seconds for one window: a step ends well before its worker does."""


class BackfillAsked(BaseModel):
    """What changed at the vendor's in [`since`, `until`); without `until`, up to now. A reservation or a profile is
    found by when it was last changed, so that `since` is the day from which the vendor's memory is wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Moment
    until: Moment | None = None

    @field_validator("until")
    @classmethod
    def _is_later(cls, until: datetime | None, known: ValidationInfo) -> datetime | None:
        if until is not None and until <= known.data.get("since", datetime.min.replace(tzinfo=until.tzinfo)):
            raise ValueError("is not after since")
        return until


def start(connection: KeptConnection, asked: BackfillAsked, seed: str, at: datetime) -> Progress:
    """Begin to ask; the same `seed` is the same job. Raises Invalid, and Conflict while the connection's vendor is
    asked already, or where it cannot be."""
    if not vendors.edge_of(connection.vendor).thin:
        raise Conflict("This vendor pushes all that it tells: it cannot be asked. Bring in its lists instead.")
    if asked.since >= at:
        raise Invalid(FieldError("since", "lies in the future"))
    until = min(asked.until or at, at)
    told = f"{instant(asked.since)}/{instant(until)}"
    job = work.job_of(ASKING, connection.id, at, 1, seed=seed, asked=told)
    under_way = [each.job for each in work.under_way() if (each.job.kind, each.job.subject) == (ASKING, connection.id)]
    if any(each.id != job.id for each in under_way):
        raise Conflict("This connection's vendor is being asked for history already.")
    return work.progress(work.start(job).id)


def ask(job: Job, part: Part) -> Iterator[Step]:
    """Ask for window after window; a connection that is gone is asked no more."""
    since, until = map(moment_of, (job.asked or "").split("/"))
    connection = connection_store.get(ConnectionId(job.subject))
    if connection is None:
        return
    link = connections.link_of(connection, properties.by_id())
    begins = moment_of(part.position) if part.position else since
    while begins < until:
        ends = min(begins + AT_ONCE, until)
        found = _queued(connection, link, begins, ends)
        yield Step(instant(ends), (ends - begins).days or 1, {"notices": found})
        begins = ends


def _queued(connection: KeptConnection, link: Link, begins: datetime, ends: datetime) -> int:
    """How many notices a window came to. Of one whose answers are too much half is asked for. Raises TryAgain."""
    deadline = time.monotonic() + LONGEST_ASKED + KEPT_SECONDS
    talk = vendors.thin(connection.vendor).changed_since(link, begins, ends)
    try:
        found = converse(talk, connection.base_url, lambda: deadline - time.monotonic())
    except AskLess:
        if ends - begins <= SHORTEST:
            raise
        middle = begins + (ends - begins) / 2
        return _queued(connection, link, begins, middle) + _queued(connection, link, middle, ends)
    texts = [
        envelopes.of_history(connection.id, connection.vendor, now()).around(envelopes.as_body(compact(each)))
        for each in found
    ]
    queues.send_texts("fetch", texts, group=f"{connection.id}:history")
    return len(found)
