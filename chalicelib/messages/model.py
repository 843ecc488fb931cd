"""What a template, a decision and a message are."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.snapshots import HubId
from chalicelib.consent.model import KEPT_SENDS

MessageClass = Literal["marketing"]


class Template(BaseModel):
    """Reusable content in Liquid. `version` grows with every change; a run pins the one it was launched with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    html: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=30_000)]
    version: Annotated[int, Field(ge=0)] = 0


class Deployment(BaseModel):
    """What the hotel company set for all its mail. At most `cap_mails` in `cap_days` days: none, where that is 0."""

    model_config = ConfigDict(frozen=True)

    public_url: str = ""
    sender: str = ""
    postal_address: str = ""
    cap_mails: Annotated[int, Field(ge=0, le=KEPT_SENDS)] = 3
    cap_days: int = 7
    pace_seconds: int = 15


class Reason(StrEnum):
    """Why a candidate gets no mail."""

    ERASED = "erased"
    RESTRICTED = "restricted"
    NO_ADDRESS = "no_address"
    SUPPRESSED_COMPLAINT = "suppressed_complaint"
    SUPPRESSED_BOUNCE = "suppressed_bounce"
    NO_CONSENT = "no_consent"
    WITHDRAWN = "withdrawn"
    OPEN_CASE = "open_case"
    FREQUENCY_CAP = "frequency_cap"
    ALREADY_SENT = "already_sent"
    MERGED_AWAY = "merged_away"
    TOO_MANY_RECORDS = "too_many_records"
    MISSING_VARIABLE = "missing_variable"
    RENDERING_FAILED = "rendering_failed"
    RUN_CANCELLED = "run_cancelled"


RULES = {
    Reason.ERASED: "The guest was erased.",
    Reason.RESTRICTED: "Use of the guest's profile is restricted.",
    Reason.NO_ADDRESS: "The guest has no e-mail address of their own that mail can reach.",
    Reason.SUPPRESSED_COMPLAINT: "Somebody at this address reported a mail as unwanted.",
    Reason.SUPPRESSED_BOUNCE: "Mail to this address came back for good.",
    Reason.NO_CONSENT: "The guest never agreed to marketing mail.",
    Reason.WITHDRAWN: "The guest does not want marketing mail any more.",
    Reason.OPEN_CASE: "A complaint of the guest is still open.",
    Reason.FREQUENCY_CAP: "The guest already got as many marketing mails as the cap allows for its days.",
    Reason.ALREADY_SENT: "The guest got this mail under another of their records.",
    Reason.MERGED_AWAY: "The record belongs to no guest any more.",
    Reason.TOO_MANY_RECORDS: "The guest has more records than one claim can be checked against.",
    Reason.MISSING_VARIABLE: "The template uses a value that is not known of this guest, without a default.",
    Reason.RENDERING_FAILED: "The template could not be filled in for this guest.",
    Reason.RUN_CANCELLED: "The run was cancelled before this guest's turn.",
}
"""The rule behind each reason, as a marketer reads it."""


class State(StrEnum):
    """CLAIMED without an outcome is shown as unknown: it is settled by SES's events, and never sent again."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"


ShownState = Literal["sent", "failed", "unknown", "lost"]
"""As others see it. LOST is an unknown one of which SES has told nothing for long."""


class Message(BaseModel):
    """The claim of one send, its outcome, and what became of the mail.

    `origin` is the piece of work that claimed it and `candidate` the id it was claimed for: a redelivery knows its own.
    `bounced_at` is a permanent bounce, `soft_bounced_at` any other.
    """

    model_config = ConfigDict(frozen=True)

    guest: str
    occasion: str
    claim: str
    campaign: str
    origin: str
    candidate: str
    address: str
    at: str
    state: State = State.CLAIMED
    reason: str | None = None
    ses_id: str | None = None
    delivered_at: str | None = None
    opened_at: str | None = None
    clicked_at: str | None = None
    bounced_at: str | None = None
    soft_bounced_at: str | None = None
    complained_at: str | None = None


class Outcome(BaseModel):
    """The one decision about a candidate, and how it ended. AGAIN is not decided yet: it must come again."""

    model_config = ConfigDict(frozen=True)

    code: Literal[ShownState, "held", "again"]
    reason: str = ""


AGAIN = Outcome(code="again")


class Occasion(BaseModel):
    """What a guest may be mailed for once, with all that a mail needs."""

    model_config = ConfigDict(frozen=True)

    id: str
    campaign: str
    origin: str
    message_class: MessageClass = "marketing"
    template: Template
    deployment: Deployment
