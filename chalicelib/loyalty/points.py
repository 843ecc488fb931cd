"""Points that stays were given, month by month of their departures: counted as long work, from what stands.

Nothing is written for it when points are given. A hotel's departures of a day lie together in an index, and beside each
stay lies what it was given so far: what was taken back is not in it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ProgramId, PropertyId
from chalicelib.canonical.time import moment_of, months_later
from chalicelib.guests import board
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part, Progress, Step
from chalicelib.loyalty.model import Program
from chalicelib.properties import store as properties

COUNTING = "points_by_month"
"""The kind of long work."""
MONTHS = 12
"""That are counted, this one and those before it: each is a part."""


def start(program: Program, seed: str, at: datetime) -> Progress:
    """Begin to count, or show the count of this programme that is under way; the same `seed` is the same count."""
    counts = (each.job for each in work.under_way() if each.job.kind == COUNTING)
    known = next((each for each in counts if each.subject == program.id), None)
    job = known or work.job_of(COUNTING, program.id, at, MONTHS, seed=seed)
    return work.progress(work.start(job).id)


def count(job: Job, part: Part) -> Iterator[Step]:
    """The departures of a month, those of a hotel on a day in one step."""
    first = months_before(moment_of(job.at).date(), part.number)
    for position, hotel, day in _days(first):
        if position > part.position:
            stays, points = _given(ProgramId(job.subject), hotel, day)
            yield Step(position, units=stays, counted={first.isoformat()[: len("2026-02")]: points})


def months_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before that of the day."""
    return months_later(day.replace(day=1), -months)


def _days(first: date) -> list[tuple[str, PropertyId, date]]:
    """Of a month at each hotel, in the order of their positions."""
    month = [first + timedelta(days=at) for at in range((months_before(first, -1) - first).days)]
    return sorted((f"{day}#{hotel}", hotel, day) for hotel, day in product(properties.by_id(), month))


def _given(program: ProgramId, hotel: PropertyId, day: date) -> tuple[int, int]:
    """How many left there on that day, and the points of their stays as they stand."""
    lines = list(board.departures(hotel, day))
    rows = table.get_many(keys.given(each.leaf, program, each.reservation) for each in lines)
    return len(lines), sum(row["points"] for row in rows.values())
