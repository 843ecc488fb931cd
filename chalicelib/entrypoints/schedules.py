"""The one tick: every 15 minutes it wakes the pacers, and queues each nightly job whose local hour has passed."""

from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.canonical import time
from chalicelib.canonical.errors import Rejected
from chalicelib.entrypoints.runtime import SecondsLeft, on_schedule
from chalicelib.entrypoints.timetable import HOURS, Due, due_jobs

schedules = Blueprint(__name__)
REMEMBERED_DAYS = 30


@schedules.schedule(Rate(15, unit=Rate.MINUTES))
@on_schedule
def tick() -> dict[str, int]:
    """A run without a pacer waits at most until here; jobs are queued even when the waking fails, and it is told."""
    from chalicelib.campaigns import work

    try:
        queued = queue_jobs()
    finally:
        work.wake_runs()
    return {"jobs_queued": queued}


def queue_jobs() -> int:
    """Queue what is due, then remember it: a crash in between queues it once more, and a job is repeatable."""
    from chalicelib.aws import queues
    from chalicelib.properties import store as properties

    now = time.now()
    zones = {each.id: each.time_zone for each in properties.by_id().values()}
    due = due_jobs(now, zones, _done(due_jobs(now, zones, ())))
    queues.send_many("jobs", [_body(each) for each in due])
    for each in due:
        _remember(each, int(now.timestamp()) + REMEMBERED_DAYS * 86400)
    return len(due)


def run(body: dict[str, Any], seconds_left: SecondsLeft = lambda: float("inf")) -> None:
    """Do one job. Raises Rejected for one that nobody knows, TryAgain when time runs out."""
    from chalicelib.ingest import reconciliation

    if body.get("job") not in HOURS:
        raise Rejected("unknown_job")
    reconciliation.reconcile(body, seconds_left)


def _body(due: Due) -> dict[str, str]:
    return {"job": due.job, "property": due.property_id, "local_date": due.local_date.isoformat()}


def _done(candidates: list[Due]) -> set[Due]:
    from chalicelib.aws import keys, table

    rows = {keys.job(each.job, each.property_id, each.local_date.isoformat()): each for each in candidates}
    return {rows[key] for key in table.get_many(rows)}


def _remember(due: Due, expires_at: int) -> None:
    from chalicelib.aws import keys, table

    key = keys.job(due.job, due.property_id, due.local_date.isoformat())
    table.write(table.Put(table.row(key, expires_at=expires_at)))
