"""The sparse indexes of the table, and what a write costs in them: each entry that it makes, changes or removes is a
write of its own.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
"""

from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

from chalicelib.aws.codec import Value, item_size
from chalicelib.aws.meter import UNIT


class Index(NamedTuple):
    """A sparse index: only rows that have both attributes are in it, in the order of the second, with `PROJECTED`."""

    name: str
    pk: str
    sk: str


INDEX_1, INDEX_2 = Index("index-1", "pk1", "sk1"), Index("index-2", "pk2", "sk2")
INDEXES = (INDEX_1, INDEX_2)
"""No feature's own: CloudFormation adds one index an update to a table that stands, so that features share them."""
PROJECTED = "projected"
"""The one attribute that is copied into the indexes: packed, with what a list shows of the row."""

Row = Mapping[str, Value] | None


def units(before: Row, after: Row) -> int:
    """Write units, which a transaction does not double: it does not wait for the indexes."""
    return sum([_units(index, _entry(index, before), _entry(index, after)) for index in _holding(before, after)])


def _holding(before: Row, after: Row) -> list[Index]:
    """Most rows are in none."""
    return [index for index in INDEXES if (before and index.pk in before) or (after and index.pk in after)]


def _entry(index: Index, row: Row) -> Row:
    if row is None or index.pk not in row:
        return None
    return {name: row[name] for name in ("pk", "sk", index.pk, index.sk, PROJECTED) if name in row}


def _units(index: Index, before: Row, after: Row) -> int:
    """An entry under another key is removed there and put here."""
    if before == after:
        return 0
    if before and after and (before[index.pk], before[index.sk]) == (after[index.pk], after[index.sk]):
        return max(_size(before), _size(after))
    return sum(_size(each) for each in (before, after) if each)


def _size(entry: Mapping[str, Value]) -> int:
    return ceil(item_size(entry) / UNIT)
