"""What people define and change: a document with an id, and a version that grows with every change."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import Instant


class Definition(BaseModel):
    """A document of a closed shape. What works with one pins the version that it began with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    version: Annotated[int, Field(ge=0)] = 0

    def at_version(self, version: int) -> Self:
        return self.model_copy(update={"version": version})


@dataclass(frozen=True)
class Hand:
    """Who changes something (`key k3f1c`, `staff a77b0`), when, and which version they saw; None asks for none."""

    by: str | None = None
    at: Instant | None = None
    seen: int | None = None


NOBODYS = Hand()


class Changed(NamedTuple):
    """The version that is kept, and by whose hand; of what was kept before that was remembered only the version."""

    version: int
    at: Instant | None = None
    by: str | None = None

    def __str__(self) -> str:
        when, who = f", changed at {self.at}" if self.at else "", f" by {self.by}" if self.by else ""
        return f"version {self.version} is kept now{when}{who}"


class Stale(Conflict):
    """What was seen is not what is kept."""

    def __init__(self, called: str, seen: int, kept: Changed) -> None:
        super().__init__(f"You saw version {seen} of {called}; {kept}.")
        self.kept = kept


def refuse_stale(called: str, hand: Hand, kept: Changed) -> None:
    """Raises Stale for who saw another version than the one that is kept (0: nothing is kept)."""
    if hand.seen is not None and hand.seen != kept.version:
        raise Stale(called, hand.seen, kept)
