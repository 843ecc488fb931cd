"""Read, decide, write; and look again where somebody else wrote in between."""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.aws.table import ConditionFailed, Contended
from chalicelib.canonical.errors import TryAgain

Result = TypeVar("Result")
TRIES = 5


def until_written(attempt: Callable[[], Result], busy: str, tries: int = TRIES) -> Result:
    """What the first attempt returns beside which nobody wrote.

    An attempt reads, decides and writes with its conditions, and raises ConditionFailed where they did not hold, or
    Contended where another transaction was at work on its rows: who clicked in a mail does not come back for either.
    Raises TryAgain with `busy` when others write all the time: the message comes back, or the caller asks again.
    """
    for _ in range(tries):
        try:
            return attempt()
        except (ConditionFailed, Contended):
            continue
    raise TryAgain(busy)
