"""Read, decide, write; and look again where somebody else wrote in between."""

import time
from collections.abc import Callable
from random import uniform
from typing import TypeVar

from chalicelib.aws.table import ConditionFailed, Contended
from chalicelib.canonical.errors import TryAgain

Result = TypeVar("Result")
TRIES = 8
FIRST_PAUSE = 0.04
"""Seconds that the first pause takes at most; each may be twice as long as the one before. Eight tries rest 5.1 seconds
at most, and half of that as a rule: who begins work has that much time left."""
rest: Callable[[float], None] = time.sleep


def until_written(attempt: Callable[[], Result], busy: str, tries: int = TRIES) -> Result:
    """What the first attempt returns beside which nobody wrote.

    An attempt reads, decides and writes with its conditions, and raises ConditionFailed where they did not hold, or
    Contended where another transaction was at work on its rows: who clicked in a mail does not come back for either.
    Between two attempts is a pause of random length: those who met at a row would else meet there again.
    Raises TryAgain with `busy` when others write all the time: the message comes back, or the caller asks again.
    """
    for at in range(tries):
        if at:
            rest(uniform(0, FIRST_PAUSE * 2 ** (at - 1)))  # noqa: S311 (a pause is no secret)
        try:
            return attempt()
        except (ConditionFailed, Contended):
            continue
    raise TryAgain(busy)
