"""The one tick: every 15 minutes it wakes the pacers, and queues each nightly job whose local hour has passed."""

from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.canonical import time
from chalicelib.canonical.errors import Rejected
from chalicelib.entrypoints.runtime import SecondsLeft, on_schedule
from chalicelib.jobs.rules import HOURS

schedules = Blueprint(__name__)


@schedules.schedule(Rate(15, unit=Rate.MINUTES))
@on_schedule
def tick() -> dict[str, int]:
    """A run without a pacer waits at most until here; jobs are queued even when the waking fails, and it is told."""
    from chalicelib.campaigns import running
    from chalicelib.jobs import actions

    try:
        queued = actions.queue_due(time.now())
    finally:
        running.wake_runs()
    return {"jobs_queued": queued}


def run(body: dict[str, Any], seconds_left: SecondsLeft = lambda: float("inf")) -> None:
    """Do one job. Raises Rejected for one that nobody knows, TryAgain when time runs out."""
    from chalicelib.ingest import reconciliation

    if body.get("job") not in HOURS:
        raise Rejected("unknown_job")
    reconciliation.reconcile(body, seconds_left)
