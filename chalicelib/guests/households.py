"""Who lives with whom, as people say. It joins no records, and nothing is sent by it.

Each pair lies with a record of both, and goes where these go: who is joined with whom they live with is one guest, and
who is split off lives with them again. A hotel sees a pair where both records are in its sight, so that no word of one
hotel tells another who lives with whom. A household has no row of its own: it is everybody with everybody, which has no
middle that could be erased and leave the others alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws import keys_of_households as keys_of
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant
from chalicelib.guests import as_read
from chalicelib.guests.model import Head


class Link(NamedTuple):
    """That two live together: since when it is known, and who wrote it down."""

    leaf: Leaf
    other: Leaf
    at: Instant
    by: str

    @property
    def turned(self) -> "Link":
        return Link(self.other, self.leaf, self.at, self.by)


def links_of(leaves: Iterable[Leaf]) -> Iterator[Link]:
    """Those that lie with some records; one query a record."""
    for leaf in leaves:
        for row in table.query(keys.leaf(leaf), keys_of.HOUSEHOLD):
            yield Link(leaf, Leaf(row["sk"].removeprefix(keys_of.HOUSEHOLD)), row["at"], row["by"])


def keep(links: Collection[Link], heads: Mapping[Leaf, Head]) -> None:
    """Both halves of each, in one transaction, with the records as they were read. Raises Conflict for a record that is
    nobody's, NotFound where one of them was erased meanwhile, and TryAgain where a source said something else of one:
    it may be nobody's by then, and another's later."""
    people = sorted({leaf for link in links for leaf in (link.leaf, link.other)})
    for leaf in people:
        as_read.require_somebodys(heads[leaf])
    try:
        table.transact([
            *(table.Put(_row(each)) for link in links for each in (link, link.turned)),
            *(as_read.check(heads[leaf]) for leaf in people),
        ])  # fmt: skip
    except table.ConditionFailed:
        as_read.refuse(people)


def _row(link: Link) -> Item:
    return table.row(keys_of.household(link.leaf, link.other), at=link.at, by=link.by)


def take_away(links: Iterable[Link]) -> None:
    """Both halves of each together; what is gone already is gone."""
    for link in links:
        halves = (link, link.turned)
        table.transact([table.Delete(keys_of.household(each.leaf, each.other), size=100) for each in halves])


def forget(leaf: Leaf) -> None:
    """All that lies with a record, whoever said it, and the other half with the others'."""
    take_away(list(links_of([leaf])))
