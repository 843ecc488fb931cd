"""Workers that take turns at the table in a time of their own: what they do beside each other is the same each run."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from threading import Event, Thread
from typing import Self

import pytest

from chalicelib.aws import retries
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.aws.table import Write
from tests.memory_table import BilledTable


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
class SlowTable(BilledTable):
    """Each call takes milliseconds."""

    turns: Turns = field(default_factory=Turns)
    chance: Random = field(default_factory=lambda: Random(1))

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        self.turns.rest(self.chance.uniform(0.003, 0.009))
        return super().get_many(keys, consistent=consistent)

    def query(self, pk: str, prefix: str = "", **how: object) -> Iterator[Item]:
        self.turns.rest(self.chance.uniform(0.003, 0.009))
        return super().query(pk, prefix, **how)

    def transact(self, writes: Sequence[Write]) -> None:
        self.turns.rest(self.chance.uniform(0.012, 0.024))
        super().transact(writes)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        super().install(monkeypatch)
        monkeypatch.setattr(retries, "rest", self.turns.rest)
        monkeypatch.setattr(retries, "uniform", Random(2).uniform)
        return self
