"""/v1/campaigns: one message plan to one segment, its runs, and why each guest got the mail or did not."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.access.model import Caller
from chalicelib.campaigns import actions
from chalicelib.campaigns import decisions as decided
from chalicelib.campaigns.decisions import Wanted
from chalicelib.campaigns.model import DECISIONS, Campaign, CampaignRow, Decision, Run, RunState
from chalicelib.campaigns.seen import Seen
from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.ids import CampaignId, GuestId, PropertyId, RunId, SegmentId, TemplateId, stable_id
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import KnownChannel, Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.sights import sights_of
from chalicelib.entrypoints.api.visibility import InSight, guest_of
from chalicelib.guests.model import Traits
from chalicelib.messages.holds import UNASKED, Unasked
from chalicelib.settings.legal import TopicId


class CampaignAsked(BaseModel):
    """A new campaign; without an `id` it gets one. With a `property_id` its mails carry that hotel's names, and need
    consent given to the legal entity that answers there; without one they are the group's. Who has left the segment by
    their turn is held, unless `as_planned` says that the plan stands. `topic` is the id of one of the consent settings'
    topics: who does not want that is held."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[CampaignId, HUB_ID] | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    segment: Annotated[SegmentId, HUB_ID]
    template: Annotated[TemplateId, HUB_ID]
    message_class: Unasked = UNASKED
    channel: KnownChannel = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    as_planned: bool = False
    topic: TopicId | None = None


class CampaignChange(BaseModel):
    """What of a campaign is to be another for its next runs; what is left out stays. `version`, `launches` and `run`,
    which an answer has, are passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[CampaignId, HUB_ID]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    segment: Annotated[SegmentId, HUB_ID] = SegmentId("")
    template: Annotated[TemplateId, HUB_ID] = TemplateId("")
    message_class: Unasked = UNASKED
    channel: KnownChannel = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    as_planned: bool = False
    topic: TopicId | None = None
    version: int | None = None
    launches: int | None = None
    run: "RunShown | None" = None


class DecisionShown(Decision):
    """Why one candidate got the mail or not: of one that is held, the `reason` and its `rule` in words; of one that
    failed, SES's own reason. The name is as it is now."""

    given_name: str | None
    family_name: str | None


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


VERSION = re.compile(r"[0-9]{1,9}")
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
    """A campaign, how often it was launched, and its last run. `version` grows with every change of what it says."""

    id: str
    name: str
    segment: SegmentId
    template: TemplateId
    message_class: Unasked
    channel: KnownChannel
    property_id: PropertyId | None
    as_planned: bool
    topic: TopicId | None
    version: int
    launches: int
    run: RunShown | None


def create(ask: Ask, body: CampaignAsked) -> CampaignShown:
    """Keep a campaign; nothing is sent before it is launched."""
    named = {**body.model_dump(), "id": body.id or stable_id("c", ask.seed)}
    return _shown(actions.create_campaign(Campaign.model_validate(named)))


def listed(*, named: str | None = None, page: Page) -> Listing[CampaignShown]:
    """All campaigns; with `named` those in whose id or name that stands."""
    wanted = paging.named(actions.campaigns(), named, lambda each: (each.campaign.id, each.campaign.name))
    items, cursor = page.of(wanted, lambda each: each.campaign.id)
    return Listing(items=[_shown(each) for each in items], next_cursor=cursor)


def get(campaign_id: CampaignId) -> CampaignShown:
    """One campaign, with its last run and what became of the candidates so far."""
    return _shown(actions.campaign(campaign_id))


def change(ask: Ask, campaign_id: CampaignId, body: CampaignChange) -> CampaignShown:
    """Change a campaign for its next runs; while a run is on, it is refused."""
    told = {name: getattr(body, name) for name in body.model_fields_set & Campaign.model_fields.keys()}
    return _shown(actions.edit(campaign_id, told, ask.hand))


def launch(
    ask: Ask,
    campaign_id: CampaignId,
    *,
    again: str | None = None,
    segment_version: str | None = None,
    template_version: str | None = None,
) -> CampaignShown:
    """Begin a run with the segment and the template as they are now; while one is on, that one is shown.

    Who got the campaign with an earlier launch, or may have, is held (`earlier_launch`), unless `again` is true: then
    everybody gets it once more. Who was refused by SES, or whose mail came back, gets it in any case.

    Whoever says which version they saw of the campaign (`If-Match`), of its segment or of its template is refused (409)
    where another one would be sent: nothing is launched, and the refusal says who changed it.

    The same Idempotency-Key is within 24 hours the same launch, also when its run has ended meanwhile, and whatever was
    changed since. Later it is a new one.
    """
    if again not in {None, "true", "false"}:
        raise Invalid(FieldError("again", "is true or false"))
    saw = Seen(ask.seen, _version("segment_version", segment_version), _version("template_version", template_version))
    launched = actions.launch(campaign_id, seed=ask.seed, again=again == "true", seen=saw)
    return _shown(actions.campaign(campaign_id), launched.id)


def _version(name: str, told: str | None) -> int | None:
    """Raises Invalid for what is no version of the hub's."""
    if told is None:
        return None
    if not VERSION.fullmatch(told):
        raise Invalid(FieldError(name, "must be a version, such as 3"))
    return int(told)


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


def decisions(
    ask: Ask,
    campaign_id: CampaignId,
    *,
    run: RunId | None = None,
    decision: str | None = None,
    reason: str | None = None,
    page: Page,
) -> Listing[DecisionShown]:
    """One decision for each candidate of the last run, or of `run`: sent, unknown, lost, failed, waiting, or held.

    With a `decision` or a `reason` those alone: the guests behind one figure of a run. Then a page may be short, and
    still have a `next_cursor`.
    """
    asked = _run_of(campaign_id, run)
    wanted = _wanted(decision, reason)
    if wanted is None:
        found = decided.page_of(asked, page.after, page.limit)
    else:
        found = decided.found_in(asked, wanted, page.after, page.limit)
    items = _with_names(ask.caller, found.decisions)
    return Listing(items=items, next_cursor=page.cursor(found.cursor) if found.cursor else None)


def decision(ask: Ask, campaign_id: CampaignId, guest_id: GuestId, *, run: RunId | None = None) -> DecisionShown:
    """Why one guest got the mail of the last run, or of `run`, or did not; of who is no candidate there is none."""
    sight = guest_of(ask.caller, guest_id)
    made = decided.of_guest(_run_of(campaign_id, run), [sight.whole.id, *sight.whole.others])
    return _with_names(ask.caller, [made])[0]


def _wanted(decision: str | None, reason: str | None) -> Wanted | None:
    """Raises Invalid for a kind of decision that there is not."""
    if decision is not None and decision not in DECISIONS:
        raise Invalid(FieldError("decision", f"is no decision; there is {known(DECISIONS, decision)}"))
    return Wanted(decision, reason) if decision or reason else None


def _with_names(caller: Caller, made: Sequence[Decision]) -> list[DecisionShown]:
    sights = sights_of(caller, [each.guest for each in made])
    return [_named(each, sights.get(each.guest)) for each in made]


def _named(made: Decision, sight: InSight | None) -> DecisionShown:
    traits = sight.traits if sight else Traits()
    named = {"given_name": traits.given_name, "family_name": traits.family_name}
    return DecisionShown.model_validate({**made.model_dump(), **named})


def _run_of(campaign_id: CampaignId, run: RunId | None) -> RunId:
    asked = run or _last_run(campaign_id)
    if actions.run(asked).campaign != campaign_id:
        raise NotFound("There is no such run.")
    return asked


def _last_run(campaign_id: CampaignId) -> RunId:
    run = actions.campaign(campaign_id).run
    if run is None:
        raise Conflict("The campaign was not launched yet.")
    return run


def _shown(kept: CampaignRow, launched: RunId | None = None) -> CampaignShown:
    asked = launched or kept.run
    run = _run(actions.run(asked)) if asked else None
    return CampaignShown(**kept.campaign.model_dump(), version=kept.version, launches=kept.launches, run=run)


def _run(run: Run) -> RunShown:
    return RunShown.model_validate(run.model_dump(include=set(RunShown.model_fields)))
