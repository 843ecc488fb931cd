"""Names that an earlier version kept are listed by long work: record by record, and any number of times."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.aws.retries import until_written
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import instant
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.profiles import listing

LISTING = "name_index"
"""The kind of long work."""
PARTS = 16
AT_ONCE = 50
"""Records that are read together."""


def start(at: datetime) -> Job:
    """The job that is under way, or a new one."""
    known = [each.job for each in work.under_way() if each.job.kind == LISTING]
    return work.start(known[0] if known else work.job_of(LISTING, instant(at), at, PARTS))


def relist(job: Job, part: Part) -> Iterator[Step]:
    """List the names of a part's records, also of those that were merged into others, and count what was written."""
    walked = guests.heads_of_part(part.number, job.parts, part.position)
    while batch := list(islice(walked, AT_ONCE)):
        heads = [head for _, head in batch if head.record_rev is not None]
        yield Step(batch[-1][0], len(batch), {"records": _list_all(heads)})


def _list_all(heads: Iterable[Head]) -> int:
    by_leaf = {head.leaf: head for head in heads}
    records = table.get_many(map(keys.record, by_leaf))
    known = {leaf: _known(head, records) for leaf, head in by_leaf.items()}
    rows = {**records, **table.get_many(key for head in known.values() if head for key in listing.beside(head))}
    return sum(_list(leaf, head, rows) for leaf, head in known.items())


def _list(leaf: Leaf, head: Head | None, rows: Mapping[Key, Item]) -> int:
    try:
        return _written(head, rows) if head else _list_anew(leaf)
    except (table.ConditionFailed, table.Contended):
        return until_written(lambda: _list_anew(leaf), f"{leaf} is being written by others")


def _list_anew(leaf: Leaf) -> int:
    """Others write there: they list what they write."""
    head = guests.head(leaf)
    if head is None or head.record_rev is None:
        return 0
    rows = table.get_many([keys.record(leaf)])
    known = _known(head, rows)
    if known is None:
        raise table.Contended("others wrote between two of these reads")
    return _written(known, rows)


def _known(head: Head, rows: Mapping[Key, Item]) -> Head | None:
    """The head with its record; None where either is newer than the other."""
    row = rows.get(keys.record(head.leaf))
    return guests.with_record(head, row) if row and row["rev"] == head.record_rev else None


def _written(head: Head, rows: Mapping[Key, Item]) -> int:
    """The record's row is the lock: whoever changes name or first hotel writes it anew."""
    key = keys.record(head.leaf)
    wanted = {key: guests.record_row(head, listing.in_record(head)), **listing.beside(head)}
    missing = {each: row for each, row in wanted.items() if rows.get(each) != row}
    if not missing:
        return 0
    as_read = table.unchanged_since(head.record_rev)
    lock = table.Put(wanted[key], as_read, rows[key]) if key in missing else table.Check(key, as_read)
    beside = [table.Put(row) for each, row in missing.items() if each != key]
    table.transact([lock, *beside])
    return 1
