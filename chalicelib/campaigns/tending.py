"""What a run needs next: parts that nobody plans, chunks that this minute lets out, and its end.

Done by the tick for all runs together, by who finishes a plan or a chunk for their own part, and by who resumes or
cancels. Whatever is done twice costs nothing: a chunk that is queued twice is sent once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil

from chalicelib.aws import queues
from chalicelib.aws.retries import until_written
from chalicelib.campaigns import parts, queued, rules, store
from chalicelib.campaigns.model import Chunk, Run, RunPart, RunState
from chalicelib.campaigns.parts import Back
from chalicelib.campaigns.queued import PlanPart, SendChunk
from chalicelib.campaigns.rules import Spot
from chalicelib.canonical.ids import ChannelName, RunId
from chalicelib.canonical.time import instant
from chalicelib.canonical.turns import Turns
from chalicelib.messages import pacing
from chalicelib.messages.budget import UNPACED_AT_ONCE, Line

AT_ONCE = timedelta()


@dataclass(frozen=True)
class Waiting:
    """Chunks of a run that wait to be queued, in their order; `looked_at` are the spots that were asked for them."""

    run: Run
    parts: Sequence[RunPart]
    back: Sequence[Back]
    looked_at: Sequence[Spot]
    chunks: Sequence[Chunk]

    @property
    def line(self) -> Line:
        return Line(self.run.message_class, [len(each.guests) for each in self.chunks], is_bulk=not self.run.singly)

    @property
    def is_cancelled(self) -> bool:
        return self.run.state is RunState.CANCELLED


def tend_all(run_ids: Sequence[RunId], now: datetime) -> int:
    """For the tick: the minute is shared by all runs. Returns how many chunks were queued."""
    with Turns() as turns:
        waiting = [each for run_id in run_ids for each in turns.take(partial(_tended, run_id, now)) or ()]
        return sum(_share(channel, waiting, now) for channel in {each.run.channel for each in waiting})


def _share(channel: ChannelName, waiting: Sequence[Waiting], now: datetime) -> int:
    some = [each for each in waiting if each.run.channel == channel]
    paced = [each for each in some if not each.is_cancelled]
    delays = pacing.take_for_tick(channel, [each.line for each in paced], now) if paced else []
    number = sum(_queue(each, line) for each, line in zip(paced, delays, strict=True))
    return number + sum(_drain(each) for each in some if each.is_cancelled)


def tend(run_id: RunId, now: datetime) -> None:
    """For who resumed or cancelled it."""
    for waiting in _tended(run_id, now):
        if waiting.is_cancelled:
            _drain(waiting)
        else:
            _take(waiting, now)


def queue_first(run_id: RunId, part: int, now: datetime) -> None:
    """For who planned a part: nobody waits for the tick while the minute has room."""
    run = store.run(run_id)
    if run is None or run.state is not RunState.ACTIVE:
        return
    found = parts.of(run_id, [part])
    for waiting in _waiting(run, found, now, with_back=False):
        _take(waiting, now)
    if rules.is_over(found):
        end_if_over(run_id, now)


def part_may_be_over(run_id: RunId, part: int, now: datetime) -> None:
    """For who finished a chunk: the last one ends the run."""
    if rules.is_over(parts.of(run_id, [part])):
        end_if_over(run_id, now)


def end_if_over(run_id: RunId, now: datetime) -> None:
    def attempt() -> None:
        run, found = store.run(run_id), parts.of(run_id)
        if run and not run.is_over and run.state is not RunState.PAUSED and rules.is_over(found):
            store.end_run(run, run.finished(rules.summed(found), instant(now)))

    until_written(attempt, "the run was changed by others all the time")


def _tended(run_id: RunId, now: datetime) -> list[Waiting]:
    """Wake its planning, end it where it is over, and look what waits, if anything."""
    run = store.run(run_id)
    if run is None or run.is_over or run.state is RunState.PAUSED:
        return []
    found = parts.of(run_id)
    if run.state is RunState.CANCELLED:
        found = [each if each.plan.done else parts.close(run, each, now) for each in found]
    else:
        free = [each.number for each in found if each.plan.is_free(instant(now))]
        queues.send_many("plan", [queued.body_of(PlanPart(run_id, part)) for part in free])
    if rules.is_over(found):
        end_if_over(run_id, now)
        return []
    return _waiting(run, found, now, with_back=True)


def _waiting(run: Run, found: Sequence[RunPart], now: datetime, *, with_back: bool) -> list[Waiting]:
    """At most what a minute can let out; what is done already needs no queuing."""
    back = parts.all_back(run.id, UNPACED_AT_ONCE) if with_back else []
    if not back and all(each.queued == each.planned for each in found):
        return []
    most = _most(run, now)
    spots = [*(each.spot for each in back[:most]), *rules.next_spots(found, most)]
    chunks = [each for each in parts.chunks_at(run, spots) if not each.done]
    return [Waiting(run, found, back[:most], spots, chunks)]


def _most(run: Run, now: datetime) -> int:
    if run.state is RunState.CANCELLED:
        return UNPACED_AT_ONCE
    return pacing.opened(run.channel, now).worth_looking_at(run.chunk_size)


def _take(waiting: Waiting, now: datetime) -> None:
    (delays,) = pacing.take(waiting.run.channel, [waiting.line], now)
    _queue(waiting, delays)


def _drain(waiting: Waiting) -> int:
    """A cancelled run sends nothing: its chunks are queued to be held, each candidate with the reason."""
    return _queue(waiting, [AT_ONCE] * len(waiting.chunks))


def _queue(waiting: Waiting, delays: Sequence[timedelta]) -> int:
    """Queue the first chunks, each in its time, and then remember it: a crash in between queues them once more."""
    run, now, later = waiting.run, waiting.chunks[: len(delays)], waiting.chunks[len(delays) :]
    bodies = [queued.body_of(SendChunk(run.id, each.name)) for each in now]
    queues.send_in_time("send", bodies, [ceil(each.total_seconds()) for each in delays])
    left = {(each.part, each.number) for each in later}
    for part in waiting.parts:
        up_to = rules.queued_up_to(part, waiting.looked_at, left)
        if up_to > part.queued:
            parts.keep_queued(run.id, part.number, up_to)
    for back in waiting.back:
        if back.spot not in left:
            parts.forget_back(run.id, back)
    return len(now)
