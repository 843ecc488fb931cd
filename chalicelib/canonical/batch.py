"""What a worker is given, and what it gives back: messages of a queue, and which of them failed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
ARCHIVED = "archived"
"""The attribute of a message whose notice lies in the archive of raw notices already."""


@dataclass(frozen=True)
class Message:
    """One message of a queue. `attributes` are those that the sender set, such as the reason of a dead letter.

    `text` is the body as it was sent; `body` is what it holds, and empty for queues whose bodies need not be JSON.
    `receives` counts deliveries, this one included.
    """

    id: str
    body: dict[str, Any]
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    receives: int = 1


Failures = dict[str, Exception]
"""Message id → why it is not done; what is not in it is done."""


@dataclass(frozen=True)
class Ended:
    """A delivery that failed: set aside for good, or to come back."""

    message: Message
    error: Exception
    is_set_aside: bool


def portions(
    each: Iterable[T], size_of: Callable[[T], int], *, largest: int, most: int | None = None
) -> Iterator[list[T]]:
    """In their order, `most` at a time and as much as one call or transaction takes (bytes or rows, as `size_of`
    counts); what is too large by itself is a portion of its own."""
    portion: list[T] = []
    size = 0
    for one in each:
        length = size_of(one)
        if portion and (len(portion) == most or size + length > largest):
            yield portion
            portion, size = [], 0
        portion.append(one)
        size += length
    if portion:
        yield portion
