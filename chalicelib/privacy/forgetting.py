"""Forget who was not heard of for as long as the settings say: counted for a preview, and erased week by week.

The walk holds one guest at a time, and goes on from where it was put down. Each guest is looked at right before, and
once more in the transaction that erases them.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.canonical.errors import NotFound, TryAgain
from chalicelib.canonical.time import instant, moment_of
from chalicelib.canonical.time import now as present
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part, Progress, Step
from chalicelib.privacy import actions, looking
from chalicelib.privacy.looking import kept_for

FORGETTING, PREVIEWING = "forget_guests", "preview_retention"
"""Kinds of long work."""
ACTOR = "retention"
PARTS = 16
MOST = 250
"""Guests that one part erases in a week; of more, the others go a week later."""
DUE, ERASED, LATER, BUSY = "due", "erased", "later", "busy"


def start_weekly(now: datetime) -> int:
    """Where the settings say so; on one day it is begun once. Returns how many were begun."""
    if looking.months() is None:
        return 0
    work.start(work.job_of(FORGETTING, "guests", now, PARTS, seed=now.date().isoformat()))
    return 1


def start_preview(months: int, seed: str, now: datetime) -> Progress:
    """Count who would be forgotten today; the same `seed` is the same preview."""
    return work.progress(work.start(work.job_of(PREVIEWING, "guests", now, PARTS, seed=seed, asked=str(months))).id)


def look(job: Job, part: Part) -> Iterator[Step]:
    """Count a part's guests by why they are kept; the first few who would go are its sample."""
    months = int(job.asked or "0")
    for position, guest in guests.walk(part.number, job.parts, part.position):
        why = kept_for(guest, months, moment_of(job.at))
        yield Step(position, 1, {why or DUE: 1}, [] if why else [guest.id])


def forget(job: Job, part: Part) -> Iterator[Step]:
    """Erase a part's guests who are due, as far as this week's measure goes, and nobody once the rule is taken back."""
    gone, months = part.counted.get(ERASED, 0), looking.months()
    for position, guest in guests.walk(part.number, job.parts, part.position):
        why = kept_for(guest, months, present()) if months and gone < MOST else LATER
        became = why or _erased(guest, months)
        gone += became == ERASED
        yield Step(position, 1, {became: 1})


def _erased(guest: Guest, months: int | None) -> str:
    """The settings are asked again for each, for it cannot be taken back."""
    if looking.months() != months:
        return LATER
    try:
        actions.erase(guest, ACTOR, instant(present()), why="retention", months=months)
    except actions.StillKept as kept:
        return kept.why
    except NotFound:
        return LATER
    except TryAgain:
        return BUSY  # what was begun goes on by itself; who was not begun is due next week
    return ERASED
