"""/v1/connections/{connection_id}/backfill: history that the vendor can be asked for."""

from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.connections import found_by
from chalicelib.entrypoints.api.jobs import JobShown, shown
from chalicelib.ingest import backfill
from chalicelib.ingest.backfill import BackfillAsked


def start(ask: Ask, connection_id: ConnectionId, body: BackfillAsked) -> JobShown:
    """Ask the vendor for what changed since a day, as a job.

    Its `result` counts the `notices` that were found, which are then fetched like those that the vendor pushes; its
    units are days. It is history: nobody gets a mail for it.
    """
    connection = found_by(ask.caller, connection_id)
    return shown(backfill.start(connection, body, ask.seed, moment_of(ask.now)))
