"""The one tick: every minute it queues each nightly job whose local hour has passed, and wakes what waits in rows."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.canonical import time
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.turns import Turns
from chalicelib.entrypoints.runtime import SecondsLeft, on_schedule

schedules = Blueprint(__name__)
Deed = Callable[[], int]


@schedules.schedule(Rate(1, unit=Rate.MINUTES))
@on_schedule
def tick() -> dict[str, int]:
    """What finds nothing to do makes three reads: the hotels, their jobs that were queued, and what is to wake; and one
    more each hour, of how the connections fare."""
    from chalicelib.jobs import actions

    now = time.now()
    with Turns() as turns:
        queued = turns.take(partial(actions.queue_due, now)) or 0
        woken = sum(turns.take(deed) or 0 for deed in _waking(now))
        watched = _watched(turns, now)
        weekly = _weekly(turns, now)
    return {"jobs_queued": queued, "woken": woken, **watched, **weekly}


def _weekly(turns: Turns, now: datetime) -> dict[str, int]:
    """Guests who were not heard of for as long as the settings say are forgotten on Mondays: a read in four minutes of
    a week, and nothing else where the settings keep everybody."""
    from chalicelib.jobs.rules import is_weekly

    if not is_weekly(now):
        return {}
    from chalicelib.privacy import forgetting

    return {"retention": turns.take(partial(forgetting.start_weekly, now)) or 0}


def _watched(turns: Turns, now: datetime) -> dict[str, int]:
    """The figure of which infra/template.yaml makes a metric, where it is not 0."""
    from chalicelib.connections import silence

    if not silence.is_due(now):
        return {}
    return {"silent_connections": turns.take(partial(silence.count, now)) or 0}


def _waking(now: datetime) -> Iterator[Deed]:
    from chalicelib.jobs import store, work

    waking = store.waking()
    if waking.runs:
        from chalicelib.campaigns import tending

        yield partial(tending.tend_all, waking.runs, now)
    for job in store.jobs(waking.jobs):
        yield partial(work.wake, job, now)


def run(body: dict[str, Any], seconds_left: SecondsLeft = lambda: float("inf")) -> None:
    """Do one job, or some of a part of long work. Raises Rejected for one that nobody knows, TryAgain when time runs
    out."""
    from chalicelib.entrypoints.long_work import steps_of
    from chalicelib.ingest import reconciliation
    from chalicelib.jobs import queued, work
    from chalicelib.jobs.rules import HOURS

    if queued.is_part(body):
        work.work_part(queued.read_work_part(body), steps_of, seconds_left)
    elif body.get("job") in HOURS:
        reconciliation.reconcile(body, seconds_left)
    else:
        raise Rejected("unknown_job")
