"""What a campaign, a run and a chunk are."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.ids import CampaignId, GuestId, PropertyId, RunId, SegmentId, TemplateId
from chalicelib.canonical.snapshots import HUB_ID, HubId
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.messages.holds import UNASKED, Unasked
from chalicelib.messages.model import Template
from chalicelib.segments.model import Segment

PARTS = 16
"""A run is planned in this many parts, each a sixteenth of the guests' partitions."""
LARGEST_CHUNK = 50
"""Recipients of one bulk call."""


class Campaign(BaseModel):
    """A plan to send one template to one segment over one channel: in the name of a property, or else of the group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[CampaignId, HUB_ID]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    segment: Annotated[SegmentId, HUB_ID]
    template: Annotated[TemplateId, HUB_ID]
    message_class: Unasked = UNASKED
    channel: HubId = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None


class CampaignRow(BaseModel):
    """A campaign as it is kept: how often it was launched, and its last run.

    It is no `Definition`: what it says never changes, and `rev`, the lock, counts launches. One row holds both, so that
    a launch is one transaction.
    """

    model_config = ConfigDict(frozen=True)

    campaign: Campaign
    rev: int = 1
    launches: int = 0
    run: RunId | None = None

    def launched(self, run: RunId) -> "CampaignRow":
        return self.model_copy(update={"rev": self.rev + 1, "launches": self.launches + 1, "run": run})


class RunState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Run(BaseModel):
    """One launch of a campaign. `rev` is the lock.

    `queued` and `counted` say for each part how many of its chunks were queued, and how many in a row are done and
    summed into `counts`. `beat` numbers the pacer's messages: only the one with the run's own number paces. `percent`
    of SES's rate is used; it halves when SES throttles. Rows, and workers of before, call `counted` by its alias.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: RunId
    campaign: CampaignId
    state: RunState = RunState.ACTIVE
    reason: str = ""
    rev: int = 1
    at: Instant
    chunk_size: int = LARGEST_CHUNK
    segment_version: int
    template_version: int
    message_class: Unasked = UNASKED
    channel: str = DEFAULT_CHANNEL
    property_id: PropertyId | None = None
    queued: tuple[int, ...] = (0,) * PARTS
    counted: tuple[int, ...] = Field(default=(0,) * PARTS, alias="settled")
    counts: dict[str, int] = Field(default_factory=dict)
    beat: int = 0
    next_beat_at: Instant = Instant("")
    percent: int = 100
    throttles: int = 0
    throttles_seen: int = 0
    finished_at: Instant | None = None

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    def at_rev(self, rev: int) -> "Run":
        return self.model_copy(update={"rev": rev})

    def in_state(self, state: RunState, reason: str) -> "Run":
        return self.model_copy(update={"state": state, "reason": reason})

    def begun_again(self) -> "Run":
        """Whatever was queued and is not known to be done is to be queued again, by a new pacer."""
        return self.model_copy(update={"queued": self.counted, "beat": self.beat + 1})

    def summed(self, counted: tuple[int, ...], counts: Mapping[str, int]) -> "Run":
        return self.model_copy(update={"counted": counted, "counts": dict(counts)})

    def at_pace(self, percent: int) -> "Run":
        """All throttles that were counted so far are answered with this pace."""
        return self.model_copy(update={"percent": percent, "throttles_seen": self.throttles})

    def at_beat(self, beat: int, next_beat_at: Instant, queued: tuple[int, ...]) -> "Run":
        return self.model_copy(update={"beat": beat, "next_beat_at": next_beat_at, "queued": queued})

    def finished(self, state: RunState, at: Instant) -> "Run":
        return self.model_copy(update={"state": state, "finished_at": at})


class Content(BaseModel):
    """What a run was launched with; later edits do not reach it."""

    model_config = ConfigDict(frozen=True)

    segment: Segment
    template: Template


class Progress(BaseModel):
    """How far a part is planned: the partition within the part, the last guest looked at, and the chunks made."""

    model_config = ConfigDict(frozen=True)

    part: int
    rev: int = 0
    shard: int = 0
    after: GuestId | None = None
    chunks: int = 0
    candidates: int = 0
    done: bool = False

    def past(self, shard: int, guest: GuestId, *, candidates: int) -> "Progress":
        """All up to this guest were looked at, and so many more candidates found."""
        return self.model_copy(update={"shard": shard, "after": guest, "candidates": self.candidates + candidates})

    def at_end(self, *, candidates: int) -> "Progress":
        return self.model_copy(update={"done": True, "candidates": self.candidates + candidates})

    def saved(self, rev: int, chunks: int) -> "Progress":
        return self.model_copy(update={"rev": rev, "chunks": chunks})


class Chunk(BaseModel):
    """Some candidates of a run. `name` orders the chunks; once `done`, `decisions` has one code for each, for good."""

    model_config = ConfigDict(frozen=True)

    run: RunId
    name: str
    guests: tuple[GuestId, ...]
    done: bool = False
    decisions: tuple[str, ...] = ()


class Decision(BaseModel):
    """Why one candidate got the mail or not. `decision` is sent, unknown, lost, failed, held, or waiting."""

    model_config = ConfigDict(frozen=True)

    guest: GuestId
    decision: str
    reason: str = ""
    rule: str = ""


Counts = Mapping[str, int]
"""Candidates by code: sent, unknown, lost, failed, and each reason to hold."""
