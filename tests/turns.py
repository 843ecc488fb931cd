"""Workers that take turns at the table in a time of their own: what they do beside each other is the same each run."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import ceil
from random import Random
from threading import Event, Thread

import pytest

from chalicelib.aws import retries
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.keys import Key
from chalicelib.aws.table import Put, Write
from tests.memory_table import MemoryTable


@dataclass
class Turns:
    """One worker runs at a time: the one whose pause ends first. Nobody waits for a clock on a wall."""

    seconds: float = 0.0
    due: list[tuple[float, int, Event]] = field(default_factory=list)
    begun: int = 0

    def rest(self, seconds: float) -> None:
        mine = self._queue(seconds)
        self._hand_over()
        mine.wait()

    def run(self, deeds: Sequence[Callable[[], None]]) -> None:
        workers = [Thread(target=self._work, args=(deed, self._queue(0))) for deed in deeds]
        for worker in workers:
            worker.start()
        self._hand_over()
        for worker in workers:
            worker.join()

    def _work(self, deed: Callable[[], None], turn: Event) -> None:
        turn.wait()
        try:
            deed()
        finally:
            self._hand_over()

    def _queue(self, seconds: float) -> Event:
        self.begun += 1
        turn = Event()
        heappush(self.due, (self.seconds + seconds, self.begun, turn))
        return turn

    def _hand_over(self) -> None:
        with suppress(IndexError):
            self.seconds, _, turn = heappop(self.due)
            turn.set()


@dataclass
class SlowTable(MemoryTable):
    """Each call takes milliseconds, and its units are counted as the table bills them, refused writes included."""

    turns: Turns = field(default_factory=Turns)
    chance: Random = field(default_factory=lambda: Random(1))
    units: int = 0

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        self.turns.rest(self.chance.uniform(0.003, 0.009))
        wanted = list(keys)
        found = super().get_many(wanted)
        self.units += sum(_read_units(found.get(key, {})) for key in wanted)
        return found

    def query(self, pk: str, prefix: str = "", **how: object) -> Iterator[Item]:
        self.turns.rest(self.chance.uniform(0.003, 0.009))
        found = list(super().query(pk, prefix, **how))  # type: ignore[arg-type]  # handed on as they came
        self.units += ceil(sum(map(item_size, found)) / 4096) or 1
        return iter(found)

    def transact(self, writes: Sequence[Write]) -> None:
        self.turns.rest(self.chance.uniform(0.012, 0.024))
        self.units += sum(
            2 * ceil((item_size(each.item) if isinstance(each, Put) else each.size) / 1024) for each in writes
        )
        super().transact(writes)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "SlowTable":
        super().install(monkeypatch)
        monkeypatch.setattr(retries, "rest", self.turns.rest)
        monkeypatch.setattr(retries, "uniform", Random(2).uniform)
        return self


def _read_units(row: Item) -> int:
    return ceil(item_size(row) / 4096) or 1
