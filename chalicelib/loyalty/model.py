"""What a programme, an account and a ledger entry are."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.snapshots import Channel, Currency, HubId

Rate = Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,4})?$")]
"""Points per major currency unit, as a decimal text: no float ever decides money."""


class Terms(BaseModel):
    """What stays earn that end on or after `effective_from`, until the next terms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points_per_unit: Annotated[dict[Currency, Rate], Field(max_length=200)] = Field(default_factory=dict)
    excluded_channels: Annotated[tuple[Channel, ...], Field(max_length=len(Channel))] = (Channel.OTA,)
    auto_enrol: bool = False
    effective_from: date | None = None
    """Left out: from the programme's start, or, for a change of a programme, from tomorrow."""


class Program(Terms):
    """One loyalty scheme: its newest terms and those before, which the hub keeps.

    A stay is priced by the terms of the day it ended, whenever the ledger is brought up to date: a new rate never
    changes what was earned before. `version` grows with every change, so that entries name the rule they came from.
    """

    id: HubId
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    starts_on: date = date(1970, 1, 1)
    """Stays that end before this day earn nothing."""
    version: Annotated[int, Field(ge=0)] = 0
    earlier: Annotated[tuple[Terms, ...], Field(max_length=50)] = ()
    """Terms before the newest, oldest first; what a caller writes here is passed over."""

    def terms(self) -> Terms:
        """The newest terms alone."""
        return Terms.model_validate({name: getattr(self, name) for name in Terms.model_fields})

    def terms_at(self, day: date) -> Terms | None:
        """The terms of a stay that ended on this day; None before the first."""
        valid = [each for each in (*self.earlier, self.terms()) if (each.effective_from or self.starts_on) <= day]
        return valid[-1] if valid else None


class Reason(StrEnum):
    """Why a stay earned what it earned."""

    EARNED = "earned"
    NOT_COMPLETED = "not_completed"
    UNNAMED_OCCUPANT = "unnamed_occupant"
    CHANNEL_EXCLUDED = "channel_excluded"
    NO_RATE = "no_rate"
    NO_ROOM_REVENUE = "no_room_revenue"
    NOT_OWN_FOLIO = "not_own_folio"
    ROUNDS_TO_ZERO = "rounds_to_zero"
    BEFORE_START = "before_start"
    NOT_ENROLLED = "not_enrolled"


class Account(BaseModel):
    """A leaf's points in one programme. A guest is a member when one of its leaves was enrolled."""

    model_config = ConfigDict(frozen=True)

    leaf: str
    program: str
    balance: int = 0
    enrolled_at: str | None = None
    earns_from: date | None = None
    number: str | None = None
    rev: int = 0


class Entry(BaseModel):
    """One line of the ledger; `points` is the difference that this entry made."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: str
    points: int
    reason: Reason
    reservation: str
    property_id: str
    rule_version: int
    stay_version: int
