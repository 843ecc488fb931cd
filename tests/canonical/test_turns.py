"""Deeds of which none may cost another its turn."""

from collections.abc import Callable

import pytest

from chalicelib.canonical.turns import Turns


def _fail(with_what: str) -> int:
    raise ValueError(with_what)


def _each(deeds: list[Callable[[], int]], into: list[int | None], at_the_end: Callable[[], object] = list) -> None:
    with Turns() as turns:
        into += [turns.take(deed) for deed in deeds]
        at_the_end()


def test_one_that_fails_costs_no_other_its_turn_and_the_first_failure_is_raised_at_the_end() -> None:
    done: list[int | None] = []
    with pytest.raises(ValueError, match="first"):
        _each([lambda: 1, lambda: _fail("first"), lambda: _fail("second"), lambda: 2], done)
    assert done == [1, None, None, 2]


def test_what_the_block_itself_raises_goes_before() -> None:
    with pytest.raises(KeyError):
        _each([lambda: _fail("kept")], [], at_the_end=dict[str, int]().popitem)


def test_deeds_that_all_succeed_raise_nothing() -> None:
    done: list[int | None] = []
    _each([lambda: 1, lambda: 2], done)
    assert done == [1, 2]
