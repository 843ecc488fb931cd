"""Every case, or with `pytest --quick` (`make test`) a spread of them: `make check` tries all."""

from collections.abc import Collection, Sequence
from typing import Final, TypeVar

Case = TypeVar("Case")
ONE_OF: Final = 5
"""So many cases stand for one that `--quick` tries."""
EXAMPLES_OF: Final = 10
"""So many examples of Hypothesis do."""


class Thoroughness:
    """Set from the command line before any test is collected."""

    is_quick = False


def some_of(cases: Sequence[Case]) -> Sequence[Case]:
    """All cases; with `--quick` the first, the last and every fifth between."""
    if not Thoroughness.is_quick:
        return cases
    return [case for at, case in enumerate(cases) if at % ONE_OF == 0 or at == len(cases) - 1]


def is_left_out(case: str, quick: Collection[str]) -> bool:
    """Whether a case is for `make check` alone: where each costs seconds, a test names those of `--quick`, if any."""
    return Thoroughness.is_quick and case not in quick


def examples(number: int) -> int:
    """How many examples Hypothesis tries of a property that is worth `number`."""
    return max(1, number // EXAMPLES_OF) if Thoroughness.is_quick else number


def shorter(length: int) -> int:
    """How long a history is that is worth `length`."""
    return max(1, length // ONE_OF) if Thoroughness.is_quick else length
