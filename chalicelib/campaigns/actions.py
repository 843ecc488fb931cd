"""Create campaigns; launch, pause, resume and cancel their runs."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.aws import queues, table
from chalicelib.aws.retries import until_written
from chalicelib.campaigns import counting, queued, rules, store, tending
from chalicelib.campaigns.model import MOST_EARLIER, PARTS, Campaign, CampaignRow, Content, Run, RunState
from chalicelib.campaigns.queued import PlanPart
from chalicelib.campaigns.seen import NOTHING_SEEN, Seen, refuse_other_content, refuse_other_run
from chalicelib.canonical.choices import known
from chalicelib.canonical.definitions import NOBODYS, Hand, refuse_stale
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound, TryAgain
from chalicelib.canonical.ids import LAUNCH, RUN, CampaignId, OccasionId, RunId, stable_id, timed_id
from chalicelib.canonical.time import instant, moment_of
from chalicelib.canonical.time import now as present
from chalicelib.guests import today
from chalicelib.messages import pacing
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.rules import LOST_AFTER
from chalicelib.messages.store import TEMPLATES
from chalicelib.properties import store as properties
from chalicelib.segments.store import SEGMENTS
from chalicelib.settings import installation, legal_store
from chalicelib.settings import store as settings
from chalicelib.settings.rules import mail_identity


def create_campaign(asked: Campaign) -> CampaignRow:
    """Keep a campaign; the same again is the same campaign. Raises Invalid, Conflict."""
    _content(asked)
    before = store.campaign(asked.id)
    if before is None:
        kept = CampaignRow(campaign=asked)
        try:
            table.write(store.put_campaign(kept, replaces=0))
        except table.ConditionFailed:
            before = store.campaign(asked.id)
        else:
            return kept
    if before is None or before.campaign != asked:
        raise Conflict("There is another campaign with this id.")
    return before


def _content(asked: Campaign) -> Content:
    """What the campaign would send now. Raises Invalid for what it names and does not exist."""
    segment, template = SEGMENTS.get(asked.segment), TEMPLATES.get(asked.template)
    property_ = properties.get(asked.property_id) if asked.property_id else None
    found = {
        "segment": segment is not None,
        "template": template is not None,
        "channel": asked.channel in CHANNELS,
        "property_id": property_ is not None or asked.property_id is None,
        "topic": asked.topic is None or legal_store.get().topic(asked.topic) is not None,
    }
    missing = [name for name, is_there in found.items() if not is_there]
    if segment is None or template is None or missing:
        there_is = {
            "channel": f"; there is {known(CHANNELS)}",
            "segment": f"; there is {known((each.id for each in SEGMENTS.listed()), asked.segment)}",
            "template": f"; there is {known((each.id for each in TEMPLATES.listed()), asked.template)}",
            "topic": f"; there is {known(each.id for each in legal_store.get().topics)}",
            "property_id": f"; there is {known(properties.by_id(), asked.property_id or '')}",
        }
        raise Invalid(*(FieldError(name, f"does not exist{there_is[name]}") for name in missing))
    return Content(segment=segment, template=template)


def campaign(campaign_id: CampaignId) -> CampaignRow:
    found = store.campaign(campaign_id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


def campaigns() -> list[CampaignRow]:
    return store.campaigns()


def being_sent() -> list[CampaignRow]:
    """Those of which a run is on."""
    return [each for each in store.campaigns() if _current(each)]


def edit(campaign_id: CampaignId, changes: Mapping[str, object], hand: Hand = NOBODYS) -> CampaignRow:
    """Change what a campaign says, for its next runs. The same again is the same campaign. Raises NotFound, Invalid for
    what it then names and is not there, and Conflict while a run is on: that one is sent as it was planned."""

    def attempt() -> CampaignRow:
        kept = campaign(campaign_id)
        asked = Campaign.model_validate({**kept.campaign.model_dump(), **changes})
        if asked == kept.campaign:
            return kept
        refuse_stale("this campaign", hand, kept.changed)
        _content(asked)
        if _current(kept):
            raise Conflict("A run of this campaign is on: cancel it, or wait for its end.")
        edited = kept.saying(asked, hand)
        table.write(store.put_campaign(edited, replaces=kept.rev))
        return edited

    return until_written(attempt, "the campaign was changed by others all the time")


def run(run_id: RunId, now: datetime | None = None) -> Run:
    """A run with its counts, as its decisions are at this moment, and how many candidates are planned."""
    return counting.counted(_run(run_id), now or present())


def _run(run_id: RunId) -> Run:
    found = store.run(run_id)
    if found is None:
        raise NotFound("There is no such run.")
    return found


def launch(
    campaign_id: CampaignId,
    now: datetime | None = None,
    seed: str | None = None,
    *,
    again: bool = False,
    seen: Seen = NOTHING_SEEN,
) -> Run:
    """Begin a run with the segment and template as they are now; while a run is on, launching returns that run. Who got
    the campaign with an earlier launch is left out, unless everybody is to get it `again`.

    The same `seed` is the same launch, also when its run is over, also when that run was another's, and whatever was
    changed since: whoever repeats it mails nobody again. Raises Stale where something else was `seen` than what would
    be sent.
    """
    moment = now or present()

    def attempt() -> Run:
        kept = campaign(campaign_id)
        launch_id = stable_id(LAUNCH, kept.campaign.id, seed) if seed else None
        answered = store.launch_answer(launch_id) if launch_id else None
        met = store.run(answered) if answered else _met(launch_id, kept, seen, moment)
        return met or _begin(kept, launch_id, moment, again=again, seen=seen)

    found = until_written(attempt, "the campaign was changed by others all the time")
    if not found.is_over:
        _queue_planning(found)
    return found


def _met(launch_id: str | None, kept: CampaignRow, seen: Seen, now: datetime) -> Run | None:
    """The run that is on. A launch that meets it remembers it first."""
    current = _current(kept)
    if current is None:
        return None
    refuse_other_run(seen, kept, current)
    if launch_id is None:
        return current
    try:
        table.transact(store.keep_launch_answer(launch_id, current, now))
    except table.ConditionFailed:
        raise TryAgain("the same launch was asked for at this very moment", after_seconds=1) from None
    return current


def _current(kept: CampaignRow) -> Run | None:
    current = store.run(kept.run) if kept.run else None
    return current if current and not current.is_over else None


def _begin(kept: CampaignRow, launch_id: str | None, now: datetime, *, again: bool, seen: Seen) -> Run:
    """The launch remembers the run it begins. Raises Stale, Conflict after too many launches, and ConditionFailed when
    somebody else launched at the same time."""
    content, earlier = _content(kept.campaign), () if again else kept.earlier
    refuse_other_content(seen, kept, content)
    _require_names(kept.campaign)
    if len(earlier) > MOST_EARLIER:
        raise Conflict(f"It was launched {len(earlier)} times: launch it `again` to everybody, or make a new campaign.")
    begun = Run(
        id=RunId(OccasionId(timed_id(RUN, instant(now), kept.campaign.id, kept.launches + 1))),
        campaign=kept.campaign.id,
        at=instant(now),
        chunk_size=rules.chunk_size(pacing.opened(kept.campaign.channel, now).per_second),
        segment_version=content.segment.version,
        template_version=content.template.version,
        message_class=kept.campaign.message_class,
        channel=kept.campaign.channel,
        property_id=kept.campaign.property_id,
        singly=settings.get().mails_singly,
        as_planned=kept.campaign.as_planned,
        topic=kept.campaign.topic,
        earlier=earlier,
    )
    remembered = store.keep_launch_answer(launch_id, begun, now) if launch_id else []
    table.transact(
        [
            store.put_campaign(kept.launched(begun.id, again=again), replaces=kept.rev),
            *store.new_run(begun, _as_of(content, begun, now)),
            *remembered,
        ]
    )
    return begun


def _as_of(content: Content, run: Run, now: datetime) -> Content:
    """Days are counted from the launch, at each hotel; what has no hotel goes by the campaign's own."""
    return content.launched_on(today.days(now, run.property_id))


def _require_names(asked: Campaign) -> None:
    """What nobody asked for needs a way out, and the names that its channel cannot do without."""
    property_ = properties.get(asked.property_id) if asked.property_id else None
    names = mail_identity(settings.get(), property_).branding
    told = {"public_url": installation.get().public_url, **names.model_dump()}
    missing = [name for name in ("public_url", *CHANNELS[asked.channel].needs) if not told[name]]
    if missing:
        raise Invalid(*(FieldError(f"deployment.{name}", "is not set") for name in missing))


def _queue_planning(run: Run) -> None:
    """Whoever has planned a part queues its first chunks. Queuing all again after a crash costs nothing."""
    queues.send_many("plan", [queued.body_of(PlanPart(run.id, part)) for part in range(PARTS)])


def mail_missed(campaign_id: CampaignId, run_id: RunId, now: datetime | None = None) -> Run:
    """Begin one run to exactly those whose mail of an earlier run is lost; asking again is the same run.

    It is a new occasion, by a person's decision: a mail that SES took and never told of may have arrived, and then its
    guest gets a second one. Raises NotFound, Conflict, Invalid.
    """
    moment = now or present()

    def attempt() -> Run:
        kept, missed = campaign(campaign_id), _run(run_id)
        if missed.campaign != kept.campaign.id:
            raise NotFound("There is no such run.")
        return _run(missed.missed_by) if missed.missed_by else _begin_instead(kept, missed, moment)

    found = until_written(attempt, "the campaign was changed by others all the time")
    if not found.is_over:
        _queue_planning(found)
    return found


def _begin_instead(kept: CampaignRow, missed: Run, now: datetime) -> Run:
    """With what the run was launched with, and not what it would be by now."""
    _require_missed(missed, now)
    if _current(kept):
        raise Conflict("Another run of the campaign is on.")
    _require_names(kept.campaign)
    begun = missed.begun_instead(
        RunId(OccasionId(timed_id(RUN, instant(now), kept.campaign.id, "instead of", missed.id))), instant(now)
    )
    table.transact(
        [
            store.put_campaign(kept.launched(begun.id), replaces=kept.rev),
            store.changed(missed, missed.mailed_again_by(begun.id)),
            *store.new_run(begun, _as_of(store.content(missed.id), begun, now)),
        ]
    )
    return begun


def _require_missed(missed: Run, now: datetime) -> None:
    if missed.finished_at is None:
        raise Conflict("The run is still on.")
    if not missed.counts.get("unknown"):
        raise Conflict("The fate of every mail of the run is known.")
    if moment_of(missed.finished_at) > now - LOST_AFTER:
        raise Conflict("SES may still tell of the run's mails: they are lost 72 hours after it ended.")


def pause(run_id: RunId) -> Run:
    return _change(run_id, {RunState.ACTIVE, RunState.PAUSED}, RunState.PAUSED, "paused")


def resume(run_id: RunId, now: datetime | None = None) -> Run:
    """Go on: the chunks that came while it was paused lie in their rows."""
    _change(run_id, {RunState.PAUSED, RunState.ACTIVE}, RunState.ACTIVE, "")
    tending.tend(run_id, now or present())
    return run(run_id)


def cancel(run_id: RunId, now: datetime | None = None) -> Run:
    """Stop within one chunk. Who was planned and not mailed is held with the reason, written by the workers."""
    _change(run_id, {RunState.ACTIVE, RunState.PAUSED, RunState.CANCELLED}, RunState.CANCELLED, "cancelled")
    tending.tend(run_id, now or present())
    return run(run_id)


def _change(run_id: RunId, possible: set[RunState], state: RunState, reason: str) -> Run:
    def attempt() -> Run:
        before = _run(run_id)
        if before.state not in possible:
            raise Conflict(f"The run is {before.state}.")
        if before.state is state:
            return before
        return store.change_run(before, before.in_state(state, reason))

    return until_written(attempt, "the run was changed by others all the time")
