"""Queue what is due."""

from datetime import datetime
from functools import cache

from chalicelib.aws import queues
from chalicelib.jobs import rules, store
from chalicelib.jobs.model import Due
from chalicelib.properties import store as properties


def queue_due(now: datetime) -> int:
    """Queue what is due, then remember it: a crash in between queues it once more, and a job is repeatable."""
    zones = {each.id: each.time_zone for each in properties.by_id().values()}
    known = known_as_queued()
    newest = set(rules.due_jobs(now, zones, ()))
    known &= newest
    known |= store.queued(newest - known)
    due = rules.due_jobs(now, zones, known)
    queues.send_many("jobs", [each.message() for each in due])
    for each in due:
        store.remember(each, now)
        known.add(each)
    return len(due)


@cache
def known_as_queued() -> set[Due]:
    """The newest jobs that this process saw queued: what was queued once stays so, and need not be asked for again."""
    return set()
