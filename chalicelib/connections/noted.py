"""What this process saw of connections and has not told yet: one write a minute tells it, of one connection.

What else came waits for the next minutes. Nothing of it is worth a notice: a write that fails is counted, and made with
what comes until then.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from chalicelib.aws.meter import meter
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import now
from chalicelib.connections import store
from chalicelib.connections.health import Told
from chalicelib.connectors.contract import UnknownWord

EACH_SECONDS = 60.0
ENOUGH_SECONDS = 15.0
"""With less time left nothing is told, though a read and a write wait three seconds each, at most."""
MOST_WAITING = 10_000
"""Deliveries, of all connections; those beyond are counted, and forgotten."""
SAID_OF = 3
"""Things of which a word was said before it is taken for a code, and nobody's name."""
MOST_WORDS = 200

Clock = Callable[[], float]


@dataclass
class Noted:
    """Deliveries by connection; the one that waits longest comes first."""

    clock: Clock = time.monotonic
    next_at: float = float("-inf")
    waiting: dict[ConnectionId, list[Told]] = field(default_factory=dict)
    count: int = 0
    words: dict[tuple[ConnectionId, str], set[str]] = field(default_factory=dict)
    """Of what each word was said."""

    def note(self, connection: ConnectionId, told: Told) -> None:
        if self.count >= MOST_WAITING:
            meter().calls["health_forgotten"] += 1
            return
        self.waiting.setdefault(connection, []).append(told)
        self.count += 1

    def known(self, connection: ConnectionId, unknown: Iterable[UnknownWord]) -> list[str]:
        """How those words are counted that were said of enough things to be codes."""
        return [each for each in (self._known(connection, word) for word in unknown) if each]

    def _known(self, connection: ConnectionId, said: UnknownWord) -> str | None:
        counted_as = f"{said.counted_as}:{said.word}"
        if len(self.words) >= MOST_WORDS and (connection, counted_as) not in self.words:
            return None
        subjects = self.words.setdefault((connection, counted_as), set())
        if len(subjects) < SAID_OF:
            subjects.add(said.subject)
        return counted_as if len(subjects) >= SAID_OF else None

    def tell(self, seconds_left: Callable[[], float]) -> None:
        """Once a minute, the connection that waits longest. A write that fails is noted, and never raised."""
        at = self.clock()
        if not self.waiting or at < self.next_at or seconds_left() < ENOUGH_SECONDS:
            return
        self.next_at = at + EACH_SECONDS
        connection, told = next(iter(self.waiting.items()))
        try:
            store.add_to_health(connection, told, now())
        except Exception:  # noqa: BLE001 (whatever it is: the notices are stored, and the line tells that this was not)
            meter().called("health_not_written")
            return
        del self.waiting[connection]
        self.count -= len(told)


@cache
def noted() -> Noted:
    return Noted()
