"""What a campaign, a run and a chunk are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from chalicelib.canonical.definitions import NOBODYS, Changed, Hand
from chalicelib.canonical.ids import CampaignId, ChannelName, GuestId, PropertyId, RunId, SegmentId, TemplateId
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.guests.stats import Days
from chalicelib.jobs.model import Part
from chalicelib.messages.holds import UNASKED, Unasked
from chalicelib.messages.model import Template
from chalicelib.segments.model import Segment
from chalicelib.settings.legal import TopicId

PARTS = 16
"""A run is planned in this many parts, each a sixteenth of the guests' partitions."""
MOST_EARLIER = 20
"""Runs whose guests a launch leaves out: each is one more read of every candidate."""
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
    channel: ChannelName = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    as_planned: bool = False
    """The plan stands: also who has left the segment by their turn is mailed."""
    topic: TopicId | None = None
    """What it is about: who does not want that is held."""


class CampaignRow(BaseModel):
    """A campaign as it is kept: how often it was launched, its last run, and the runs whose guests the next launch
    leaves out: all since the last one that was to reach everybody again.

    It is no `Definition`: its runs keep what they began with, and `rev`, the lock, counts launches and changes. One row
    holds both, so that a launch is one transaction.
    """

    model_config = ConfigDict(frozen=True)

    campaign: Campaign
    rev: int = 1
    launches: int = 0
    run: RunId | None = None
    runs: tuple[RunId, ...] = ()
    version: int = 1
    """Of what the campaign says: launches leave it as it is."""
    changed_at: Instant | None = None
    changed_by: str | None = None

    @property
    def changed(self) -> Changed:
        return Changed(self.version, self.changed_at, self.changed_by)

    def saying(self, campaign: Campaign, hand: Hand = NOBODYS) -> "CampaignRow":
        rev, version = self.rev + 1, self.version + 1
        return self.model_copy(
            update={
                "rev": rev,
                "campaign": campaign,
                "version": version,
                "changed_at": hand.at,
                "changed_by": hand.by,
            }
        )

    @property
    def earlier(self) -> tuple[RunId, ...]:
        """Earlier versions kept the last run alone."""
        return self.runs or ((self.run,) if self.run else ())

    def launched(self, run: RunId, *, again: bool = False) -> "CampaignRow":
        runs = (run,) if again else (*self.earlier, run)
        return self.model_copy(update={"rev": self.rev + 1, "launches": self.launches + 1, "run": run, "runs": runs})


class RunState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Run(BaseModel):
    """One launch of a campaign. `rev` is the lock. `counts` are kept with its end; before, its parts are summed up.

    `total` is how many candidates were planned so far, and all of them once it is `planned`. Who got the campaign with
    one of the `earlier` runs is left out. `instead_of` is a run whose lost mails this one sends again, to nobody else;
    `missed_by` is the run that does so.
    """

    model_config = ConfigDict(frozen=True)

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
    channel: ChannelName = DEFAULT_CHANNEL
    property_id: PropertyId | None = None
    singly: bool = False
    as_planned: bool = False
    topic: str | None = None
    earlier: tuple[RunId, ...] = ()
    instead_of: RunId | None = None
    missed_by: RunId | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    total: int = 0
    planned: bool = False
    finished_at: Instant | None = None

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    def at_rev(self, rev: int) -> "Run":
        return self.model_copy(update={"rev": rev})

    def in_state(self, state: RunState, reason: str) -> "Run":
        return self.model_copy(update={"state": state, "reason": reason})

    def begun_instead(self, run: RunId, at: Instant) -> "Run":
        """A run to those who missed this one's mail."""
        return Run(
            id=run,
            campaign=self.campaign,
            at=at,
            chunk_size=self.chunk_size,
            segment_version=self.segment_version,
            template_version=self.template_version,
            message_class=self.message_class,
            channel=self.channel,
            property_id=self.property_id,
            singly=self.singly,
            as_planned=self.as_planned,
            topic=self.topic,
            instead_of=self.id,
        )

    def mailed_again_by(self, run: RunId) -> "Run":
        return self.model_copy(update={"missed_by": run})

    def counted(self, counts: Mapping[str, int], total: int, *, planned: bool) -> "Run":
        return self.model_copy(update={"counts": dict(counts), "total": total, "planned": planned})

    def finished(self, counts: Mapping[str, int], at: Instant) -> "Run":
        state = RunState.CANCELLED if self.state is RunState.CANCELLED else RunState.FINISHED
        total = sum(counts.values())
        return self.model_copy(
            update={"state": state, "counts": dict(counts), "total": total, "planned": True, "finished_at": at}
        )


class Content(BaseModel):
    """What a run was launched with; later edits do not reach it."""

    model_config = ConfigDict(frozen=True)

    segment: Segment
    template: Template
    days: Days | None = None
    """Those of the launch, at each hotel: a run may last for many. None in what earlier versions kept."""

    def launched_on(self, days: Days) -> "Content":
        return self.model_copy(update={"days": days})

    def days_of(self, run: Run) -> Days:
        """The days from which a run's segment counts."""
        return self.days or Days(moment_of(run.at).date())


class Sent(NamedTuple):
    """How many of a part's chunks are done, and what became of their candidates, by code."""

    chunks: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class RunPart:
    """One part of a run: how far it is planned, queued and sent."""

    number: int
    plan: Part
    queued: int
    """Chunks that need no more queuing, in their order."""
    sent: Sent

    @property
    def planned(self) -> int:
        """Chunks that were made so far."""
        return self.plan.counted.get(CHUNKS, 0)

    @property
    def candidates(self) -> int:
        """Those in the chunks so far."""
        return self.plan.counted.get(CANDIDATES, 0)

    @property
    def is_over(self) -> bool:
        return self.plan.done and self.sent.chunks == self.planned


CHUNKS, CANDIDATES = "chunks", "candidates"
"""What planning counts."""


class Chunk(BaseModel):
    """Some candidates of a run. `name` orders the chunks; once `done`, `decisions` has one code for each, for good."""

    model_config = ConfigDict(frozen=True)

    run: RunId
    part: int
    number: int
    name: str
    guests: tuple[GuestId, ...]
    done: bool = False
    decisions: tuple[str, ...] = ()
    laws: dict[int, str] = {}
    """Of those that a country's rule or an objection held, which one, by their place among the guests."""


DECISIONS = ("sent", "unknown", "lost", "failed", "held", "waiting")


class Decision(BaseModel):
    """Why one candidate got the mail or not: of one that is held, the `reason` and its `rule` in words; of one that
    failed, SES's own reason. `law` is the country's rule by which it went or is held, such as `de.confirmed`, where one
    decided. `tracked` says of a mail whether it is followed who opens it and what is clicked: where it is not, nothing
    is known of either."""

    model_config = ConfigDict(frozen=True)

    guest: GuestId
    decision: Annotated[str, WithJsonSchema({"type": "string", "enum": [*DECISIONS]})]
    reason: str = ""
    rule: str = ""
    law: str = ""
    tracked: bool | None = None

    @property
    def is_made(self) -> bool:
        return self.decision != "waiting"


Counts = Mapping[str, int]
"""Candidates by code: sent, unknown, lost, failed, and each reason to hold."""
