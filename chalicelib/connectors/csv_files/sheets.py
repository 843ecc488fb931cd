"""How the bytes of a CSV file become rows: lines, quotes, delimiter and headings. Of a file of any size little is held
at once, and from any row on it can be read again."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.connectors.csv_files.columns import Kind, field_called
from chalicelib.connectors.csv_files.encodings import Sure, encoding_of

HEAD = 1024 * 1024
"""Bytes by which encoding and delimiter are told."""
DELIMITERS = (",", ";", "\t", "|")
MOST_LINE = 64 * 1024
"""Bytes of one line."""
MOST_LINES = 50
"""Of one row: a cell may have lines of its own, and a quote that nobody closes has all that follow."""
MOST_COLUMNS = 300
LOOKED_AT = 50
"""Rows by which the delimiter is told."""
TOO_LONG = "the line is too long"
UNCLOSED = "a quote is not closed"
TOO_MANY = "the row has more cells than there are headings"
UNREADABLE = "has signs that are not of the file's encoding"
LOST = "\ufffd"


class Line(NamedTuple):
    text: str
    size: int
    """Bytes, its end included."""
    is_too_long: bool = False


class Row(NamedTuple):
    """`line` is where it begins, the headings' being 1 as a rule; `end` the byte behind it. A broken one says why."""

    line: int
    cells: list[str]
    end: int
    next_line: int
    broken: str = ""


@dataclass(frozen=True)
class Sheet:
    """How a file is to be read. `start` and `first_line` are where its first row is."""

    encoding: str
    sure: Sure
    delimiter: str
    headers: tuple[str, ...]
    start: int
    first_line: int

    def rows(self, blocks: Iterable[bytes], start: int, line: int) -> Iterator[Row]:
        """The rows of what comes from byte `start` on, which is in line `line`. Empty ones are passed over."""
        feed = _Feed(lines(blocks, self.encoding), start, line)
        for row in _records(feed, self.delimiter):
            if row.broken or any(cell.strip() for cell in row.cells):
                yield self._checked(row)

    def _checked(self, row: Row) -> Row:
        beyond = row.cells[len(self.headers) :]
        if not row.broken and any(cell.strip() for cell in beyond):
            return row._replace(broken=TOO_MANY)
        if not row.broken and any(LOST in cell for cell in row.cells):
            return row._replace(broken=UNREADABLE)
        return row


def sheet_of(head: bytes, kind: Kind, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """How a file that begins so is read; what is not said is told from it."""
    found = encoding_of(head, encoding)
    told = list(_some(lines([head[found.skips :]], found.name), LOOKED_AT + 1))
    skipped = told[0] if told and told[0].text.strip().lower().startswith("sep=") else None
    if skipped:
        told = told[1:]
        delimiter = delimiter or skipped.text.strip()[len("sep=") :][:1] or None
    sign = delimiter if delimiter in DELIMITERS else max(DELIMITERS, key=lambda each: _fits(told, each, kind))
    start, line = found.skips + (skipped.size if skipped else 0), 2 if skipped else 1
    first = next(_records(_Feed(iter(told), start, line), sign), None)
    headers = tuple(each.strip() for each in first.cells[:MOST_COLUMNS]) if first else ()
    return Sheet(
        found.name, found.sure, sign, headers, first.end if first else start, first.next_line if first else line
    )


def _some(found: Iterator[Line], most: int) -> Iterator[Line]:
    for number, each in enumerate(found):
        if number == most:
            return
        yield each


def _fits(told: list[Line], delimiter: str, kind: Kind) -> tuple[int, int, int]:
    """How well a delimiter does: headings that are known, rows as long as the headings, and how many there are."""
    rows = [row.cells for row in _records(_Feed(iter(told), 0, 1), delimiter)]
    if not rows:
        return (0, 0, 0)
    known = sum(field_called(each, kind) is not None for each in rows[0])
    alike = sum(len(each) == len(rows[0]) for each in rows[1:]) if len(rows[0]) > 1 else 0
    return known, alike, len(rows[0])


def lines(blocks: Iterable[bytes], encoding: str) -> Iterator[Line]:
    """The lines of blocks of bytes; of one that is too long, nothing but its length."""
    end, width = ("\n".encode(encoding), 2) if encoding.startswith("utf-16") else (b"\n", 1)
    held, passed = b"", 0
    for block in blocks:
        held += block
        start = 0
        while (at := _find(held, end, start, width)) >= 0:
            yield _line(held[start:at], passed, encoding)
            start, passed = at, 0
        held = held[start:]
        if len(held) > MOST_LINE:
            keep = len(held) % width
            passed += len(held) - keep
            held = held[len(held) - keep :]
    if held or passed:
        yield _line(held, passed, encoding)


def _find(held: bytes, end: bytes, start: int, width: int) -> int:
    """Behind the next line's end; -1 where there is none."""
    at = held.find(end, start)
    while at >= 0 and (at - start) % width:
        at = held.find(end, at + 1)
    return at + width if at >= 0 else -1


def _line(raw: bytes, passed: int, encoding: str) -> Line:
    size = passed + len(raw)
    if size > MOST_LINE:
        return Line("", size, is_too_long=True)
    return Line(raw.decode(encoding, "replace").replace("\0", ""), size)


class _Unclosed(Exception):
    pass


@dataclass
class _Feed:
    """Gives lines to the reader of CSV, and knows how far it came."""

    source: Iterator[Line]
    at: int
    number: int
    """Of the next line."""
    taken: list[Line] = field(default_factory=list)
    """Since the row began."""
    back: deque[Line] = field(default_factory=deque)

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise _Unclosed
        line = self.back.popleft() if self.back else next(self.source)
        self.taken.append(line)
        return line.text.replace("\r\n", "\n").replace("\r", " ") if line.text else "\n"

    def give_back(self) -> None:
        """All but the first line of the row."""
        self.back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def end_row(self) -> None:
        self.at += sum(each.size for each in self.taken)
        self.number += len(self.taken)
        self.taken = []


def _records(feed: _Feed, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        begins = feed.number
        try:
            cells, broken = next(reader), ""
        except StopIteration:
            return
        except (_Unclosed, csv.Error):
            cells, broken = [], UNCLOSED
        if len(feed.taken) > 1 and sum(each.text.count('"') for each in feed.taken) % 2:
            cells, broken = [], UNCLOSED
        if broken:
            feed.give_back()
            reader = csv.reader(feed, delimiter=delimiter)
        elif any(each.is_too_long for each in feed.taken):
            cells, broken = [], TOO_LONG
        feed.end_row()
        yield Row(begins, cells, feed.at, feed.number, broken)
