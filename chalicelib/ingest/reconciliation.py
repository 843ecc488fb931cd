"""The nightly question: what changed at the source since the last run?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws import keys, queues, table
from chalicelib.canonical.time import instant, moment_of, now
from chalicelib.ingest import store, vendors
from chalicelib.ingest.actions import converse
from chalicelib.ingest.envelopes import envelope

OVERLAP = timedelta(days=1)
FIRST_LOOK_BACK = timedelta(days=2)
LONGEST_LOOK_BACK = timedelta(days=85)
"""Mews answers for intervals of up to three months."""


def reconcile(job: Mapping[str, Any]) -> int:
    """Ask what changed at the source since the last run, for one property; a vendor that gave up is caught up with.

    The window overlaps the last one by a day. Returns how many notices were queued for fetching.
    """
    property_id = str(job["property"])
    known = store.properties()
    until = now()
    queued = 0
    for row in store.connections():
        hotels = {hotel: place for hotel, place in row["properties"].items() if place == property_id}
        if not hotels or not vendors.edge_of(row["vendor"]).thin:
            continue
        cursor = keys.job("reconciled", f"{row['sk']}#{property_id}", "UNTIL")
        link = store.link_of({**row, "properties": hotels}, known)
        talk = vendors.thin(row["vendor"]).changed_since(link, _since(cursor, until), until)
        notices = converse(talk, row["base_url"])
        queues.send_many("fetch", [envelope(row["sk"], row["vendor"], {"body": notice}, until) for notice in notices])
        table.write(table.Put(table.row(cursor, until=instant(until))))
        queued += len(notices)
    return queued


def _since(cursor: keys.Key, until: datetime) -> datetime:
    row = table.get(cursor)
    last = moment_of(row["until"]) if row else until - FIRST_LOOK_BACK
    return max(last - OVERLAP, until - LONGEST_LOOK_BACK)
