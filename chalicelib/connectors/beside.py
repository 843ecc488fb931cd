"""Two conversations with one vendor, carried on beside each other: neither waits for the other's answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from chalicelib.connectors.contract import Answered, Call, Conversation, Json

Left = TypeVar("Left")
Right = TypeVar("Right")


@dataclass
class _Side(Generic[Answered]):
    talk: Conversation[Answered]
    asks: Sequence[Call] = ()
    """What it waits for; nothing once it is over."""
    came_to: list[Answered] = field(default_factory=list)
    """One thing, once it is over."""

    def go_on(self, answers: Sequence[Json] | None = None) -> None:
        try:
            self.asks = self.talk.send(answers)  # type: ignore[arg-type]  # a generator is begun with None
        except StopIteration as over:
            self.asks, self.came_to = (), [over.value]


def beside(one: Conversation[Left], other: Conversation[Right]) -> Conversation[tuple[Left, Right]]:
    """What each of two conversations asks next is asked at once; returns what each of them came to."""
    left, right = _Side(one), _Side(other)
    left.go_on()
    right.go_on()
    while left.asks or right.asks:
        cut = len(left.asks)
        answers = yield [*left.asks, *right.asks]
        for side, its in ((left, answers[:cut]), (right, answers[cut:])):
            if side.asks:
                side.go_on(its)
    return left.came_to[0], right.came_to[0]
