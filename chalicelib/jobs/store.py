"""How it is remembered which jobs were queued, and how far repeated work has come."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.aws import keys, table
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.time import instant, moment_of
from chalicelib.jobs.model import Due

REMEMBERED = timedelta(days=30)
RECONCILED = "reconciled"


def queued(candidates: Iterable[Due]) -> set[Due]:
    """Those of the candidates that were queued before."""
    rows = {_key(each): each for each in candidates}
    return {rows[key] for key in table.get_many(rows)}


def remember(due: Due, at: datetime) -> None:
    table.write(table.Put(table.row(_key(due), expires_at=int((at + REMEMBERED).timestamp()))))


def reconciled_until(connection_id: ConnectionId, property_id: PropertyId) -> datetime | None:
    """Up to when a source was asked what changed at one property; None before the first time."""
    row = table.get(_position(connection_id, property_id))
    return moment_of(row["until"]) if row else None


def set_reconciled_until(connection_id: ConnectionId, property_id: PropertyId, until: datetime) -> None:
    table.write(table.Put(table.row(_position(connection_id, property_id), until=instant(until))))


def _key(due: Due) -> Key:
    return keys.job(due.job, due.property_id, due.local_date.isoformat())


def _position(connection_id: ConnectionId, property_id: PropertyId) -> Key:
    return keys.job(RECONCILED, f"{connection_id}#{property_id}", "UNTIL")
