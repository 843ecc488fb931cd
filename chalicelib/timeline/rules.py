"""How many histories become one."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import PropertyId

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


def first(history: Iterable[Happening[object]], limit: int, may_see: Callable[[PropertyId], bool]) -> Part:
    """The first `limit` happenings that a key of some properties may see."""
    seen: list[Happening[object]] = []
    for count, each in enumerate(history, start=1):
        if len(seen) == limit:
            return Part(seen, seen[-1].position)
        if each.property_id is None or may_see(each.property_id):
            seen.append(each)
        if count == LOOKED_AT:
            return Part(seen, each.position)
    return Part(seen, None)
