"""What a listing counts, month by month, as the bars of a chart."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from chalicelib.entrypoints.console.wording import Wording

MOST = 24
"""Months that are shown, so that the chart is seen with its list."""


def bars(words: Wording, counted: Iterable[tuple[date, int]]) -> list[tuple[str, int, str]]:
    """Each month that anything counts for, the newest last. One in which more was taken back has a bar of no length."""
    sums = Counter[date]()
    for day, number in counted:
        sums[day.replace(day=1)] += number
    months = [each for each in sorted(sums) if sums[each]][-MOST:]
    return [(words.month(each), max(0, sums[each]), words.number(sums[each])) for each in months]
