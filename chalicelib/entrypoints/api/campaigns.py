"""/v1/campaigns: one message plan to one segment, its runs, and why each guest got the mail or did not."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.campaigns import actions
from chalicelib.campaigns import decisions as decided
from chalicelib.campaigns.model import Campaign, CampaignRow, Decision, Run, RunState
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.ids import CampaignId, PropertyId, RunId, SegmentId, TemplateId, stable_id
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.entrypoints.api.answers import KnownChannel, Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.messages.holds import UNASKED, Unasked


class CampaignAsked(BaseModel):
    """A new campaign; without an `id` it gets one. With a `property_id` its mails carry that hotel's names, and need
    consent given to the legal entity that answers there; without one they are the group's. Who has left the segment by
    their turn is held, unless `as_planned` says that the plan stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[CampaignId, HUB_ID] | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    segment: Annotated[SegmentId, HUB_ID]
    template: Annotated[TemplateId, HUB_ID]
    message_class: Unasked = UNASKED
    channel: KnownChannel = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    as_planned: bool = False


class CampaignChange(BaseModel):
    """What of a campaign is to be another for its next runs; what is left out stays. `launches` and `run`, which an
    answer has, are passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[CampaignId, HUB_ID]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    segment: Annotated[SegmentId, HUB_ID] = SegmentId("")
    template: Annotated[TemplateId, HUB_ID] = TemplateId("")
    message_class: Unasked = UNASKED
    channel: KnownChannel = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    as_planned: bool = False
    launches: int | None = None
    run: "RunShown | None" = None


class RunShown(Shown):
    """One launch. `counts` are candidates by outcome, as the decisions are at this moment: sent, unknown, lost, failed,
    and each reason to hold; `total` are all candidates that were planned so far, and once it is `planned`, all there
    will be. Who is in no count has no decision yet. `instead_of` is the run whose lost mails it sends again."""

    id: str
    state: RunState
    reason: str
    at: Instant
    finished_at: Instant | None
    segment_version: int
    template_version: int
    instead_of: RunId | None
    total: int
    planned: bool
    counts: dict[str, int]


RISK = (
    "SES took these mails, or may have, and never told what became of them. One that arrived all the same is followed "
    "by a second one. Whoever is heard of before their turn is left out."
)


class MissedShown(Shown):
    """A run to those whose mail of an earlier run is lost, and what that risks."""

    run: "RunShown"
    instead_of: RunId
    risk: str


class CampaignShown(Shown):
    """A campaign, how often it was launched, and its last run."""

    id: str
    name: str
    segment: SegmentId
    template: TemplateId
    message_class: Unasked
    channel: KnownChannel
    property_id: PropertyId | None
    as_planned: bool
    launches: int
    run: RunShown | None


def create(ask: Ask, body: CampaignAsked) -> CampaignShown:
    """Keep a campaign; nothing is sent before it is launched."""
    named = {**body.model_dump(), "id": body.id or stable_id("c", ask.seed)}
    return _shown(actions.create_campaign(Campaign.model_validate(named)))


def listed(*, page: Page) -> Listing[CampaignShown]:
    """All campaigns."""
    items, cursor = page.of(actions.campaigns(), lambda each: each.campaign.id)
    return Listing(items=[_shown(each) for each in items], next_cursor=cursor)


def get(campaign_id: CampaignId) -> CampaignShown:
    """One campaign, with its last run and what became of the candidates so far."""
    return _shown(actions.campaign(campaign_id))


def change(campaign_id: CampaignId, body: CampaignChange) -> CampaignShown:
    """Change a campaign for its next runs; while a run is on, it is refused."""
    told = {name: getattr(body, name) for name in body.model_fields_set & Campaign.model_fields.keys()}
    return _shown(actions.edit(campaign_id, told))


def launch(ask: Ask, campaign_id: CampaignId, *, again: str | None = None) -> CampaignShown:
    """Begin a run with the segment and the template as they are now; while one is on, that one is shown.

    Who got the campaign with an earlier launch, or may have, is held (`earlier_launch`), unless `again` is true: then
    everybody gets it once more. Who was refused by SES, or whose mail came back, gets it in any case.

    The same Idempotency-Key is within 24 hours the same launch, also when its run has ended meanwhile. Later it is a
    new one.
    """
    if again not in {None, "true", "false"}:
        raise Invalid(FieldError("again", "is true or false"))
    launched = actions.launch(campaign_id, seed=ask.seed, again=again == "true")
    return _shown(actions.campaign(campaign_id), launched.id)


def pause(campaign_id: CampaignId) -> CampaignShown:
    """Stop the run within one chunk; it can be resumed."""
    actions.pause(_last_run(campaign_id))
    return get(campaign_id)


def resume(campaign_id: CampaignId) -> CampaignShown:
    """Go on with a paused run."""
    actions.resume(_last_run(campaign_id))
    return get(campaign_id)


def cancel(campaign_id: CampaignId) -> CampaignShown:
    """End the run within one chunk; who was not mailed yet is held with that reason."""
    actions.cancel(_last_run(campaign_id))
    return get(campaign_id)


def mail_missed(campaign_id: CampaignId, run_id: RunId) -> MissedShown:
    """Mail those whose mail of an ended run is lost, once: asking again shows the same run.

    A mail is lost when SES has told nothing of it in 72 hours. This is a new occasion, decided by a person: `risk` says
    what may come of it.
    """
    begun = actions.mail_missed(campaign_id, run_id)
    return MissedShown(run=_run(actions.run(begun.id)), instead_of=run_id, risk=RISK)


def decisions(campaign_id: CampaignId, *, run: RunId | None = None, page: Page) -> Listing[Decision]:
    """One decision for each candidate of the last run, or of `run`: sent, unknown, lost, failed, waiting, or held."""
    asked = run or _last_run(campaign_id)
    if actions.run(asked).campaign != campaign_id:
        raise NotFound("There is no such run.")
    found = decided.page_of(asked, page.after, page.limit)
    return Listing(items=found.decisions, next_cursor=page.cursor(found.cursor) if found.cursor else None)


def _last_run(campaign_id: CampaignId) -> RunId:
    run = actions.campaign(campaign_id).run
    if run is None:
        raise Conflict("The campaign was not launched yet.")
    return run


def _shown(kept: CampaignRow, launched: RunId | None = None) -> CampaignShown:
    asked = launched or kept.run
    run = _run(actions.run(asked)) if asked else None
    return CampaignShown(**kept.campaign.model_dump(), launches=kept.launches, run=run)


def _run(run: Run) -> RunShown:
    return RunShown.model_validate(run.model_dump(include=set(RunShown.model_fields)))
