"""Rows that were not taken, as a file: each with its line, its column and why, and its cells as they were."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
OWN = ("line", "column", "reason")


class Refused(NamedTuple):
    """`column` is the heading, "" for the row as a whole."""

    line: int
    column: str
    reason: str
    cells: tuple[str, ...]


def as_csv(headers: Sequence[str], rows: Iterable[Refused]) -> str:
    """UTF-8 text with a mark at its beginning, by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*OWN, *map(harmless, headers)])
    for each in rows:
        told = (str(each.line), each.column, each.reason, *each.cells)
        writer.writerow([harmless(cell) for cell in told])
    return f"\ufeff{out.getvalue()}"


def harmless(cell: str) -> str:
    """With an apostrophe before what would be a formula; without zero bytes and halves of signs."""
    plain = cell.replace("\0", "").encode("utf-8", "replace").decode()
    return f"'{plain}" if plain.startswith(FORMULA) else plain
