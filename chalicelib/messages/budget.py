"""What a minute may send: the account's quota, and a rate of calls that follows what the carrier refuses. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import NamedTuple

from chalicelib.canonical.delivery import Quota
from chalicelib.messages.holds import HASTY, MessageClass

MINUTE = 60_000
"""Milliseconds that are sold ahead."""
FIRST_CALLS, SLOWEST_CALLS, REGAINED_CALLS = 60, 3, 30
"""Calls a minute: SES documents one bulk call a second, whatever the recipients' rate is."""
UNPACED_AT_ONCE = 1_000
"""Calls that are queued at once where nothing limits them."""
TICKS_APART = 30_000
"""Milliseconds: two ticks that are closer are one that came twice."""


@dataclass(frozen=True)
class Budget:
    """The account's pace over one channel. Instants are milliseconds of the epoch; `until` is up to when it is sold.

    `rate_milli` is a thousand times the recipients a second, `left` the recipients that the day's quota still allows,
    each None where there is no limit. `calls` were queued since `asked_at`, when the carrier was last asked;
    `refused` only ever grows, and `refused_seen` of it were answered with a slower pace.
    """

    rev: int = 0
    asked_at: int = 0
    ticked_at: int = 0
    until: int = 0
    rate_milli: int | None = None
    left: int | None = None
    calls_a_minute: int = FIRST_CALLS
    calls: int = 0
    refused: int = 0
    refused_seen: int = 0

    @property
    def per_second(self) -> float | None:
        return None if self.rate_milli is None else self.rate_milli / 1000

    def is_stale(self, now: int) -> bool:
        return now - self.asked_at >= MINUTE

    def most_calls(self, largest: int) -> int:
        """How many calls a minute can let out at the very most, when each has up to `largest` recipients."""
        if self.rate_milli is None:
            return UNPACED_AT_ONCE
        by_rate = self.rate_milli * 60 // (1000 * max(1, largest)) + 1
        return min(UNPACED_AT_ONCE, self.calls_a_minute + 1, by_rate)


class Line(NamedTuple):
    """Calls of one sender that wait, in their order: how many recipients each has."""

    message_class: MessageClass
    sizes: Sequence[int]


class Taken(NamedTuple):
    """For each line, after how many milliseconds each of its first calls may be made; the rest waits on."""

    delays: list[list[int]]
    after: Budget


def asked(before: Budget, quota: Quota, now: int) -> Budget:
    """The carrier's word of this minute. What it refused in the last one halves the calls; a quiet minute adds some."""
    return replace(
        before,
        asked_at=now,
        rate_milli=None if quota.per_second is None else max(1, floor(quota.per_second * 1000)),
        left=quota.left_today,
        calls_a_minute=_next_calls(before),
        calls=0,
        refused_seen=before.refused,
    )


def _next_calls(before: Budget) -> int:
    """Half of what was really asked for: a limit that nobody came near would not slow anybody down."""
    if before.refused > before.refused_seen:
        return max(SLOWEST_CALLS, min(before.calls_a_minute, max(before.calls, 1)) // 2)
    return before.calls_a_minute + (REGAINED_CALLS if before.calls else 0)


def taken(before: Budget, lines: Sequence[Line], now: int) -> Taken:
    """Sell the time from now on, up to a minute ahead, in the order of classes and in turn within one."""
    delays: list[list[int]] = [[] for _ in lines]
    at, left, calls = max(now, before.until), before.left, 0
    for line, size in _in_turn(lines):
        if (left is not None and size > left) or _is_sold(before, at - now, calls):
            break
        delays[line].append(at - now)
        at += _spacing(before, size)
        left = None if left is None else left - size
        calls += 1
    return Taken(delays, replace(before, until=at, left=left, calls=before.calls + calls))


def _is_sold(budget: Budget, ahead: int, calls: int) -> bool:
    return calls >= UNPACED_AT_ONCE if budget.rate_milli is None else ahead >= MINUTE


def _spacing(budget: Budget, size: int) -> int:
    if budget.rate_milli is None:
        return 0
    return max(size * 1_000_000 // budget.rate_milli, MINUTE // budget.calls_a_minute)


def _in_turn(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """(line, recipients): all of the first classes before any of the others, and of each line one in turn."""
    order: Mapping[bool, list[int]] = {
        first: [at for at, line in enumerate(lines) if (line.message_class in HASTY) is first]
        for first in (True, False)
    }
    for some in order.values():
        for turn in range(max((len(lines[at].sizes) for at in some), default=0)):
            yield from ((at, lines[at].sizes[turn]) for at in some if turn < len(lines[at].sizes))
