"""What the guest and staff said of the guest through a record, as its history tells it.

Of each speaker about each thing it is the newest word, also one that took back what was said before.
"""

from collections.abc import Iterator

from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import Leaf
from chalicelib.guests import store
from chalicelib.guests.statements import Statement


def happenings(leaf: Leaf, before: str | None, _limit: int) -> Iterator[Happening[Statement]]:
    """Newest first, before a position. All of a record's lie in its one row."""
    told = [Happening(each.at, f"{each.by}-{each.about}-{leaf}", leaf, each) for each in store.statements_of(leaf)]
    yield from (each for each in sorted(told, key=lambda each: each.position, reverse=True) if each.is_before(before))
