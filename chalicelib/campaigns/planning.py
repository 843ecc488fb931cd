"""Who is in a run: a part's guests are walked once, and those in the segment stand in chunks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.aws import keys, table
from chalicelib.campaigns import parts, queued, store, tending
from chalicelib.campaigns.model import PARTS, Run, RunState
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import GuestId
from chalicelib.canonical.time import now as present
from chalicelib.jobs import parts as leases
from chalicelib.jobs.model import Part
from chalicelib.messages import sending
from chalicelib.segments import members

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
        tending.queue_first(run.id, asked.part, present())  # who planned it may have died before that
        return
    try:
        _plan(run, part, _missed(run, part) if run.instead_of else _in_segment(run, part), time_left)
    except table.ConditionFailed:
        # Another worker is ahead, or it was ourselves: an answer that was lost is asked for again, and finds itself
        # done. The lease ends soon, and the tick has the part go on.
        raise TryAgain("the part was planned by another worker meanwhile") from None
    tending.queue_first(run.id, asked.part, present())


class LookedAt(NamedTuple):
    """One guest, where planning goes on behind it, and whether it is a candidate."""

    position: str
    guest: GuestId
    is_candidate: bool


def _in_segment(run: Run, part: Part) -> Iterator[LookedAt]:
    content = store.content(run.id)
    found = members.looked_at(content.segment.rule, content.days_of(run), part.number, PARTS, part.position)
    return (LookedAt(guest.position, guest.id, is_in) for guest, is_in in found)


def _missed(run: Run, part: Part) -> Iterator[LookedAt]:
    """The candidates of the same part of an earlier run, chunk by chunk: those whose mail is lost are to get it."""
    earlier = store.run(run.instead_of) if run.instead_of else None
    if earlier is None:
        return
    (of,) = parts.of(earlier.id, [part.number])
    number, _, behind = part.position.partition(":")
    for chunk in parts.chunks_at(earlier, [(part.number, at) for at in range(int(number or 0), of.planned)]):
        first = int(behind) + 1 if str(chunk.number) == number else 0
        suspects = [guest for guest, code in zip(chunk.guests, chunk.decisions, strict=False) if code == "unknown"]
        lost = sending.lost(earlier.id, earlier.channel, suspects, present()) if suspects else ()
        for at, guest in list(enumerate(chunk.guests))[first:]:
            yield LookedAt(f"{chunk.number}:{at}", guest, guest in lost)


def _plan(run: Run, part: Part, looked_at: Iterable[LookedAt], time_left: Callable[[], float]) -> None:
    """Chunks grow over partitions: small ones do not make tiny chunks."""
    matched, number = list[GuestId](), 0
    for position, guest, is_candidate in looked_at:
        number += 1
        if is_candidate:
            matched.append(guest)
        is_late = time_left() < ENOUGH_SECONDS
        if len(matched) == run.chunk_size or is_late:
            come = parts.plan_to(part, position, number, len(matched))
            come = come.released() if is_late else come
            part, matched, number = parts.save_plan(run, part, come, matched, present()), [], 0
        if is_late:
            return
    come = parts.plan_to(part, part.position, number, len(matched)).ended()
    parts.save_plan(run, part, come, matched, present())
