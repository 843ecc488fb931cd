"""How programmes are written, and how the ledgers of all guests follow a new one."""

from collections.abc import Iterator
from datetime import date, datetime

from chalicelib.canonical.definitions import NOBODYS, Hand
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import ProgramId
from chalicelib.canonical.time import moment_of, now
from chalicelib.guests import store as guests
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.loyalty import rules, store
from chalicelib.loyalty.model import Program
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.loyalty.wakes import Sweep

FOLLOWING = "follow_programme"
"""The kind of long work that brings the ledgers of all guests to what a new programme says."""
PARTS = 16
"""Of the guests' partitions; each is worked by one worker at a time."""


def starting(asked: Program, today: date) -> Program:
    """With its start: where nothing was said of one, that of before, or else today. Stays of before, which history
    brings in, earn where the programme says from when, and nowhere else."""
    if "starts_on" in asked.model_fields_set:
        return asked
    before = PROGRAMS.get(asked.id)
    return asked.begun_on(before.starts_on if before else today)


def put(asked: Program, hand: Hand = NOBODYS) -> Program:
    """Keep a programme, and have the ledgers of all guests follow a new one: stays that were there before may earn by
    it. What changes later, a name or terms from a later day on, touches no stay that ended: nobody is woken.

    The same again changes nothing, and starts what a crash may have left unstarted. Raises Invalid, Conflict.
    """
    at = now()
    program = keep(asked, at.date(), hand)
    if not store.is_followed(program.id):
        work.start(_following(program.id, at))
        store.mark_followed(program)
    return program


def keep(asked: Program, today: date, hand: Hand = NOBODYS) -> Program:
    """The programme alone. Raises Invalid when it would change what stays have earned, and Conflict."""
    before = PROGRAMS.get(asked.id)
    if faults := rules.currency_faults(before, asked):
        raise Invalid(*faults)
    after = rules.next_version(before, asked, today) if before else rules.first_version(asked)
    if after == before:
        return after
    PROGRAMS.refuse_stale(asked.id, hand)
    return PROGRAMS.replace(after, replaces=before.version if before else 0, hand=hand)


def _following(program_id: ProgramId, at: datetime) -> Job:
    return work.job_of(FOLLOWING, program_id, at, PARTS)


def take_over(sweep: Sweep) -> None:
    """A sweep that an earlier version queued becomes long work of the same programme: the tick wakes it."""
    if PROGRAMS.get(sweep.program):
        jobs.keep(_following(sweep.program, moment_of(sweep.at)))


def follow(job: Job, part: Part) -> Iterator[Step]:
    """Settle the guests of a part in the job's programme, one a step."""
    program = PROGRAMS.get(ProgramId(job.subject))
    for position, guest in guests.walk(part.number, job.parts, part.position) if program else ():
        written = settle(guest.members, program, job.at) if program else 0
        yield Step(position, counted={"entries": written})
