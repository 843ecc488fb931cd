"""/v1/programs: loyalty schemes."""

from chalicelib.canonical.ids import ProgramId
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.jobs import JobShown, shown
from chalicelib.entrypoints.api.paging import Page
from chalicelib.loyalty import points, programs
from chalicelib.loyalty.model import Program
from chalicelib.loyalty.store import PROGRAMS


def listed(*, named: str | None = None, page: Page) -> Listing[Program]:
    """All programmes; with `named` those in whose id or name that stands."""
    wanted = paging.named(PROGRAMS.listed(), named, lambda each: (each.id, each.name))
    items, cursor = page.of(wanted, lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(ask: Ask, body: Program) -> Program:
    """Write a programme; its version grows by itself with every change.

    Stays that end before `starts_on` earn nothing, history that is loaded later as well. Left out, it is the day on
    which the programme is first written.
    """
    return programs.put(programs.starting(body, moment_of(ask.now).date()), ask.hand)


def count_points(ask: Ask, program_id: ProgramId) -> JobShown:
    """Count the points that stays were given by the months in which they ended, as a job.

    Its `result` has the last twelve months in which any were given, this one included, by all hotels: what stands now,
    less what was taken back. Points that an act gave or took are not in it. While a count of the programme is under
    way, it is that one.
    """
    return shown(points.start(PROGRAMS.required(program_id), ask.seed, moment_of(ask.now)))


def get(program_id: ProgramId) -> Program:
    """One programme."""
    return PROGRAMS.required(program_id)
