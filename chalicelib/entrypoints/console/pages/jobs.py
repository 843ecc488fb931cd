"""Long work that is under way."""

from chalice.app import Response

from chalicelib.canonical.ids import JobId
from chalicelib.entrypoints.api import jobs
from chalicelib.entrypoints.console.visits import Visit


def listed(visit: Visit) -> Response:
    return visit.shown("jobs.html", jobs=visit.call(jobs.listed, named=visit.wanted, page=visit.part(visit.path)))


def one(visit: Visit) -> Response:
    return visit.shown("job.html", job=visit.call(jobs.get, JobId(visit.names["job_id"])))
