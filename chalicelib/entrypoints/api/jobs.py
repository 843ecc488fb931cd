"""/v1/jobs: long work, and how far it has come."""

from collections.abc import Sequence
from typing import Literal

from chalicelib.canonical.ids import JobId, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.sights import sights_of
from chalicelib.entrypoints.api.visibility import InSight
from chalicelib.jobs import work
from chalicelib.jobs.model import Progress


class JobProgress(Shown):
    """Parts are worked side by side; a unit is what the kind of work goes through, such as a guest."""

    parts: int
    parts_done: int
    units_done: int


class FoundShown(Shown):
    """A guest whom a job found; the name is as it is now."""

    id: str
    given_name: str | None
    family_name: str | None


class JobShown(Shown):
    """Long work of one kind about one `subject`, such as a programme's id. `result` is what it counted, so far;
    `sample` are at most 20 of the guests whom it found, where one job is asked for."""

    id: str
    kind: str
    subject: str
    state: Literal["running", "done"]
    at: Instant
    finished_at: Instant | None
    progress: JobProgress
    result: dict[str, int]
    sample: list[FoundShown]


def listed(*, named: str | None = None, page: Page) -> Listing[JobShown]:
    """The jobs that are under way; with `named` those in whose kind or subject that stands."""
    wanted = paging.named(map(shown, work.under_way()), named, lambda each: (each.kind, each.subject))
    items, cursor = page.of(wanted, lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def get(ask: Ask, job_id: JobId) -> JobShown:
    """One job; it is remembered for 30 days after its end."""
    found = work.progress(job_id)
    sights = sights_of(ask.caller, [Leaf(each) for each in found.sample])
    return shown(found, list(dict.fromkeys(map(_found, sights.values()))))


def _found(sight: InSight) -> FoundShown:
    traits = sight.traits
    return FoundShown(id=sight.id, given_name=traits.given_name, family_name=traits.family_name)


def shown(found: Progress, sample: Sequence[FoundShown] = ()) -> JobShown:
    return JobShown(
        **found.job.model_dump(include={"id", "kind", "subject", "at", "finished_at"}),
        state="done" if found.job.is_over else "running",
        progress=JobProgress(parts=found.job.parts, parts_done=found.parts_done, units_done=found.units_done),
        result=found.counted,
        sample=list(sample),
    )
