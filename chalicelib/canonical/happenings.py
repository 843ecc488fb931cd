"""What happened to a guest, as each capability tells it and the timeline lists it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from chalicelib.canonical.ids import ControllerId, Leaf, Scope

What_co = TypeVar("What_co", covariant=True)


@dataclass(frozen=True)
class Happening(Generic[What_co]):
    """One line of a guest's history, told through one of the guest's leaves.

    `at` is an instant, or for stays the day of arrival: as text both sort by time. `property_id` is the hotel whose
    keys may see it, `controller` the legal entity whose hotels' keys may; None is for everyone who may see the guest.
    """

    at: str
    id: str
    leaf: Leaf
    what: What_co
    property_id: Scope | None = None
    controller: ControllerId | None = None

    @property
    def position(self) -> str:
        """Where it stands in time, without a tie: no two happenings of a guest share one."""
        return f"{self.at}#{self.id}"

    def is_before(self, position: str | None) -> bool:
        return position is None or self.position < position


Source: TypeAlias = Callable[[Leaf, str | None, int], Iterator[Happening[object]]]
"""(leaf, before, limit) → what happened through the leaf before that position, newest first. It is read as far as it
is asked for, `limit` rows at a time."""
