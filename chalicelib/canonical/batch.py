"""What a worker is given, and what it gives back: messages of a queue, and which of them failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
