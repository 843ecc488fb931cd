"""The nightly question: what changed at the source since the last run?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws import queues
from chalicelib.canonical.compact import compact
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import now
from chalicelib.connections import actions as connections
from chalicelib.connections import store as connection_store
from chalicelib.connections.model import KeptConnection
from chalicelib.connectors import vendors
from chalicelib.connectors.contract import Link
from chalicelib.ingest.conversations import SecondsLeft, converse
from chalicelib.ingest.envelopes import as_body, noticed
from chalicelib.jobs import store as jobs
from chalicelib.properties import store as properties

OVERLAP = timedelta(days=1)
FIRST_LOOK_BACK = timedelta(days=2)
LONGEST_LOOK_BACK = timedelta(days=85)
"""Mews answers for intervals of up to three months."""
AT_ONCE = timedelta(days=2)
"""What one conversation asks for: the overlap and a day. After a long silence it takes several, each remembered."""


def reconcile(job: Mapping[str, Any], seconds_left: SecondsLeft = lambda: float("inf")) -> int:
    """Ask what changed at the source since the last run, for one property; a vendor that gave up is caught up with.

    The window overlaps the last one by a day. Returns how many notices were queued for fetching. Raises TryAgain when
    time runs out: the job goes on from where it came to.
    """
    property_id, known, until = PropertyId(job["property"]), properties.by_id(), now()
    queued = 0
    for connection in connection_store.listed():
        hotels = {hotel: each for hotel, each in connection.properties.items() if each == property_id}
        if hotels and vendors.edge_of(connection.vendor).thin:
            link = connections.link_of(replace(connection, properties=hotels), known)
            asked_until = jobs.reconciled_until(connection.id, property_id)
            for start, end in _steps(asked_until, until):
                queued += _ask(connection, link, start, end, seconds_left)
                jobs.set_reconciled_until(connection.id, property_id, end)
    return queued


def _ask(connection: KeptConnection, link: Link, start: datetime, end: datetime, seconds_left: SecondsLeft) -> int:
    talk = vendors.thin(connection.vendor).changed_since(link, start, end)
    found = converse(talk, connection.base_url, seconds_left)
    contents = [as_body(compact(each)) for each in found]
    queues.send_texts("fetch", [noticed(connection.id, connection.vendor, end).around(each) for each in contents])
    return len(found)


def _steps(asked_until: datetime | None, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The windows that cover what was not asked for yet, and a day before it."""
    since = asked_until - OVERLAP if asked_until else until - FIRST_LOOK_BACK
    start = max(since, until - LONGEST_LOOK_BACK)
    while start < until:
        yield start, min(start + AT_ONCE, until)
        start += AT_ONCE
