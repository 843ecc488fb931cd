"""How large a chunk is, which chunks are next, and what became of a run's candidates."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import floor

from chalicelib.campaigns.model import LARGEST_CHUNK, RunPart
from chalicelib.messages.model import Outcome

Spot = tuple[int, int]
"""Part and number of a chunk."""


def chunk_size(per_second: float | None) -> int:
    """A bulk call must not hold more than a second's worth of mails."""
    return LARGEST_CHUNK if per_second is None else max(1, min(LARGEST_CHUNK, floor(per_second)))


def next_spots(parts: Sequence[RunPart], most: int) -> list[Spot]:
    """The next chunks to queue, part by part in turn so that none waits for another."""
    waiting = [_in_turn(each) for each in parts]
    return [spot for _, spot in sorted(turn for part in waiting for turn in part)[:most]]


def _in_turn(part: RunPart) -> Iterator[tuple[int, Spot]]:
    for turn, number in enumerate(range(part.queued, part.planned)):
        yield turn, (part.number, number)


def queued_up_to(part: RunPart, spots: Iterable[Spot], waiting: Iterable[Spot]) -> int:
    """How many of a part's chunks need no more queuing, when all of `spots` but those `waiting` are done or queued."""
    still = [number for where, number in waiting if where == part.number]
    looked_at = [number + 1 for where, number in spots if where == part.number]
    return min(still) if still else max([part.queued, *looked_at])


def is_over(parts: Sequence[RunPart]) -> bool:
    """Nothing more will be planned, and all that was planned is done."""
    return all(each.is_over for each in parts)


def summed(parts: Iterable[RunPart]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in parts:
        total.update(each.sent.counts)
    return dict(total)


def code_of(outcome: Outcome) -> str:
    """One word for one candidate in a chunk's row: the reason when held."""
    return outcome.reason if outcome.code == "held" else outcome.code


UNSETTLED = frozenset({"unknown", "lost"})
"""What a later event, or time, makes another code of."""
ENDS = frozenset({"sent", "failed", "unknown", "lost"})
