"""Records that make members of a programme, at the hotels where they are looked for, in the order of their numbers."""

from collections.abc import Collection, Iterator
from functools import partial
from heapq import merge
from itertools import product
from typing import NamedTuple

from chalicelib.aws import keys_of_members as keys
from chalicelib.aws import table
from chalicelib.aws.http import at_once
from chalicelib.canonical.ids import Leaf, ProgramId, PropertyId
from chalicelib.profiles.numbered import EVERY, Place


class Wanted(NamedTuple):
    """Those whose number begins with a text, behind a position; so many are read of each list in one call."""

    prefix: str = ""
    after: str | None = None
    rows: int = 50

    def behind(self, position: str) -> "Wanted":
        return self._replace(after=position)


def listed(program: ProgramId, hotels: Collection[PropertyId], wanted: Wanted) -> Iterator[Place]:
    """Each place once: a record may be known at several hotels. Two lists a hotel are read beside each other, and
    further only as they are asked for; what they say may be a moment old, and the record is asked again."""
    lists = [keys.members(hotel, each) for hotel, each in product(sorted(hotels), (EVERY, program))]
    begun = at_once([partial(_some, each, wanted) for each in lists])
    told: Place | None = None
    for place in merge(*(_all(each, first, wanted) for each, first in zip(lists, begun, strict=True))):
        if place != told:
            yield place
        told = place


def _all(of: str, found: list[Place], wanted: Wanted) -> Iterator[Place]:
    yield from found
    while len(found) == wanted.rows:
        found = _some(of, wanted.behind(found[-1].position))
        yield from found


def _some(of: str, wanted: Wanted) -> list[Place]:
    rows = table.query(of, wanted.prefix, after=wanted.after, limit=wanted.rows, consistent=False)
    told = (row["sk"].partition("#") for row in rows)
    return [Place(number, Leaf(leaf)) for number, _, leaf in told]
