"""How many histories become one."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from chalicelib.canonical.happenings import Happening

LOOKED_AT = 1_000
"""Happenings that one page looks at: where so many are not for the caller, the page is short and the next goes on."""


class Part(NamedTuple):
    """Some happenings, newest first. `ends_at` is the position behind which there is more, None where it ends."""

    happenings: list[Happening[object]]
    ends_at: str | None


def merged(histories: Iterable[Iterator[Happening[object]]]) -> Iterator[Happening[object]]:
    """Newest first. What is told twice is told once, by the history that stands first."""
    told = ""
    for each in heapq.merge(*histories, key=lambda each: each.position, reverse=True):
        if each.position != told:
            yield each
        told = each.position


def first(history: Iterable[Happening[object]], limit: int, may_see: Callable[[Happening[object]], bool]) -> Part:
    """The first `limit` happenings that a caller may see."""
    seen: list[Happening[object]] = []
    for count, each in enumerate(history, start=1):
        if len(seen) == limit:
            return Part(seen, seen[-1].position)
        if may_see(each):
            seen.append(each)
        if count == LOOKED_AT:
            return Part(seen, each.position)
    return Part(seen, None)
