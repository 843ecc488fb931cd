"""/v1/jobs: long work, and how far it has come."""

from typing import Literal

from chalicelib.canonical.ids import JobId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.paging import Page
from chalicelib.jobs import work
from chalicelib.jobs.model import Progress


class JobProgress(Shown):
    """Parts are worked side by side; a unit is what the kind of work goes through, such as a guest."""

    parts: int
    parts_done: int
    units_done: int


class JobShown(Shown):
    """Long work of one kind about one `subject`, such as a programme's id. `result` is what it counted, so far."""

    id: str
    kind: str
    subject: str
    state: Literal["running", "done"]
    at: Instant
    finished_at: Instant | None
    progress: JobProgress
    result: dict[str, int]


def listed(*, page: Page) -> Listing[JobShown]:
    """The jobs that are under way."""
    items, cursor = page.of(map(_shown, work.under_way()), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def get(job_id: JobId) -> JobShown:
    """One job; it is remembered for 30 days after its end."""
    return _shown(work.progress(job_id))


def _shown(found: Progress) -> JobShown:
    return JobShown(
        **found.job.model_dump(include={"id", "kind", "subject", "at", "finished_at"}),
        state="done" if found.job.is_over else "running",
        progress=JobProgress(parts=found.job.parts, parts_done=found.parts_done, units_done=found.units_done),
        result=found.counted,
    )
