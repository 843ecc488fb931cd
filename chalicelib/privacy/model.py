"""What is kept of an erasure: ids, amounts and dates, and nothing of the person."""

from collections.abc import Collection
from datetime import date, timedelta

from pydantic import Field

from chalicelib.canonical.ids import (
    ConnectionId,
    ErasureId,
    GuestId,
    Leaf,
    ProgramId,
    PropertyId,
    ReservationId,
)
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import WhyErased
from chalicelib.guests.kept import Kept


class Holder(Kept):
    """A source that holds the person still, by the ids of its profiles; none where it has none. That it was told to let
    go is a task: `done_at` is when somebody said that it is done."""

    source: ConnectionId
    source_ids: tuple[str, ...] = ()
    done_at: Instant | None = None
    done_by: str | None = None

    def settled(self, at: Instant, by: str) -> "Holder":
        return self if self.done_at else self.model_copy(update={"done_at": at, "done_by": by})

    def holding(self, more: tuple[str, ...]) -> "Holder":
        return self.model_copy(update={"source_ids": tuple(sorted({*self.source_ids, *more}))})

    def without(self, ids: Collection[str]) -> "Holder | None":
        """None where it holds nothing else."""
        left = tuple(each for each in self.source_ids if each not in ids)
        return self.model_copy(update={"source_ids": left}) if left or not self.source_ids else None

    def reopened(self) -> "Holder":
        return self.model_copy(update={"done_at": None, "done_by": None})


class StayAhead(Kept):
    """A reservation that was not over: the hotel serves it from its own system."""

    reservation: ReservationId
    property_id: PropertyId
    arrival: date
    departure: date


class Erased(Kept):
    """One erasure. `points` are those that are forfeited, by programme; `is_done` says that nothing is left to do here:
    until then the tick goes on with it, and whoever asks again. `within` are the hotels whose people asked, who erase
    no record that other hotels know; None for the group's. `months` without a sign of life are why it is done: who
    gives one before is not erased; None where nothing is to be looked at."""

    id: ErasureId
    guest: GuestId
    leaves: tuple[Leaf, ...]
    at: Instant
    actor: str
    within: tuple[PropertyId, ...] | None = None
    why: WhyErased = "asked"
    months: int | None = None
    properties: tuple[PropertyId, ...] = ()
    points: dict[ProgramId, int] = Field(default_factory=dict)
    stays_ahead: tuple[StayAhead, ...] = ()
    holders: tuple[Holder, ...] = ()
    is_done: bool = False

    def widened(
        self,
        leaves: tuple[Leaf, ...],
        holders: tuple[Holder, ...],
        hotels: Collection[PropertyId],
        stays_ahead: tuple[StayAhead, ...],
    ) -> "Erased":
        """With records that came to the guest while it was asked for. It is theirs, too, whose hotels these are of."""
        properties, ahead = tuple(sorted({*self.properties, *hotels})), self.stays_ahead + stays_ahead
        return self.model_copy(
            update={"leaves": leaves, "holders": holders, "properties": properties, "stays_ahead": ahead}
        )

    def holding(self, holders: tuple[Holder, ...], stays_ahead: tuple[StayAhead, ...]) -> "Erased":
        return self.model_copy(update={"holders": holders, "stays_ahead": stays_ahead})

    def without(self, leaves: Collection[Leaf]) -> "Erased":
        """Of which other hotels came to know while it was asked for."""
        return self.model_copy(update={"leaves": tuple(each for each in self.leaves if each not in leaves)})

    def may_take(self, hotels: Collection[PropertyId]) -> bool:
        """A record that these hotels know."""
        return self.within is None or set(self.within).issuperset(hotels)

    def done(self) -> "Erased":
        return self.model_copy(update={"is_done": True})

    def with_holder(self, holder: Holder) -> "Erased":
        holders = tuple(holder if each.source == holder.source else each for each in self.holders)
        return self.model_copy(update={"holders": holders})


KEPT_FOR = {
    "repeated_requests": timedelta(days=1),
    "raw_notices": timedelta(days=30),
    "dead_letters": timedelta(days=14),
    "unconfirmed_signups": timedelta(days=7),
    "backups": timedelta(days=35),
    "objections": timedelta(days=40),
    "audit": timedelta(days=400),
}
"""What goes by itself, and after how long at most."""
KEPT = {
    "stays": "Dates, hotel and amounts, for the books; nobody is named with them.",
    "ledger": "What was given and taken, so that it adds up; nobody is named with it.",
    "consents": "That something was agreed to or not, and when, without what proved it: it answers who complains.",
    "tombs": "Keyed digests of addresses, numbers and profile ids, so that the person does not come back.",
}
"""What stays without the person, and why."""
