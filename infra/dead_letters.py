"""Dead letters: what could not be processed and why, sent back to where it came from, or put away."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chalicelib.aws import queues
from chalicelib.canonical.ids import LetterId
from chalicelib.dead_letters import actions
from chalicelib.dead_letters.actions import Act
from chalicelib.dead_letters.model import Entry, Letter, Wanted
from chalicelib.dead_letters.rules import CRASHED
from infra import queue_urls, stages

__all__ = ["CRASHED", "DeadLetters", "entries", "listed", "opened", "purge", "redrive"]
LOOKED_AT = 100
"""Messages of a queue whose reasons are read; counts are of all."""
WAIT_SECONDS = 1


@dataclass(frozen=True)
class DeadLetters:
    """What lies on one dead-letter queue; `reasons` counts those that were looked at."""

    queue: str
    count: int
    reasons: dict[str, int]


def listed(stage: str) -> list[DeadLetters]:
    """What lies on each queue. Those that SQS or EventBridge put there get their rows by this."""
    stages.use(stage)
    return [_look(name) for name in queue_urls.NAMES]


def entries(stage: str, wanted: Wanted, most: int) -> list[Entry]:
    """The letters that are meant, the oldest first, from their rows."""
    stages.use(stage)
    return list(islice(actions.lying(wanted), most))


def opened(stage: str, letter_id: str) -> Any:
    """What a letter holds. Raises NotFound."""
    stages.use(stage)
    return actions.opened(actions.letter_of(LetterId(letter_id)))


def redrive(stage: str, name: str, wanted: Wanted | None = None, most: int | None = None) -> Iterator[str]:
    """Send what lies there now back to its source queue; yield the letters' ids."""
    return _settled(stage, name, actions.redrive, wanted or Wanted(), most)


def purge(stage: str, name: str, wanted: Wanted | None = None, most: int | None = None) -> Iterator[str]:
    """Put away what lies there now."""
    return _settled(stage, name, actions.put_away, wanted or Wanted(), most)


def _settled(stage: str, name: str, act: Act, wanted: Wanted, most: int | None) -> Iterator[str]:
    stages.use(stage)
    done = actions.look_through(name, lambda letter: wanted.is_about(letter) and act(letter), wait_seconds=WAIT_SECONDS)
    return islice(done, most)


def _look(name: str) -> DeadLetters:
    seen: Counter[str] = Counter()

    def note(letter: Letter) -> bool:
        seen[letter.reason] += 1
        return False

    count = queues.count(queues.dead(name))
    for _ in actions.look_through(name, note, most=LOOKED_AT, wait_seconds=WAIT_SECONDS):
        pass
    return DeadLetters(name, count, dict(seen.most_common()))
