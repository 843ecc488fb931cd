"""Queue what is due."""

from datetime import datetime

from chalicelib.aws import queues
from chalicelib.jobs import rules, store
from chalicelib.properties import store as properties


def queue_due(now: datetime) -> int:
    """Queue what is due, then remember it: a crash in between queues it once more, and a job is repeatable."""
    zones = {each.id: each.time_zone for each in properties.by_id().values()}
    due = rules.due_jobs(now, zones, store.queued(rules.due_jobs(now, zones, ())))
    queues.send_many("jobs", [each.message() for each in due])
    for each in due:
        store.remember(each, now)
    return len(due)
