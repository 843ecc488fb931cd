"""A file is read once, in portions that lie in the bucket from then on, and looked through before anything is stored.

Of an upload nothing stays but the columns that are taken, without card numbers: the file itself is deleted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from chalicelib.canonical.batch import portions
from chalicelib.canonical.ids import ImportId
from chalicelib.connectors.csv_files.columns import taken_for
from chalicelib.connectors.csv_files.sheets import HEAD, Row, Sheet, sheet_of
from chalicelib.connectors.csv_files.taken import scrubbed, taken
from chalicelib.ingest.imports import rules, store
from chalicelib.ingest.imports.model import Import, Kept, Place, Portion, Summary
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.properties import store as properties

READING = "read_import"
AT_ONCE = 100
"""Rows of a portion: as many as are stored together."""
MOST_SIGNS = 1_000_000
Blocks = Callable[[int], Iterator[bytes]]
"""A file from a byte on."""
READ = "check:0"


def read(job: Job, part: Part) -> Iterator[Step]:
    """Long work: read the upload of an import, if that was not done before, and look through its rows."""
    kept = store.get(ImportId(job.subject))
    position = part.position
    if not position.startswith("check:"):
        if not store.is_read(kept):
            if store.upload_size(kept) is None:
                return  # it had gone: whoever brought it uploads it again
            yield from read_file(kept, lambda start: store.upload_blocks(kept, start), position)
        store.forget_upload(kept)
        position = READ
        yield Step(position, 0)
    yield from _check(kept, int(position.partition(":")[2]))


def read_file(kept: Import, blocks: Blocks, position: str = "") -> Iterator[Step]:
    """Read a file from a position on, and keep what was read; the summary last."""
    sheet, summary = begun(kept, blocks)
    begins = Place.of(position) if position else None
    if begins and begins.portion:
        summary = summary.after(begins, store.portion(kept, begins.portion - 1))
    for place, portion in portions_of(sheet, summary, blocks, begins, summary.seen):
        store.put_portion(kept, place.portion - 1, portion)
        summary = summary.after(place, portion)
        yield Step(place.text(), len(portion.rows))
    store.put_summary(kept, summary)


def begun(kept: Import, blocks: Blocks) -> tuple[Sheet, Summary]:
    """How a file is to be read, and what is known of it before its first row."""
    sheet = sheet_of(_head(blocks(0)), kept.kind, kept.encoding, kept.delimiter)
    summary = Summary(
        encoding=sheet.encoding,
        sure=sheet.sure,
        delimiter=sheet.delimiter,
        columns=taken_for(sheet.headers, kept.kind, kept.columns),
        seen={},
        portions=0,
        rows=0,
    )
    return sheet, summary


def portions_of(
    sheet: Sheet, summary: Summary, blocks: Blocks, place: Place | None = None, before: Mapping[str, int] | None = None
) -> Iterator[tuple[Place, Portion]]:
    """The portions of a file from a place on, each with the place behind it; `before` is what was seen by then."""
    place = place or Place(sheet.start, sheet.first_line, 0, 0)
    seen = Counter(before or {})
    found = sheet.rows(blocks(place.byte), place.byte, place.line)
    for rows in portions(found, _size, largest=MOST_SIGNS, most=AT_ONCE):
        kept = _kept(rows, sheet, summary)
        for each in kept:
            seen += rules.seen_in(each.cells, summary.fields)
        place = Place(rows[-1].end, rows[-1].next_line, place.portion + 1, place.rows + len(rows))
        yield place, Portion(rows=kept, seen=dict(seen))


def _head(blocks: Iterable[bytes]) -> bytes:
    head = b""
    for block in blocks:
        head += block
        if len(head) >= HEAD:
            break
    return head[:HEAD]


def _size(row: Row) -> int:
    return sum(map(len, row.cells)) + len(row.cells)


def _kept(rows: list[Row], sheet: Sheet, summary: Summary) -> list[Kept]:
    cells = scrubbed([taken(row.cells[: len(sheet.headers)], summary.columns) for row in rows], summary.fields)
    return [Kept(line=row.line, cells=its, broken=row.broken) for row, its in zip(rows, cells, strict=True)]


def _check(kept: Import, start: int) -> Iterator[Step]:
    """Count what could be stored, and keep what could not with why. Nothing, while something has to be said first."""
    summary = store.summary(kept)
    if rules.to_be_said(kept, summary):
        return
    asked = rules.asked_of(kept, summary, properties.by_id())
    for number in range(start, summary.portions):
        found = rules.come_to(store.portion(kept, number).rows, summary.fields, asked)
        bad = [rules.refused(each.row, each.told.faults, summary) for each in found if each.told.faults]
        if bad:
            store.put_refused(kept, number, bad)
        yield Step(f"check:{number + 1}", len(found), rules.counted(found))


def first_rows(kept: Import, summary: Summary, most: int) -> list[Kept]:
    """Of its first portion."""
    return list(islice(store.portion(kept, 0).rows, most)) if summary.portions else []
