"""The largest input of each key shape fits its row, whatever signs fill it; a shape without an entry here fails.

Where nothing ends the input (the hotels and legal entities of a chain) it is of 500 hotels, and what passes the row's
own end is refused before it is written (test_what_does_not_fit).
"""

import inspect
from functools import partial
from typing import get_args, get_type_hints

import pytest

from chalicelib.aws import (
    keys,
    keys_of_accounts,
    keys_of_audits,
    keys_of_erasures,
    keys_of_households,
    keys_of_imports,
    keys_of_members,
    keys_of_newcomers,
    keys_of_notes,
    keys_of_people,
    keys_of_registers,
    keys_of_tasks,
)
from chalicelib.aws.codec import item_size
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.aws.table import LARGEST_ROW
from tests.sizes import (
    rows_of_accounts,
    rows_of_guests,
    rows_of_newcomers,
    rows_of_tasks,
    rows_of_the_deployment,
    rows_of_work,
)
from tests.sizes.inputs import SIGNS, SIX, Rows

PAGES = (
    keys, keys_of_accounts, keys_of_audits, keys_of_erasures, keys_of_households, keys_of_imports, keys_of_members,
    keys_of_newcomers, keys_of_notes, keys_of_people, keys_of_registers, keys_of_tasks,
)  # fmt: skip
ROWS: Rows = {
    **rows_of_the_deployment.ROWS,
    **rows_of_guests.ROWS,
    **rows_of_work.ROWS,
    **rows_of_newcomers.ROWS,
    **rows_of_tasks.ROWS,
    **rows_of_accounts.ROWS,
}


def shapes() -> set[str]:
    """Everything in aws/keys.py and beside it that makes a key, and each partition that holds a whole kind without a
    function."""
    told = {name: each for module in PAGES for name, each in vars(module).items()}
    hints = {name: each for module in PAGES for name, each in get_type_hints(module).items()}
    made = {name for name, kind in hints.items() if get_args(kind)[-1:] == (Key,)}
    made |= {
        name for name, each in told.items() if inspect.isfunction(each) and get_type_hints(each).get("return") is Key
    }
    made |= {name for name, each in told.items() if isinstance(each, Key)}
    listed = {each.args[0] for each in told.values() if isinstance(each, partial)}
    kinds = {name for name, each in told.items() if name.isupper() and isinstance(each, str) and each == name}
    return {name for name in made if not name.startswith("_")} | {
        name for name in kinds if told[name] not in listed
    } - {"WAKE"}


def test_every_key_shape_has_its_largest_row_in_the_table() -> None:
    assert ROWS.keys() == shapes()


CASES = [(shape, by) for shape, its in ROWS.items() for by in (SIGNS if its.by else [""])]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("shape", "by"), CASES, ids=[" ".join(each) for each in CASES])
def test_the_largest_that_is_accepted_fits_its_row_and_is_as_large_as_it_is_said(
    shape: str, by: str, aws: Settings
) -> None:
    largest = ROWS[shape]
    size = item_size(largest.row(SIGNS[by or SIX]))
    assert size <= largest.size <= LARGEST_ROW
    if by == largest.by:
        assert size >= 0.6 * largest.size
