"""Which of a leaf's stays are known, and which must be known besides. Pure.

Stays are kept by months at or near that of the arrival, so that those of a span of days are one query.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.canonical.errors import XeniaError
from chalicelib.canonical.ids import Leaf, ReservationId
from chalicelib.guests.drift import Drift, months_after
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.tally import Tally

WIDER = timedelta(days=62)
"""By how much a span grows at least; then by twice its length."""
LONGEST = timedelta(days=3650)
"""Behind so many days there are few stays, if any: then all are read."""
A_WEEK = 7


class Span(NamedTuple):
    """Days of arrival, both included. None: from the first stay, or to the last."""

    first: date | None
    last: date | None

    def holds(self, other: "Span") -> bool:
        begins = self.first is None or (other.first is not None and self.first <= other.first)
        ends = self.last is None or (other.last is not None and other.last <= self.last)
        return begins and ends

    def has(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


EVERYTHING = Span(None, None)


@dataclass(frozen=True)
class Around:
    """The stays of a leaf that arrive within a span of days, all of them; without a span nothing was looked for."""

    span: Span | None = None
    stays: Mapping[ReservationId, Stay] = field(default_factory=dict)


class Unread(XeniaError):
    """Something follows from stays of a leaf that are not known yet: whoever asked reads them, and asks again."""

    def __init__(self, leaf: Leaf, span: Span) -> None:
        super().__init__(f"stays of {leaf} around a change are not known")
        self.leaf, self.span = leaf, span


def span_of(stays: Iterable[Stay], tally: Tally) -> Span:
    """Where all lie that may touch these stays, or reach into them: so far back as the longest one of the leaf lasts,
    and one of a week before that, so that it is known whether that one is the person's own."""
    touched = list(stays)
    first, last = min(each.arrival for each in touched), max(each.departure for each in touched)
    return _months(first - _reach(tally), last)


def from_day(day: date, stays: Iterable[Stay], tally: Tally) -> Span:
    """The same, and all that arrive from a day on."""
    around = span_of(stays, tally)
    return Span(min(around.first or day, day.replace(day=1)), None)


def span_of_row(month: str, drift: Drift, tally: Tally) -> Span:
    """Where all lie that begin in the months in which the stay of a row may begin, or reach into them, or touch them.
    The row lies in a month such as `2026-02`."""
    first, last = (date.fromisoformat(f"{months_after(month, by)}-01") for by in (-drift.earlier, drift.later))
    return _months(first - _reach(tally), last)


def _reach(tally: Tally) -> timedelta:
    return timedelta(days=tally.longest + min(tally.longest, A_WEEK) + 1)


def earlier(span: Span, head: Head) -> Span:
    """A wider one; from the first stay, when it comes to the first day on which the person arrived for a stay."""
    if span.first is None or span.last is None:
        return EVERYTHING
    first = span.first - max(WIDER, 2 * (span.last - span.first))
    known = head.stats.first_arrival
    return Span(None, span.last) if known is None or first <= known else _months(first, span.last)


def later(span: Span, _: Head) -> Span:
    if span.first is None or span.last is None or span.last - span.first > LONGEST:
        return Span(span.first, None)
    return _months(span.first, span.last + max(WIDER, 2 * (span.last - span.first)))


def _months(first: date, last: date) -> Span:
    """Whole ones, as their rows lie together."""
    return Span(first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1]))


def ended_before(around: Around, tally: Tally) -> date:
    """A day by which those completed stays have ended that begin before all that are known."""
    if tally.ended is None or (around.span and around.span.first is None):
        return date.min
    if around.span is None or around.span.first is None:
        return tally.ended
    return min(tally.ended, around.span.first - timedelta(days=1) + timedelta(days=tally.longest))


def known_until(around: Around, tally: Tally) -> date:
    """The day up to which all completed stays are known that begin no earlier than the first known one."""
    if around.span is None or around.span.last is None or tally.ended is None or tally.ended <= around.span.last:
        return date.max
    return around.span.last
