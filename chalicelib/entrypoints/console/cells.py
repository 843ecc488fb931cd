"""The cells of a table's row, each with what its column is called.

On a phone a row is a card: there are no columns to stand under, and nothing is pushed sideways. The words are shown by
the sheet, beside each cell that has something in it.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

CELL = re.compile(r"<t([dh])\b")
"""Only a template makes one: what somebody is called is escaped."""


def under(cells: "Markup", headings: Sequence[str]) -> "Markup":
    """The first cell, which says what the row is of, and those without a heading are left as they are."""
    names = iter(headings)

    def named(found: re.Match[str]) -> str:
        name = next(names, "")
        return f'{found[0]} data-h="{escape(name)}"' if name and found[1] == "d" else found[0]

    return type(cells)(CELL.sub(named, cells))
