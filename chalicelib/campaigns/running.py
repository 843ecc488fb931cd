"""What a run's queue messages ask for: plan a part, pace, send a chunk. Every one may come twice, late, or at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.aws import queues, table
from chalicelib.campaigns import queued, rules, store
from chalicelib.campaigns.model import PARTS, Chunk, Progress, Run, RunState
from chalicelib.campaigns.queued import PaceRun, PlanPart, SendChunk
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.time import instant, moment_of
from chalicelib.canonical.time import now as present
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.messages import sending
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.model import Occasion, Outcome
from chalicelib.segments.model import Rule
from chalicelib.segments.rules import matches
from chalicelib.settings import store as settings
from chalicelib.settings.rules import MailIdentity

ENOUGH_SECONDS = 10.0
"""With less time left, planning stops and goes on in a new message."""
LOST_AFTER = timedelta(seconds=60)
"""A pacer that is so late is lost."""
AGAIN_SECONDS = 15
PROPERTY_GONE = "property_gone"
"""Why a run is paused in whose name nobody writes any more; it goes on when the property is on the list again."""


def plan_run(message: Mapping[str, Any], time_left: Callable[[], float] = lambda: float("inf")) -> None:
    """Walk a part's guests from where the last message came to, and write each chunk with the progress that made it."""
    asked = queued.read_plan_part(message)
    run = store.run(asked.run)
    if run is None or run.is_over or run.state is RunState.CANCELLED:
        return
    progress = store.progress_of(run.id, asked.part)
    if progress.done:
        return
    try:
        is_done = _plan(run, progress, store.content(run.id).segment.rule, time_left)
    except table.ConditionFailed:
        # Another worker is ahead, or it was ourselves: an answer that was lost is asked for again, and finds itself
        # done. Were the message let go, planning of this part could end here for good.
        raise TryAgain("the part was planned by another worker meanwhile", after_seconds=AGAIN_SECONDS) from None
    if not is_done:
        queues.send("plan", queued.body_of(asked))


def _plan(run: Run, progress: Progress, rule: Rule, time_left: Callable[[], float]) -> bool:
    """True when the part is planned to its end. Chunks grow over partitions: small ones do not make tiny chunks."""
    today: date = moment_of(run.at).date()
    matched = list[GuestId]()
    for shard, guest in _walk(progress):
        if matches(rule, guest.traits, today):
            matched.append(guest.id)
        is_late = time_left() < ENOUGH_SECONDS
        if len(matched) == run.chunk_size or is_late:
            come = progress.past(shard, guest.id, candidates=len(matched))
            progress, matched = store.save_progress(run, progress, come, matched), []
        if is_late:
            return False
    store.save_progress(run, progress, progress.at_end(candidates=len(matched)), matched)
    return True


def _walk(progress: Progress) -> Iterator[tuple[int, Guest]]:
    """The guests of a part that were not looked at yet, with the partition that holds them."""
    for shard, number in enumerate(rules.shards_of(progress.part)):
        if shard >= progress.shard:
            after = progress.after if shard == progress.shard else None
            yield from ((shard, guest) for guest in guests.guests_of_shard(number, after))


def wake_runs() -> int:
    """Called by the tick: a pacer that is alive ignores it, a lost one is replaced."""
    active = store.active_runs()
    queues.send_many("pace", [queued.body_of(PaceRun(run_id)) for run_id in active])
    return len(active)


def pace_run(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """One beat: sum what is done, queue what the rate allows, put the next beat on the queue, remember the position.

    In this order a crash repeats: chunks that are queued twice are sent once, and of two equal beats one is stale.
    """
    moment = now or present()
    asked = queued.read_pace_run(message)
    run = store.run(asked.run)
    if run is None or run.is_over or run.state is RunState.PAUSED or not _is_on_beat(run, asked.beat, moment):
        return
    progress = store.progress(run.id)
    if run.state is RunState.CANCELLED:
        progress = _closed(run, progress)
    elif asked.beat is None:
        _replan(run, progress)
    summed = run.summed(*rules.counted_with(run, store.chunks_at(run, rules.spots_out(run))))
    if rules.has_ended(summed, progress):
        _end(run, summed, moment)
    else:
        _beat(run, summed, progress, (run.beat if asked.beat is None else asked.beat) + 1, moment)


def _is_on_beat(run: Run, beat: int | None, now: datetime) -> bool:
    """A message without a number replaces a pacer that is late; an old number is a message that came twice.

    A number ahead of the run's own is the next beat of a pacer that crashed before it remembered its position.
    """
    return beat >= run.beat if beat is not None else now > moment_of(run.next_beat_at) + LOST_AFTER


def _replan(run: Run, progress: list[Progress]) -> None:
    """Planning that was lost with the pacer goes on where it came to."""
    done = {each.part for each in progress if each.done}
    queues.send_many("plan", [queued.body_of(PlanPart(run.id, part)) for part in range(PARTS) if part not in done])


def _closed(run: Run, progress: list[Progress]) -> list[Progress]:
    """A cancelled run is planned no further: a part that is done makes no chunk, so its count is final.

    A planner that was ahead has made one more chunk; then the part is closed at the next beat.
    """
    known = {each.part: each for each in progress}
    parts = [known.get(part, Progress(part=part)) for part in range(PARTS)]
    return [each if each.done else _close(run, each) for each in parts]


def _close(run: Run, part: Progress) -> Progress:
    try:
        return store.save_progress(run, part, part.at_end(candidates=0), [])
    except table.ConditionFailed:
        return store.progress_of(run.id, part.part)


def _end(before: Run, summed: Run, now: datetime) -> None:
    state = RunState.CANCELLED if before.state is RunState.CANCELLED else RunState.FINISHED
    try:
        store.end_run(before, summed.finished(state, instant(now)))
    except table.ConditionFailed:
        raise TryAgain("the run was changed while it was paced", after_seconds=1) from None


def _beat(before: Run, summed: Run, progress: list[Progress], next_beat: int, now: datetime) -> None:
    seconds = settings.get().pace_seconds
    run = summed.at_pace(rules.next_percent(summed))
    planned = rules.planned_of(progress)
    allowed = _allowed(run, rules.mean_size(progress), seconds)
    spots = rules.next_spots(run, planned, allowed)
    names = [store.name_of(store.chunk_key(run, *spot)) for spot in spots]
    queues.send_many("send", [queued.body_of(SendChunk(run.id, name)) for name in names])
    delay = rules.seconds_until_next(run, allowed, sum(planned) - sum(run.queued), seconds)
    queues.send("pace", queued.body_of(PaceRun(run.id, next_beat)), delay_seconds=delay)
    next_beat_at = instant(now + timedelta(seconds=delay))
    try:
        store.change_run(before, run.at_beat(next_beat, next_beat_at, rules.advanced(run.queued, spots)))
    except table.ConditionFailed:
        return  # somebody paused, cancelled or paced: the next beat is on its queue and sees what they wrote


def _allowed(run: Run, size: int, seconds: int) -> int:
    if run.state is RunState.CANCELLED:
        return rules.DRAINED_AT_ONCE
    quota = CHANNELS[run.channel].quota()
    sharing = max(1, len(store.active_runs()))
    return rules.chunks_allowed(run, size, quota.per_second, quota.left_today, seconds, sharing)


def send_chunk(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """Mail one chunk's candidates, each at most once; the chunk is done when each has a decision."""
    asked = queued.read_send_chunk(message)
    found = store.chunk_to_send(asked.run, asked.chunk)
    if found is None or found.chunk.done or found.run.is_over or found.run.state is RunState.PAUSED:
        return
    if found.identity is None:
        store.pause_for(found.run.id, PROPERTY_GONE)
        return
    batch = sending.send(_occasion(found, found.identity), found.chunk.guests, now or present())
    if batch.stopped:
        store.pause_for(found.run.id, batch.stopped)
        return  # whoever resumes the run queues this chunk again
    if batch.throttled:
        store.count_throttle(found.run.id)
    _finish(asked, found.chunk, batch.outcomes)


def _occasion(found: store.ChunkToSend, identity: MailIdentity) -> Occasion:
    return Occasion(
        id=found.run.id,
        campaign=found.run.campaign,
        origin=found.chunk.name,
        message_class=found.run.message_class,
        channel=found.run.channel,
        template=found.content.template,
        identity=identity,
        public_url=found.public_url,
        cap=found.cap,
        is_cancelled=found.run.state is RunState.CANCELLED,
    )


def _finish(asked: SendChunk, chunk: Chunk, outcomes: Mapping[Leaf, Outcome]) -> None:
    """Put the decisions, or let the chunk come again, later each time, until each candidate has one."""
    codes = [rules.code_of(outcomes[guest]) for guest in chunk.guests]
    if "again" not in codes:
        store.finish_chunk(chunk, codes)
        return
    delay = min(rules.LONGEST_DELAY, AGAIN_SECONDS * 2 ** min(asked.again, 10))
    queues.send("send", queued.body_of(replace(asked, again=asked.again + 1)), delay_seconds=delay)
