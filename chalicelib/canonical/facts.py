"""Facts: what the hub announces. A fact is a wake-up; it holds ids, dates, codes and amounts, never personal data."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.ids import FACT, Leaf, PropertyId, stable_id
from chalicelib.canonical.time import Instant


class FactType(StrEnum):
    RESERVATION_BOOKED = "ReservationBooked"
    RESERVATION_CHANGED = "ReservationChanged"
    RESERVATION_CANCELLED = "ReservationCancelled"
    GUEST_CHECKED_IN = "GuestCheckedIn"
    STAY_COMPLETED = "StayCompleted"
    STAY_REOPENED = "StayReopened"
    NO_SHOW_RECORDED = "NoShowRecorded"
    GUEST_CHANGED = "GuestChanged"
    MEMBER_NUMBER_CHANGED = "MemberNumberChanged"
    GUEST_MERGED = "GuestMerged"
    GUEST_UNMERGED = "GuestUnmerged"
    GUEST_ERASED = "GuestErased"
    CONSENT_CHANGED = "ConsentChanged"
    POINTS_AWARDED = "PointsAwarded"
    POINTS_REVERSED = "PointsReversed"
    MESSAGE_CLICKED = "MessageClicked"
    MESSAGE_BOUNCED = "MessageBounced"
    MESSAGE_COMPLAINED = "MessageComplained"


class Fact(BaseModel):
    """One announcement.

    `subject` is the id of what it is about (a reservation, a guest), `subject_version` that thing's version when it was
    written; the id follows from both and the type, so an announcement repeated after a crash is the same announcement.
    """

    model_config = ConfigDict(frozen=True)

    type: FactType
    subject: str
    subject_version: str
    occurred_at: Instant
    correlation_id: str = ""
    backfill: bool = False
    leaf: Leaf | None = None
    property_id: PropertyId | None = None

    @property
    def fact_id(self) -> str:
        return stable_id(FACT, self.subject, self.subject_version, self.type)
