"""What a write costs in the indexes, by the developer guide's rules."""

import pytest

from chalicelib.aws import indexes, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key


def row(pk1: str | None = "a", sk1: str = "1", projected: str = "x", **more: str) -> Item:
    entry = {"pk1": pk1, "sk1": sk1} if pk1 else {}
    return table.row(Key("here", "row"), projected=projected, **entry, **more)


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, row(), 1),
        (row(), None, 1),
        (row(), row(), 0),
        (row(), row(stay="changed"), 0),
        (row(), row(projected="y"), 1),
        (row(), row("b"), 2),
        (row(), row(sk1="2"), 2),
        (row(), row(None), 1),
        (row(None), row(None, projected="y"), 0),
        (None, None, 0),
        (None, row(pk2="b", sk2="1"), 2),
        (row(projected="x" * 1500), row(projected="y"), 2),
    ],
)
def test_an_entry_is_billed_when_it_is_made_changed_or_removed(
    before: Item | None, after: Item | None, units: int
) -> None:
    assert indexes.units(before, after) == units
