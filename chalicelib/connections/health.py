"""How a connection fares: what came through it and what became of that, as far as it is kept. Pure.

Each delivery of a notice counts, one that comes twice counts twice; what a process had not told yet when it ended is
not counted. The figures show how a connection fares, and prove nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from chalicelib.canonical.time import Instant, moment_of

DAYS_KEPT = 14
MOST_LAST, MOST_WORDS = 20, 20
OTHERS = "others"
"""In the place of words for which there was no room."""


class Outcome(StrEnum):
    """What became of one delivery. IGNORED: nothing of it is for the hub; AGAIN: it failed for now, and comes back."""

    STORED = "stored"
    NOTHING_NEW = "nothing_new"
    IGNORED = "ignored"
    SET_ASIDE = "set_aside"
    AGAIN = "again"


class Told(NamedTuple):
    """One delivery. `at` is when the notice came, `about` what it was about in the hub's words, `reason` a code."""

    at: Instant
    outcome: Outcome
    about: tuple[str, ...] = ()
    reason: str = ""
    ignored: Mapping[str, int] = {}


@dataclass(frozen=True)
class Day:
    """Of the notices that came on one day in UTC: how many by what became of them, and the longest time without one
    that ended on that day, in seconds."""

    counts: Mapping[Outcome, int] = field(default_factory=dict)
    longest_gap: int = 0

    @property
    def notices(self) -> int:
        return sum(self.counts.values())

    def with_one(self, outcome: Outcome, gap: int) -> "Day":
        counted = {**self.counts, outcome: self.counts.get(outcome, 0) + 1}
        return Day(counted, max(self.longest_gap, gap))


class Word(NamedTuple):
    """Something that was passed over: how often, and on which day last."""

    times: int
    day: str


@dataclass(frozen=True)
class Health:
    """`received_at` is when the newest notice came, `stored_at` when the newest came of which something was stored."""

    received_at: Instant | None = None
    stored_at: Instant | None = None
    days: Mapping[str, Day] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    last: Sequence[Told] = ()
    """The newest, beginning with the one that came last."""


UNHEARD = Health()


def together(kept: Health, told: Iterable[Told], today: date) -> Health:
    """What is known after these came, too. They are taken in the order in which they came."""
    ordered = sorted(told, key=_at)
    return Health(
        received_at=_latest(kept.received_at, ordered),
        stored_at=_latest(kept.stored_at, [each for each in ordered if each.outcome is Outcome.STORED]),
        days=_days(kept, ordered, days_until(today)[0]),
        words=_words(kept.words, ordered, days_until(today)[0]),
        last=sorted([*kept.last, *ordered], key=_at, reverse=True)[:MOST_LAST],
    )


def days_until(today: date) -> list[str]:
    """Those that are kept, today the last of them."""
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS_KEPT))]


def _at(told: Told) -> Instant:
    return told.at


def _latest(kept: Instant | None, ordered: Sequence[Told]) -> Instant | None:
    known = [*filter(None, [kept]), *(each.at for each in ordered[-1:])]
    return max(known, default=None)


def _days(kept: Health, ordered: Sequence[Told], first: str) -> dict[str, Day]:
    days, before = dict(kept.days), kept.received_at
    for each in ordered:
        day = each.at[:10]
        days[day] = days.get(day, Day()).with_one(each.outcome, _seconds_between(before, each.at))
        before = max(before or each.at, each.at)
    return {day: days[day] for day in sorted(days) if day >= first}


def _seconds_between(before: Instant | None, at: Instant) -> int:
    """None where it came late, beside or before those that are known."""
    return max(0, int((moment_of(at) - moment_of(before)).total_seconds())) if before else 0


def _words(kept: Mapping[str, Word], ordered: Sequence[Told], first: str) -> dict[str, Word]:
    """The most frequent have room; the others are counted together."""
    words = {word: each for word, each in kept.items() if each.day >= first}
    for each in ordered:
        for word, times in each.ignored.items():
            before = words.get(word, Word(0, ""))
            words[word] = Word(before.times + times, max(before.day, each.at[:10]))
    named = sorted((word for word in words if word != OTHERS), key=lambda word: (-words[word].times, word))
    room, more = named[:MOST_WORDS], [words[word] for word in named[MOST_WORDS:]]
    others = [*more, *([words[OTHERS]] if OTHERS in words else [])]
    kept_others = {OTHERS: Word(sum(each.times for each in others), max(each.day for each in others))} if others else {}
    return {**{word: words[word] for word in room}, **kept_others}
