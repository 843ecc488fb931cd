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
"""Bulk calls a minute: SES documents one a second, whatever the recipients' rate is."""
SLOWEST_PERCENT, REGAINED_PERCENT = 5, 10
UNPACED_AT_ONCE = 1_000
"""Calls that are queued at once where nothing limits them."""
TICKS_APART = 30_000
"""Milliseconds: two ticks that are closer are one that came twice."""


@dataclass(frozen=True)
class Budget:
    """The account's pace over one channel. Instants are milliseconds of the epoch; `until` is up to when it is sold.

    `rate_milli` is a thousand times the recipients a second, `left` the recipients that the day's quota still allows,
    each None where there is no limit; `percent` of the rate is used. `calls` were queued since `asked_at`, when the
    carrier was last asked; `refused` only ever grows, and `refused_seen` of it were answered with a slower pace.
    `beside` grows, too: calls that nobody had sold, for a chunk took more than one; `beside_seen` were waited for.
    """

    rev: int = 0
    asked_at: int = 0
    ticked_at: int = 0
    until: int = 0
    rate_milli: int | None = None
    left: int | None = None
    percent: int = 100
    calls_a_minute: int = FIRST_CALLS
    calls: int = 0
    refused: int = 0
    refused_seen: int = 0
    beside: int = 0
    beside_seen: int = 0

    @property
    def per_second(self) -> float | None:
        return None if self.rate_milli is None else self.rate_milli / 1000

    @property
    def is_refused(self) -> bool:
        """The carrier refused something that was not answered with a slower pace yet."""
        return self.refused > self.refused_seen

    def is_stale(self, now: int) -> bool:
        return now - self.asked_at >= MINUTE

    def worth_looking_at(self, largest: int) -> int:
        """Chunks of up to `largest` recipients to look at for one minute: more go out only where they are small."""
        if self.rate_milli is None:
            return UNPACED_AT_ONCE
        by_rate = self.rate_milli * 60 // (1000 * max(1, largest)) + 1
        return min(UNPACED_AT_ONCE, max(by_rate, self.calls_a_minute + 1))


class Line(NamedTuple):
    """What one sender has waiting, in its order: how many recipients each has. `is_bulk`: each is one bulk call."""

    message_class: MessageClass
    sizes: Sequence[int]
    is_bulk: bool = True


class Taken(NamedTuple):
    """For each line, after how many milliseconds each of its first calls may be made; the rest waits on."""

    delays: list[list[int]]
    after: Budget


def asked(before: Budget, quota: Quota, now: int) -> Budget:
    """The carrier's word of this minute. What it refused in the last one halves the pace; a quiet minute adds some."""
    return replace(
        before,
        asked_at=now,
        rate_milli=None if quota.per_second is None else max(1, floor(quota.per_second * 1000)),
        left=quota.left_today,
        percent=_next_percent(before),
        calls_a_minute=_next_calls(before),
        calls=0,
        refused_seen=before.refused,
    )


def _next_percent(before: Budget) -> int:
    if before.is_refused:
        return max(SLOWEST_PERCENT, before.percent // 2)
    return min(100, before.percent + (REGAINED_PERCENT if before.calls else 0))


def _next_calls(before: Budget) -> int:
    """Half of what was really asked for: a limit that nobody came near would not slow anybody down."""
    if before.is_refused:
        return max(SLOWEST_CALLS, min(before.calls_a_minute, max(before.calls, 1)) // 2)
    return before.calls_a_minute + (REGAINED_CALLS if before.calls else 0)


def taken(before: Budget, lines: Sequence[Line], now: int) -> Taken:
    """Sell the time from now on, up to a minute ahead, in the order of classes and in turn within one."""
    delays: list[list[int]] = [[] for _ in lines]
    unsold = before.beside - before.beside_seen
    at, left, calls = max(now, before.until + unsold * _spacing(before, 0, is_bulk=True)), before.left, 0
    for line, size in _in_turn(lines):
        if (left is not None and size > left) or _is_sold(before, at - now, calls):
            break
        delays[line].append(at - now)
        at += _spacing(before, size, is_bulk=lines[line].is_bulk)
        left = None if left is None else left - size
        calls += 1
    made = before.calls + unsold + calls
    return Taken(delays, replace(before, until=at, left=left, calls=made, beside_seen=before.beside))


def _is_sold(budget: Budget, ahead: int, calls: int) -> bool:
    return calls >= UNPACED_AT_ONCE if budget.rate_milli is None else ahead >= MINUTE


def _spacing(budget: Budget, size: int, *, is_bulk: bool) -> int:
    if budget.rate_milli is None:
        return 0
    by_recipients = size * 100_000_000 // (budget.rate_milli * budget.percent)
    return max(by_recipients, MINUTE // budget.calls_a_minute) if is_bulk else by_recipients


def _in_turn(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """(line, recipients): all of the first classes before any of the others, and of each line one in turn."""
    order: Mapping[bool, list[int]] = {
        first: [at for at, line in enumerate(lines) if (line.message_class in HASTY) is first]
        for first in (True, False)
    }
    for some in order.values():
        for turn in range(max((len(lines[at].sizes) for at in some), default=0)):
            yield from ((at, lines[at].sizes[turn]) for at in some if turn < len(lines[at].sizes))
