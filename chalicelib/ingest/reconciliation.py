"""The nightly question: what changed at the source since the last run?"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws import keys, queues, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.time import instant, moment_of, now
from chalicelib.connectors.contract import Link
from chalicelib.ingest import store, vendors
from chalicelib.ingest.actions import converse
from chalicelib.ingest.envelopes import envelope

OVERLAP = timedelta(days=1)
FIRST_LOOK_BACK = timedelta(days=2)
LONGEST_LOOK_BACK = timedelta(days=85)
"""Mews answers for intervals of up to three months."""
AT_ONCE = timedelta(days=2)
"""What one conversation asks for: the overlap and a day. After a long silence it takes several, each remembered."""

SecondsLeft = Callable[[], float]


def reconcile(job: Mapping[str, Any], seconds_left: SecondsLeft = lambda: float("inf")) -> int:
    """Ask what changed at the source since the last run, for one property; a vendor that gave up is caught up with.

    The window overlaps the last one by a day. Returns how many notices were queued for fetching. Raises TryAgain when
    time runs out: the job goes on from where it came to.
    """
    property_id, known, until = str(job["property"]), store.properties(), now()
    queued = 0
    for row in store.connections():
        hotels = {hotel: place for hotel, place in row["properties"].items() if place == property_id}
        if hotels and vendors.edge_of(row["vendor"]).thin:
            link = store.link_of({**row, "properties": hotels}, known)
            cursor = keys.job("reconciled", f"{row['sk']}#{property_id}", "UNTIL")
            for start, end in _steps(_asked_until(cursor), until):
                queued += _ask(row, link, start, end, seconds_left)
                table.write(table.Put(table.row(cursor, until=instant(end))))
    return queued


def _ask(row: Item, link: Link, start: datetime, end: datetime, seconds_left: SecondsLeft) -> int:
    notices = converse(vendors.thin(row["vendor"]).changed_since(link, start, end), row["base_url"], seconds_left)
    queues.send_many("fetch", [envelope(row["sk"], row["vendor"], {"body": notice}, end) for notice in notices])
    return len(notices)


def _asked_until(cursor: keys.Key) -> datetime | None:
    row = table.get(cursor)
    return moment_of(row["until"]) if row else None


def _steps(asked_until: datetime | None, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The windows that cover what was not asked for yet, and a day before it."""
    since = asked_until - OVERLAP if asked_until else until - FIRST_LOOK_BACK
    start = max(since, until - LONGEST_LOOK_BACK)
    while start < until:
        yield start, min(start + AT_ONCE, until)
        start += AT_ONCE
