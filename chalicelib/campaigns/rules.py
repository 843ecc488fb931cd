"""How much may be queued now, which chunks are next, and when a run is over."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor

from chalicelib.campaigns.model import LARGEST_CHUNK, PARTS, Chunk, Counts, Progress, Run
from chalicelib.messages.model import Outcome

SLOWEST_PERCENT, REGAINED_PERCENT = 5, 10
DRAINED_AT_ONCE = 1_000
"""Chunks queued a beat when nothing is sent any more: a cancelled run only writes its decisions."""
LOOKED_AT = 400
"""Chunks asked a beat whether they are done."""
LONGEST_DELAY = 900
"""Seconds SQS can delay a message."""

Spot = tuple[int, int]
"""Part and number of a chunk."""


def chunk_size(per_second: float | None) -> int:
    """A bulk call must not hold more than a second's worth of mails."""
    return LARGEST_CHUNK if per_second is None else max(1, min(LARGEST_CHUNK, floor(per_second)))


def shards_of(part: int) -> range:
    width = 256 // PARTS
    return range(part * width, (part + 1) * width)


def next_percent(run: Run) -> int:
    """Halve the pace after SES throttled, and win it back step by step."""
    if run.throttles > run.throttles_seen:
        return max(SLOWEST_PERCENT, run.percent // 2)
    return min(100, run.percent + REGAINED_PERCENT)


def mean_size(progress: Iterable[Progress]) -> int:
    """Recipients of a chunk as they are: a small run's chunks are not full, and must not be paced as if they were."""
    known = list(progress)
    return max(1, ceil(sum(each.candidates for each in known) / max(1, sum(each.chunks for each in known))))


def chunks_allowed(
    run: Run, size: int, per_second: float | None, left_today: int | None, seconds: float, sharing: int
) -> int:
    """Chunks that rate and daily quota let out until the next beat, when `sharing` runs share them; None is no limit.

    At least one when the quota has room, so that a slow account moves at all; what is out already counts against the
    quota, and no more than two beats' worth is out at once.
    """
    out = sum(run.queued) - sum(run.counted)
    by_quota = DRAINED_AT_ONCE if left_today is None else left_today // size // sharing - out
    if per_second is None:
        return max(0, min(DRAINED_AT_ONCE, by_quota))
    beat = max(1, floor(per_second * seconds * run.percent / 100 / size / sharing))
    return max(0, min(beat, 2 * beat - out, by_quota))


def next_spots(run: Run, planned: Sequence[int], allowed: int) -> list[Spot]:
    """The next chunks to queue, part by part in turn so that none waits for another."""
    rounds = max((made - queued for made, queued in zip(planned, run.queued, strict=True)), default=0)
    order = (
        (part, run.queued[part] + ahead)
        for ahead in range(max(0, rounds))
        for part in range(PARTS)
        if run.queued[part] + ahead < planned[part]
    )
    return [spot for _, spot in zip(range(allowed), order, strict=False)]


def advanced(positions: Sequence[int], spots: Iterable[Spot]) -> tuple[int, ...]:
    return tuple(
        max([at, *(number + 1 for where, number in spots if where == part)]) for part, at in enumerate(positions)
    )


def spots_out(run: Run) -> list[Spot]:
    """Chunks that were queued and are not known to be done, the oldest of each part first."""
    each = max(1, LOOKED_AT // PARTS)
    return [
        (part, number)
        for part in range(PARTS)
        for number in range(run.counted[part], min(run.queued[part], run.counted[part] + each))
    ]


def counted_with(run: Run, chunks: Mapping[Spot, Chunk]) -> tuple[tuple[int, ...], Counter[str]]:
    """The positions and counts after summing each part's chunks that are done, in a row, once each."""
    counts = Counter(run.counts)
    counted = list(run.counted)
    for part in range(PARTS):
        while (chunk := chunks.get((part, counted[part]))) and chunk.done:
            counts.update(chunk.decisions)
            counted[part] += 1
    return tuple(counted), counts


def has_ended(run: Run, progress: Sequence[Progress]) -> bool:
    """Everything that was planned is counted, and nothing more will be planned."""
    return sum(each.done for each in progress) == PARTS and tuple(planned_of(progress)) == run.counted


def planned_of(progress: Iterable[Progress]) -> list[int]:
    by_part = {each.part: each.chunks for each in progress}
    return [by_part.get(part, 0) for part in range(PARTS)]


def code_of(outcome: Outcome) -> str:
    """One word for one candidate in a chunk's row: the reason when held."""
    return outcome.reason if outcome.code == "held" else outcome.code


ENDS = frozenset({"sent", "failed", "unknown", "lost"})


def held(counts: Counts) -> dict[str, int]:
    return {code: number for code, number in sorted(counts.items()) if code not in ENDS}


def seconds_until_next(run: Run, allowed: int, waiting: int, pace_seconds: int) -> int:
    """A run that the daily quota holds looks again in a while; others at the next beat."""
    is_held_by_quota = allowed == 0 and waiting > 0 and sum(run.queued) == sum(run.counted)
    return LONGEST_DELAY if is_held_by_quota else min(LONGEST_DELAY, max(0, pace_seconds))
