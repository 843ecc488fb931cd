"""CPU time of two ways to do the same, measured in turns so that a busy machine is busy for both."""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import NamedTuple, Self


class Sides(NamedTuple):
    """Two ways to do the same, ready to run; `each` is how many units of work a run does."""

    hub: Callable[[], object]
    floor: Callable[[], object]
    each: int


class Pair(NamedTuple):
    """Milliseconds of process time. `floor` is a median; `measured` is it times the median of the turns' ratios.

    The two of a turn ran at the same speed of a shared machine; two medians need not have.
    """

    measured: float
    floor: float

    @classmethod
    def of(cls, turns: Sequence[tuple[float, float]], each: int = 1) -> Self:
        floor = median(other for _, other in turns) / each
        return cls(floor * median(one / other for one, other in turns), floor)


def compare(sides: Sides, rounds: int) -> Pair:
    """Run both in turns. The first, cold, turn does not count."""
    return Pair.of([(milliseconds(sides.hub), milliseconds(sides.floor)) for _ in range(rounds + 1)][1:], sides.each)


def median_milliseconds(work: Callable[[], object], rounds: int) -> float:
    return median([milliseconds(work) for _ in range(rounds + 1)][1:])


def milliseconds(work: Callable[[], object]) -> float:
    return each_milliseconds([work])[0]


def each_milliseconds(works: Iterable[Callable[[], object]]) -> list[float]:
    """What the benchmark itself keeps is put out of the garbage collector's way: the work need not look through it."""
    gc.collect()
    gc.freeze()
    spent = [_milliseconds(work) for work in works]
    gc.unfreeze()
    return spent


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000
