"""What of a row is kept: the cells of columns that stand for something, without card numbers and tokens; the others
never leave the file, for nobody knows what lies in them."""

import json
from collections.abc import Sequence

from chalicelib.connectors.csv_files.columns import ID_FIELDS, Column
from chalicelib.connectors.csv_files.refused import FORMULA
from chalicelib.connectors.stripping import is_clean, strip

LONGEST_CELL = 2_000
"""Signs that are kept of one: more than any field may have, so that it is refused as too long."""


def taken(cells: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The cells of the columns that are taken, in their order; of a row that ends before, empty ones."""
    reached = [*cells, *[""] * (len(columns) - len(cells))]
    return [
        _plain(cell.strip())[:LONGEST_CELL]
        for cell, column in zip(reached, columns, strict=False)
        if column.field is not None
    ]


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
