"""How far the rows of stays lie beside the months in which these begin. Months are texts such as `2026-02`. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

FARTHEST = 3
"""Months by which a stay may begin beside that of its row. The row of one that moves further is put anew, for 4 units
more: no page has to look further around than this."""
LAST = "9999-12"


class Drift(NamedTuple):
    """By how many months, at most, stays begin earlier and later than the months their rows lie in."""

    earlier: int = 0
    later: int = 0

    def with_stay(self, lies_in: str, begins_in: str) -> "Drift":
        months = _months_between(lies_in, begins_in)
        return Drift(max(self.earlier, -months), max(self.later, months))


NO_DRIFT = Drift()


def widest(drifts: Iterable[Drift]) -> Drift:
    """What covers all of them."""
    earlier, later = zip(*drifts, strict=True)
    return Drift(max(earlier), max(later))


def place(lies_in: str, begins_in: str) -> str:
    """The month to keep a stay's row in: where it lies, unless the stay begins too far from there."""
    return lies_in if abs(_months_between(lies_in, begins_in)) <= FARTHEST else begins_in


def month_of(day: date) -> str:
    return day.isoformat()[: len(LAST)]


def months_after(month: str, count: int) -> str:
    return _month(_number(month) + count) if count else month


def _months_between(one: str, other: str) -> int:
    return _number(other) - _number(one)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}" if number <= _number(LAST) else LAST
