"""How it is remembered which jobs were queued, how far repeated and long work has come, and what is to be woken."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ConnectionId, JobId, OccasionId, PropertyId, RunId
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.jobs import parts
from chalicelib.jobs.model import Due, Job, Progress

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


# Long work

JOB, RUN = "JOB", "RUN"
"""Kinds of what waits to be woken."""


class Waiting(NamedTuple):
    """What waits to be woken: a run of a campaign, or a job of a kind about a subject; rows of before do not say it."""

    kind: str
    id: str
    at: Instant
    about: str | None = None
    subject: str | None = None


class Waking(NamedTuple):
    """What has work left: the ids of jobs, and of campaigns' runs."""

    jobs: list[JobId]
    runs: list[RunId]


def waiting() -> list[Waiting]:
    """One query."""
    return [_waiting(item) for item in table.query(keys.WAKE)]


def _waiting(item: Item) -> Waiting:
    kind, _, id_ = item["sk"].partition("#")
    return Waiting(kind, id_, item["at"], item.get("about"), item.get("subject"))


def waking() -> Waking:
    """The same as the tick wakes it."""
    found = waiting()
    return Waking(
        jobs=[JobId(each.id) for each in found if each.kind == JOB],
        runs=[RunId(OccasionId(each.id)) for each in found if each.kind == RUN],
    )


def keep(asked: Job) -> Job:
    """The job as it is known: this one, or the one that was started before."""
    try:
        table.transact(kept(asked))
    except table.ConditionFailed:
        return job(asked.id) or asked
    return asked


def kept(asked: Job) -> list[table.Put]:
    """The writes alone, for who keeps a job together with what it is about."""
    waits = table.Put(table.row(keys.waking(JOB, asked.id), at=asked.at, about=asked.kind, subject=asked.subject))
    return [table.Put(_job_row(asked), table.ABSENT), waits]


def _job_row(job: Job, expires_at: int | None = None) -> Item:
    return table.row(keys.long_work(job.id), expires_at=expires_at, **job.model_dump())


def job(job_id: JobId) -> Job | None:
    item = table.get(keys.long_work(job_id))
    return Job.model_validate(item) if item else None


def jobs(job_ids: Iterable[JobId]) -> list[Job]:
    found = table.get_many(keys.long_work(each) for each in job_ids)
    return [Job.model_validate(item) for item in found.values()]


def progress(job: Job) -> Progress:
    """One batch read."""
    return Progress(job, parts.all_of([keys.part_of_work(job.id, number) for number in range(job.parts)]))


def end(job: Job, at: datetime) -> None:
    """Nobody wakes it any more; whoever comes later ends it no other way."""
    over = job.finished(instant(at))
    row = _job_row(over, expires_at=int((at + REMEMBERED).timestamp()))
    still_on = table.When("attribute_not_exists(finished_at)")
    try:
        table.transact([table.Put(row, still_on), table.Delete(keys.waking(JOB, job.id), size=100)])
    except table.ConditionFailed:
        return
