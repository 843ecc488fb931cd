"""Who is in a run: a part's guests are walked once, and those in the segment stand in chunks."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.aws import keys, table
from chalicelib.campaigns import parts, queued, store, tending
from chalicelib.campaigns.model import PARTS, Run, RunState
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import GuestId
from chalicelib.canonical.time import moment_of
from chalicelib.canonical.time import now as present
from chalicelib.guests import store as guests
from chalicelib.jobs import parts as leases
from chalicelib.jobs.model import Part
from chalicelib.segments.compiled import Match, compiled

ENOUGH_SECONDS = 10.0
"""With less time left, planning stops; the tick has it go on."""


def plan_run(message: Mapping[str, Any], time_left: Callable[[], float] = lambda: 600.0) -> None:
    """Plan a part from where it came to, alone, and queue its first chunks as far as this minute allows."""
    asked = queued.read_plan_part(message)
    run = store.run(asked.run)
    if run is None or run.is_over or run.state is RunState.CANCELLED:
        return
    part = leases.take(keys.plan(run.id, asked.part), asked.part, present(), time_left())
    if part is None:
        return
    match = compiled(store.content(run.id).segment.rule, moment_of(run.at).date())
    try:
        _plan(run, part, match, time_left)
    except table.ConditionFailed:
        # Another worker is ahead, or it was ourselves: an answer that was lost is asked for again, and finds itself
        # done. The lease ends soon, and the tick has the part go on.
        raise TryAgain("the part was planned by another worker meanwhile") from None
    tending.queue_first(run.id, asked.part, present())


def _plan(run: Run, part: Part, match: Match, time_left: Callable[[], float]) -> None:
    """Chunks grow over partitions: small ones do not make tiny chunks."""
    matched, looked_at = list[GuestId](), 0
    for guest in guests.traits_of_part(part.number, PARTS, part.position):
        looked_at += 1
        if match(guest.traits):
            matched.append(guest.id)
        is_late = time_left() < ENOUGH_SECONDS
        if len(matched) == run.chunk_size or is_late:
            come = parts.plan_to(part, guest.position, looked_at, len(matched))
            come = come.released() if is_late else come
            part, matched, looked_at = parts.save_plan(run, part, come, matched, present()), [], 0
        if is_late:
            return
    come = parts.plan_to(part, part.position, looked_at, len(matched)).ended()
    parts.save_plan(run, part, come, matched, present())
