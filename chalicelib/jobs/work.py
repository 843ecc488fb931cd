"""Long work: it stands in rows, its parts are queued by who starts it and by the tick, and one worker has a part."""

from collections.abc import Callable, Iterator
from datetime import datetime

from chalicelib.aws import keys, queues, table
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import LONG_WORK, JobId, stable_id
from chalicelib.canonical.time import instant
from chalicelib.canonical.time import now as present
from chalicelib.jobs import parts, store
from chalicelib.jobs.model import Job, Part, Progress, Step
from chalicelib.jobs.queued import WorkPart

SecondsLeft = Callable[[], float]
Steps = Callable[[Job, Part], Iterator[Step]]
"""What a kind of work does with a part, from its position on. A step may be done twice: a worker may die after it."""
ENOUGH_SECONDS = 20.0
"""With less time left, a part is put down for the next tick: more than the slowest step takes."""
SAVED_EVERY = 5.0
"""Seconds of work that a worker's death costs at most."""


def job_of(kind: str, subject: str, at: datetime, parts: int, *, seed: str = "", asked: str | None = None) -> Job:
    """The same kind of work about the same subject is the same job; where it is asked for often, of the same `seed`."""
    id_ = JobId(stable_id(LONG_WORK, kind, subject, *([seed] if seed else ())))
    return Job(id=id_, kind=kind, subject=subject, at=instant(at), parts=parts, asked=asked)


def start(asked: Job) -> Job:
    """Keep the job, and queue its parts; while it is known, starting it again queues what is left of it."""
    job = store.keep(asked)
    wake(job, present())
    return job


def wake(job: Job, now: datetime) -> int:
    """Queue every part that nobody works on, or end the job where its last worker could not. Returns how many."""
    progress = store.progress(job)
    free = [each for each in progress.parts if each.is_free(instant(now))]
    queues.send_many("jobs", [WorkPart(job.id, each.number).body() for each in free])
    _end_if_done(progress, now)
    return len(free)


def work_part(asked: WorkPart, steps_of: Callable[[str], Steps], seconds_left: SecondsLeft) -> None:
    """Work a part until it is done or time is short. A part that another has, or that is done, is left alone."""
    job = store.job(asked.work)
    if job is None or job.is_over:
        return
    key = keys.part_of_work(job.id, asked.part)
    taken = parts.take(key, asked.part, present(), seconds_left())
    if taken is None:
        return
    try:
        is_done = _worked(job, taken, steps_of(job.kind), seconds_left)
    except table.ConditionFailed:
        return  # the lease ran out, and another has the part
    if is_done:
        _end_if_done(store.progress(job), present())


def _worked(job: Job, part: Part, steps: Steps, seconds_left: SecondsLeft) -> bool:
    key = keys.part_of_work(job.id, part.number)
    saved_at = seconds_left()
    for step in steps(job, part):
        part = part.past(step)
        left = seconds_left()
        if left < ENOUGH_SECONDS:
            parts.save(key, part.released(), present())
            return False
        if saved_at - left > SAVED_EVERY:
            part, saved_at = parts.save(key, part, present()), left
    parts.save(key, part.ended(), present())
    return True


def _end_if_done(progress: Progress, now: datetime) -> None:
    if progress.parts_done == progress.job.parts:
        store.end(progress.job, now)


def progress(job_id: JobId) -> Progress:
    """Raises NotFound."""
    job = store.job(job_id)
    if job is None:
        raise NotFound("There is no such job.")
    return store.progress(job)


def under_way() -> list[Progress]:
    """Everything that is not over yet."""
    return [store.progress(job) for job in store.jobs(store.waking().jobs)]
