"""Every case, or with `pytest --quick` (`make test`) a spread of them: `make check` tries all."""

from collections.abc import Sequence
from typing import Final, TypeVar

Case = TypeVar("Case")
ONE_OF: Final = 5
"""So many cases stand for one that `--quick` tries."""


class Thoroughness:
    """Set from the command line before any test is collected."""

    is_quick = False


def some_of(cases: Sequence[Case]) -> Sequence[Case]:
    """All cases; with `--quick` the first, the last and every fifth between."""
    if not Thoroughness.is_quick:
        return cases
    return [case for at, case in enumerate(cases) if at % ONE_OF == 0 or at == len(cases) - 1]


def examples(number: int) -> int:
    """How many examples Hypothesis tries of a property that is worth `number`."""
    return max(1, number // ONE_OF) if Thoroughness.is_quick else number
