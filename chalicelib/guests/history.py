"""A leaf's stays as its history tells them: newest arrival first, from a position on, a few rows at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import Leaf
from chalicelib.guests.drift import NO_DRIFT, Drift, months_after
from chalicelib.guests.model import Stay
from chalicelib.guests.store import read_stay


@dataclass(frozen=True)
class SharedStay:
    """A stay in which the guest shared the room of another, whose stay it is."""

    stay: Stay


def happenings(leaf: Leaf, before: str | None, limit: int, drift: Drift = NO_DRIFT) -> Iterator[Happening[Stay]]:
    """The leaf's own reservations before a position, newest arrival first; `drift` is at least that of the leaf."""
    rows = _rows_before(leaf, keys.STAY, before, limit, drift.earlier)
    return _newest_first(leaf, ((_lies_in(row), read_stay(row)) for row in rows), before, drift.later)


def shared_happenings(leaf: Leaf, before: str | None, limit: int) -> Iterator[Happening[SharedStay]]:
    """The reservations in which the leaf was a companion before a position, newest arrival first.

    Only the primary guest's leaf holds the stay. It may have moved on since the rows were read: then it is gone.
    """
    rows = _rows_before(leaf, keys.COMPANION, before, limit)
    for each in _newest_first(leaf, _stays_shared(rows, limit), before):
        yield Happening(each.at, each.id, leaf, SharedStay(each.what), each.property_id)


def _rows_before(leaf: Leaf, prefix: str, before: str | None, limit: int, earlier: int = 0) -> Iterator[Item]:
    """Every row of the months up to that of `before`, and so many further as stays begin earlier than their rows lie.
    A month's rows lie in the order of their ids."""
    up_to = f"{prefix}{months_after(before[: len('2026-02')], earlier)}#~" if before else None
    return table.query(keys.leaf(leaf), prefix, up_to=up_to, at_once=limit, newest_first=True)


def _lies_in(row: Item) -> str:
    return keys.month_and_reservation(table.key_of(row))[0]


def _stays_shared(rows: Iterator[Item], limit: int) -> Iterator[tuple[str, Stay]]:
    """Each with the month of the companion's row."""
    while some := list(islice(rows, limit)):
        primary = {_primary(row): _lies_in(row) for row in some}
        found = table.get_many(primary)
        yield from ((month, read_stay(found[key])) for key, month in primary.items() if key in found)


def _primary(row: Item) -> Key:
    """Where the stay lies that a companion shared."""
    month, reservation = keys.month_and_reservation(table.key_of(row))
    return keys.stay(row["leaf"], row.get("month", month), reservation)


def _newest_first(
    leaf: Leaf, stays: Iterable[tuple[str, Stay]], before: str | None, later: int = 0
) -> Iterator[Happening[Stay]]:
    """Order by arrival. The stays come month by month of where they lie, and begin `later` months after that at most:
    so nothing follows that is newer."""
    waiting: list[Happening[Stay]] = []
    for month, of_month in groupby(stays, key=itemgetter(0)):
        newest = months_after(month, later)
        yield from _sorted(each for each in waiting if each.at[: len(newest)] > newest)
        waiting = [each for each in waiting if each.at[: len(newest)] <= newest]
        waiting += [each for each in (_told(leaf, stay) for _, stay in of_month) if each.is_before(before)]
    yield from _sorted(waiting)


def _told(leaf: Leaf, stay: Stay) -> Happening[Stay]:
    return Happening(stay.arrival.isoformat(), stay.reservation, leaf, stay, stay.property_id)


def _sorted(stays: Iterable[Happening[Stay]]) -> list[Happening[Stay]]:
    return sorted(stays, key=lambda each: each.position, reverse=True)
