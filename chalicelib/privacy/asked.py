"""What a person may ask for about their data, by when it is answered, and what became of it. Pure.

An entry holds ids, codes and dates alone, so that it says nothing of somebody who was erased since.
"""

from datetime import date
from typing import Literal

from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import ErasureId, GuestId, PropertyId, RequestId
from chalicelib.canonical.time import Instant, months_later
from chalicelib.guests.kept import Kept

Kind = Literal["access", "erasure", "rectification", "restriction", "objection"]
"""Articles 15, 17, 16, 18 and 21 of the GDPR."""
Identity = Literal["document_seen", "mailbox_confirmed", "booking_details", "known_in_person", "representative"]
"""How it was made sure who asks."""
Delay = Literal["complexity", "many_requests"]
"""Why two months more are taken: article 12(3) knows no other reasons."""
Outcome = Literal["fulfilled", "partly", "refused", "withdrawn"]
Refusal = Literal["not_identified", "unfounded", "excessive", "kept_by_law", "nothing_held"]
MONTHS, MONTHS_MORE = 1, 2


class Request(Kept):
    """One entry of the register. `received_on` is when it reached the company, from which the month runs; `properties`
    are the hotels of who noted it at which the guest is known. `exported_at` and `erasure` are what was done about it
    here."""

    id: RequestId
    kind: Kind
    guest: GuestId
    received_on: date
    noted_at: Instant
    noted_by: str
    properties: tuple[PropertyId, ...] = ()
    identity: Identity | None = None
    extended_for: Delay | None = None
    extended_at: Instant | None = None
    exported_at: Instant | None = None
    exported_by: str | None = None
    erasure: ErasureId | None = None
    outcome: Outcome | None = None
    refused_for: Refusal | None = None
    closed_at: Instant | None = None
    closed_by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    @property
    def due_on(self) -> date:
        """The last day on which it can be answered: that of the same number one month, or three, after it came."""
        return months_later(self.received_on, MONTHS + (MONTHS_MORE if self.extended_for else 0))

    def is_overdue(self, today: date) -> bool:
        return self.is_open and today > self.due_on

    def identified(self, how: Identity) -> "Request":
        """Raises Invalid once it is closed: what was decided rests on how it was."""
        if how != self.identity:
            self._refuse_when_closed("identity")
        return self.model_copy(update={"identity": how})

    def extended(self, why: Delay, at: Instant, today: date) -> "Request":
        """Raises Conflict once the first month is over: by then the person was to be told; Invalid once it is
        closed."""
        if self.extended_for == why:
            return self
        self._refuse_when_closed("extended_for")
        if self.extended_for:
            raise Conflict("It was extended once, and cannot be again.")
        if today > self.due_on:
            raise Conflict("The month is over: an extension had to be told to the person within it.")
        return self.model_copy(update={"extended_for": why, "extended_at": at})

    def exported(self, by: str, at: Instant) -> "Request":
        """The first time counts."""
        return self if self.exported_at else self.model_copy(update={"exported_at": at, "exported_by": by})

    def carried_out_by(self, erasure: ErasureId) -> "Request":
        return self if self.erasure else self.model_copy(update={"erasure": erasure})

    def closed(self, outcome: Outcome, why: Refusal | None, by: str, at: Instant) -> "Request":
        """Raises Invalid, which names the field, for an outcome that cannot be, and Conflict for another one."""
        if (outcome, why) == (self.outcome, self.refused_for):
            return self
        if not self.is_open:
            raise Conflict("It is closed already.")
        if fault := self._fault(outcome, why):
            raise Invalid(fault)
        return self.model_copy(update={"outcome": outcome, "refused_for": why, "closed_at": at, "closed_by": by})

    def _refuse_when_closed(self, field: str) -> None:
        if not self.is_open:
            raise Invalid(FieldError(field, "cannot be changed any more: the request is closed"))

    def _fault(self, outcome: Outcome, why: Refusal | None) -> FieldError | None:
        is_granted = outcome in {"fulfilled", "partly"}
        if (outcome in {"refused", "partly"}) != (why is not None):
            return FieldError("refused_for", "is told where something is refused, and only there")
        if is_granted and self.identity is None:
            return FieldError("identity", "is told before anything is granted: how it was made sure who asks")
        if outcome == "fulfilled" and self.kind == "access" and self.exported_at is None:
            return FieldError("outcome", "nothing was exported for this request yet")
        if outcome == "fulfilled" and self.kind == "erasure" and self.erasure is None:
            return FieldError("outcome", "the guest was not erased yet")
        return None
