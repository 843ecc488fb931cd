"""How many of a run's candidates have which decision: as many as the decisions say that are shown at that moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.campaigns import decisions, parts, rules
from chalicelib.campaigns.model import Chunk, Run, RunPart, RunState
from chalicelib.messages import holds

SMALL = 500
"""Candidates of a run that is counted from its chunks while it is on. A larger one is counted from its parts' sums."""
MOST = 40
"""Chunks whose messages are asked beside the sums."""


def counted(run: Run, now: datetime) -> Run:
    """The run with its counts, and how many candidates are planned.

    The sums of a run's parts are what workers knew who had finished their chunks. Chunks that came back half sent, and
    those of whose mails SES told later, or may, are counted by what is known of each message, as the decisions are.
    """
    later = parts.told_later(run.id, MOST)
    if run.is_over:
        counts = _as_told(run, run.counts, parts.chunks_at(run, later), now)
        return run.counted(counts, sum(run.counts.values()), planned=True)
    some = parts.of(run.id)
    total, planned = sum(each.candidates for each in some), all(each.plan.done for each in some)
    counts = _of_small(run, some, later, now) if total <= SMALL else _of_large(run, some, later, total, now)
    return run.counted(counts, total, planned=planned)


def _of_small(run: Run, some: Sequence[RunPart], later: Sequence[rules.Spot], now: datetime) -> dict[str, int]:
    """Each candidate is looked at once: a chunk that is finished in between is not counted twice, nor left out."""
    chunks = parts.chunks_at(run, [(each.number, at) for each in some for at in range(each.planned)])
    open_ = [each for each in chunks if not each.done or (each.part, each.number) in later]
    return _as_told(run, _kept(chunks), open_, now)


def _of_large(
    run: Run, some: Sequence[RunPart], later: Sequence[rules.Spot], total: int, now: datetime
) -> dict[str, int]:
    back = [each.spot for each in parts.all_back(run.id, MOST)]
    counts = _as_told(run, rules.summed(some), parts.chunks_at(run, [*later, *back]), now)
    if run.state is not RunState.CANCELLED:
        return counts
    reason = holds.CANCELLED.reason
    return {**counts, reason: counts.get(reason, 0) + total - sum(counts.values())}


def _as_told(run: Run, sums: Mapping[str, int], chunks: Sequence[Chunk], now: datetime) -> dict[str, int]:
    """The sums, with what is told of these chunks' messages by now in the place of what they keep."""
    counts = Counter(sums)
    counts.subtract(_kept(chunks))
    counts.update(decisions.codes_of(run, chunks, now))
    return {code: number for code, number in counts.items() if number}


def _kept(chunks: Iterable[Chunk]) -> Counter[str]:
    return Counter(code for each in chunks for code in each.decisions)
