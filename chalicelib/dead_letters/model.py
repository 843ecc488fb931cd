"""What a dead letter is: a message that could not be processed, under one id however often that happens to it."""

from dataclasses import dataclass

from chalicelib.canonical.ids import ConnectionId, LetterId
from chalicelib.canonical.time import Instant


@dataclass(frozen=True)
class Failed:
    """A message that is to be set aside. `redriven` is which time of being set aside it was sent back from; 0: none."""

    id: LetterId
    queue: str
    connection: ConnectionId | None
    text: str
    reason: str
    receives: int
    archived: bool
    redriven: int


@dataclass(frozen=True)
class Found:
    """A message as it lies on a dead-letter queue: what failed, and which time of being set aside it tells of."""

    failed: Failed
    times: int


@dataclass(frozen=True)
class Entry:
    """What a list shows of a letter: nothing of what it holds. `first_at` and `at` are when it was set aside first and
    last, `times` is how often."""

    id: LetterId
    queue: str
    connection: ConnectionId | None
    reason: str
    receives: int
    first_at: Instant
    at: Instant
    times: int


@dataclass(frozen=True)
class Letter(Entry):
    """A letter as it is kept. It lies there while it was set aside more often than it was settled (sent back, or put
    away): both only grow, so that in whatever order they are written nothing is lost and nothing comes back."""

    settled: int = 0
    text: str = ""
    """The message; empty once it is settled, and where it is too large for a row."""
    archived: bool = False
    """The notice lies in the archive of raw notices, or has no place there."""
    rev: int = 0

    @property
    def lies(self) -> bool:
        return self.times > self.settled


@dataclass(frozen=True)
class Wanted:
    """Which letters are meant: what is None says nothing. Those that failed again after `until` are not."""

    connection: ConnectionId | None = None
    queue: str | None = None
    reason: str | None = None
    until: Instant | None = None

    def is_about(self, letter: Entry) -> bool:
        return (
            self.connection in {None, letter.connection}
            and self.queue in {None, letter.queue}
            and (self.reason is None or letter.reason.startswith(self.reason))
            and (self.until is None or letter.at <= self.until)
        )
