"""Several deeds of which none may cost another its turn."""

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

Done = TypeVar("Done")


class Turns:
    """A failure of one deed is raised when all had their turn: at the end of the block, the first of them.

    with Turns() as turns:
        for deed in deeds:
            turns.take(deed)
    """

    def __init__(self) -> None:
        self._failures: list[Exception] = []

    def __enter__(self) -> Self:
        return self

    def take(self, deed: Callable[[], Done]) -> Done | None:
        """What the deed returned; None for one that failed."""
        try:
            return deed()
        except Exception as failure:  # noqa: BLE001 (whatever it is: it is raised when all had their turn)
            self._failures.append(failure)
            return None

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        if raised is None and self._failures:
            raise self._failures[0]
