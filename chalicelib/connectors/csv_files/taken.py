"""What of a row is kept: the cells of columns that stand for something, without card numbers and tokens; the others
never leave the file, for nobody knows what lies in them."""

import json
import re
from collections.abc import Sequence

from chalicelib.canonical.preferences import OFFERED
from chalicelib.connectors.csv_files.columns import ID_FIELDS, PREFERRED, Column
from chalicelib.connectors.csv_files.refused import FORMULA
from chalicelib.connectors.stripping import is_clean, strip

BETWEEN = re.compile(r"[;,|]")
UNKNOWN = "?"
"""Stands for a word that the hub has not for what somebody prefers."""
LONGEST_CELL = 2_000
"""Signs that are kept of one: more than any field may have, so that it is refused as too long."""


def taken(cells: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The cells of the columns that are taken, in their order; of a row that ends before, empty ones."""
    reached = [*cells, *[""] * (len(columns) - len(cells))]
    return [
        _cell(cell.strip(), column.field)
        for cell, column in zip(reached, columns, strict=False)
        if column.field is not None
    ]


def _cell(cell: str, field: str) -> str:
    return words_in(cell, field) if field.startswith(PREFERRED) else _plain(cell)[:LONGEST_CELL]


def words_in(cell: str, field: str) -> str:
    """Of what somebody prefers, the words that the hub has for it. What else stands there may be a diet or an illness,
    and never leaves the file: a sign tells that there was something."""
    offered = next((words for kind, words in OFFERED.items() if field == f"{PREFERRED}{kind}"), ())
    told = [each.strip().casefold().replace(" ", "_") for each in BETWEEN.split(cell) if each.strip()]
    return ";".join(dict.fromkeys(each if each in offered else UNKNOWN for each in told))


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a cell for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def scrubbed(rows: Sequence[list[str]], fields: Sequence[str]) -> list[list[str]]:
    """Rows of taken cells through the one scrubber; ids stay ids."""
    told = json.dumps(rows, ensure_ascii=False)
    if is_clean(told.encode("utf-8", "replace"), frozenset()):
        return list(rows)
    return [_scrubbed(row, fields) for row in rows]


def _scrubbed(row: Sequence[str], fields: Sequence[str]) -> list[str]:
    document = dict(zip(fields, row, strict=True))
    if is_clean(json.dumps(list(row), ensure_ascii=False).encode("utf-8", "replace"), frozenset()):
        return list(row)
    return [str(strip({name: cell}, frozenset(), ID_FIELDS).get(name, "")) for name, cell in document.items()]
