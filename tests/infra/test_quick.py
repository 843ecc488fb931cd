"""What `make test` leaves to `make check`: of orders and crashes never all; of what costs seconds what a test says."""

from itertools import pairwise

import pytest

from tests.exhaustive import Thoroughness, examples, is_left_out, shorter, some_of


@pytest.mark.parametrize("number", range(1, 30))
def test_a_spread_has_the_first_and_the_last_case_and_no_gap_of_five(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = list(range(number))
    monkeypatch.setattr(Thoroughness, "is_quick", True)
    tried = some_of(cases)
    assert (tried[0], tried[-1]) == (cases[0], cases[-1])
    assert all(later - earlier <= 5 for earlier, later in pairwise(tried))
    assert 1 <= examples(number) <= shorter(number) <= number


def test_without_quick_every_case_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Thoroughness, "is_quick", False)
    assert (some_of("abcdefgh"), examples(150), shorter(500)) == ("abcdefgh", 150, 500)


def test_where_cases_are_named_only_those_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Thoroughness, "is_quick", True)
    assert [is_left_out(case, ("a", "c")) for case in "abc"] == [False, True, False]
    monkeypatch.setattr(Thoroughness, "is_quick", False)
    assert not is_left_out("b", ("a", "c"))
