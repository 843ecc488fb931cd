"""Crash a piece of work before or after each of its AWS calls, and see what a redelivery makes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.client import BaseClient

Moment = Literal["before", "after"]


class Crash(BaseException):
    """The process is gone: nothing may catch this and go on."""


@dataclass(frozen=True)
class Point:
    """One place to crash at: before or after the `at`-th call (from 0); `operation` is what that call was."""

    at: int
    moment: Moment
    operation: str

    def __str__(self) -> str:
        return f"{self.moment} call {self.at} ({self.operation})"


@dataclass
class Calls:
    """The operations that were asked for, in order."""

    made: list[str] = field(default_factory=list)


@contextmanager
def watching(
    before: Callable[[int], None] | None = None, after: Callable[[int], None] | None = None
) -> Iterator[Calls]:
    """See every AWS call that any client makes; `before` and `after` get its number and may raise."""
    calls = Calls()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's own funnel of every call

    def watched(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        number = len(calls.made)
        calls.made.append(operation)
        if before:
            before(number)
        answer = call(self, operation, arguments)
        if after:
            after(number)
        return answer

    BaseClient._make_api_call = watched  # type: ignore[attr-defined]
    try:
        yield calls
    finally:
        BaseClient._make_api_call = call  # type: ignore[attr-defined]


READS = ("Get", "BatchGet", "Query", "List", "Describe")


def points_of(act: Callable[[], object]) -> list[Point]:
    """Do the work undisturbed, and name every point at which it could have crashed.

    After a read nothing outside the process has changed: that is the same crash as before the next call.
    """
    with watching() as calls:
        act()
    points = []
    for at, operation in enumerate(calls.made):
        points.append(Point(at, "before", operation))
        if not operation.startswith(READS):
            points.append(Point(at, "after", operation))
    return points


def crash_at(point: Point, act: Callable[[], object]) -> bool:
    """Do the work up to the point; False when it ended before it came there."""

    def crash(number: int) -> None:
        if number == point.at:
            raise Crash(str(point))

    hooks = {point.moment: crash}
    try:
        with watching(before=hooks.get("before"), after=hooks.get("after")):
            act()
    except Crash:
        return True
    return False


def beside(number: int, act: Callable[[], object], other: Callable[[], object]) -> bool:
    """Do `other` as a whole just before one call of `act`; False where there is no such call."""
    met: list[int] = []

    def meanwhile(made: int) -> None:
        if made == number and not met:
            met.append(made)
            other()

    with watching(before=meanwhile):
        act()
    return bool(met)
