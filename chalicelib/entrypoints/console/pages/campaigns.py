"""Campaigns: what is sent to whom, how its run goes, and why each guest got the mail or did not."""

from collections.abc import Mapping
from typing import NamedTuple

from chalice.app import Response

from chalicelib.canonical.ids import CampaignId, OccasionId, RunId
from chalicelib.entrypoints.api import campaigns, properties, segments, templates, topics
from chalicelib.entrypoints.api.campaigns import CampaignAsked, CampaignChange, CampaignShown, RunShown
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.messages.reasons import Reason

STATES: Mapping[str, tuple[str, str]] = {
    "active": (N_("On its way"), "busy"),
    "paused": (N_("Paused"), "bad"),
    "cancelled": (N_("Cancelled"), "plain"),
    "finished": (N_("Finished"), "good"),
}
"""What a run's state is called, and how its badge looks."""
OUTCOMES: Mapping[str, str] = {
    "sent": N_("Sent"),
    "unknown": N_("Not heard of yet"),
    "lost": N_("Lost"),
    "failed": N_("Failed"),
    "waiting": N_("Waiting"),
    "held": N_("Held"),
    Reason.ERASED: N_("Erased"),
    Reason.RESTRICTED: N_("Profile restricted"),
    Reason.MINOR: N_("Under 18"),
    Reason.NO_ADDRESS: N_("No address"),
    Reason.SUPPRESSED_COMPLAINT: N_("Complained"),
    Reason.SUPPRESSED_BOUNCE: N_("Address does not work"),
    Reason.SUPPRESSED_SOFT_BOUNCES: N_("Mail comes back of late"),
    Reason.SUPPRESSED_ERASED: N_("Erased before, and came again"),
    Reason.NO_CONSENT: N_("Never agreed"),
    Reason.NO_LEGAL_BASIS: N_("Not agreed as the law asks"),
    Reason.NOT_REGISTERED: N_("Not compared with a list"),
    Reason.ON_LIST: N_("On a list of those who want no advertising"),
    Reason.DOUBLE_OPT_IN_MISSING: N_("Not confirmed from the mailbox"),
    Reason.CONSENT_EXPIRED: N_("The yes is too old"),
    Reason.WITHDRAWN: N_("Does not want it"),
    Reason.WITHDRAWN_AT_ADDRESS: N_("Not wanted at this address"),
    Reason.OPEN_CASE: N_("Open complaint"),
    Reason.FREQUENCY_CAP: N_("Enough mail of late"),
    Reason.TOPIC: N_("Does not want this topic"),
    Reason.FREQUENCY: N_("Wants mail less often"),
    Reason.ALREADY_SENT: N_("Got it already"),
    Reason.EARLIER_LAUNCH: N_("Got it with an earlier launch"),
    Reason.SHARED_MAILBOX: N_("Sent to another reader of the mailbox"),
    Reason.LEFT_SEGMENT: N_("Left the segment"),
    Reason.OFFICE_ADDRESS: N_("An office reads the address"),
    Reason.MERGED_AWAY: N_("No guest any more"),
    Reason.TOO_MANY_RECORDS: N_("Too many records"),
    Reason.MISSING_VARIABLE: N_("A value is missing"),
    Reason.EMPTY_CONTENT: N_("Nothing to read"),
    Reason.RENDERING_FAILED: N_("Template failed"),
    Reason.TEMPLATE_REFUSED: N_("Template not taken any more"),
    Reason.NAME_IS_ADVERTISING: N_("Name reads like advertising"),
    Reason.RUN_CANCELLED: N_("Cancelled"),
    Reason.NOT_MISSED: N_("Turned up after all"),
}
"""What a count or a decision is called."""
ENDS, WAITING = ("sent", "unknown", "lost", "failed"), "waiting"
TYPED = ("name", "segment", "template", "property_id", "topic")


class Act(NamedTuple):
    """Something that is done to a run, once somebody has read what it means."""

    title: str
    says: str
    button: str


ACTS: Mapping[str, Act] = {
    "pause": Act(
        N_("Pause this run?"),
        N_("Sending stops within one chunk, which is at most fifty mails. Nobody is left out: it can be resumed."),
        N_("Pause"),
    ),
    "resume": Act(N_("Resume this run?"), N_("Those who wait get their mail from the next minute on."), N_("Resume")),
    "cancel": Act(
        N_("Cancel this run?"),
        N_("It cannot be resumed. Who was not mailed yet gets nothing, and is held with this reason."),
        N_("Cancel the run"),
    ),
    "mail-missed": Act(N_("Mail those who were missed?"), campaigns.RISK, N_("Mail them once more")),
}


def listed(visit: Visit) -> Response:
    found = visit.call(campaigns.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("campaigns.html", campaigns=found, states=STATES, may_create=visit.may(campaigns.create))


def new(visit: Visit) -> Response:
    return _form(visit, None)


def created(visit: Visit) -> Response:
    made = visit.call(campaigns.create, visit.body(CampaignAsked, _document(visit)))
    return visit.go(f"/campaigns/{made.id}", done="saved")


def edit(visit: Visit) -> Response:
    return _form(visit, visit.call(campaigns.get, _id(visit)))


def changed(visit: Visit) -> Response:
    document = {"id": _id(visit), "property_id": None, "topic": None, **_document(visit)}
    visit.call(campaigns.change, _id(visit), visit.body(CampaignChange, document))
    return visit.go(f"/campaigns/{_id(visit)}", done="saved")


def _document(visit: Visit) -> dict[str, object]:
    texts = {name: text for name in TYPED if (text := visit.form.text(name))}
    return {**texts, "as_planned": visit.form.has("as_planned")}


def _form(visit: Visit, kept: CampaignShown | None) -> Response:
    return visit.shown(
        "campaign_form.html",
        kept=kept,
        segments=[each.id for each in visit.call(segments.listed, page=EVERYTHING).items],
        templates=[each.id for each in visit.call(templates.listed, page=EVERYTHING).items],
        topics=[(each.id, each.name_in(visit.language)) for each in visit.call(topics.listed, page=EVERYTHING).items],
        hotels=visit.call(properties.listed, page=EVERYTHING).items,
    )


def one(visit: Visit) -> Response:
    campaign = visit.call(campaigns.get, _id(visit))
    return visit.shown(
        "campaign.html",
        campaign=campaign,
        states=STATES,
        acts=_acts(visit, campaign.run),
        bars=_bars(visit, campaign.run),
        held=_held(campaign.run),
        may_launch=visit.may(campaigns.launch),
    )


def _acts(visit: Visit, run: RunShown | None) -> list[tuple[str, str]]:
    """What may be done to a run now, as the ends of addresses and words."""
    if run is None or not visit.may(campaigns.pause):
        return []
    possible = {"active": ["pause", "cancel"], "paused": ["resume", "cancel"]}.get(run.state, [])
    missed = ["mail-missed"] if run.finished_at and run.counts.get("lost") else []
    return [(each, visit.words(ACTS[each].button)) for each in (*possible, *missed)]


Bar = tuple[str, int, str, str]


def _bars(visit: Visit, run: RunShown | None) -> list[Bar]:
    """Each outcome with its number, the ends first, then reasons by how many they held; each leads to its guests."""
    counts = run.counts if run else {}
    waiting = run.total - sum(counts.values()) if run else 0
    held = sorted((name for name in counts if name not in ENDS), key=lambda name: -counts[name])
    told = {name: counts[name] for name in ENDS if name in counts} | ({WAITING: waiting} if waiting > 0 else {})
    return [_bar(visit, name, number) for name, number in (told | {name: counts[name] for name in held}).items()]


def _bar(visit: Visit, code: str, number: int) -> Bar:
    by = "decision" if code in {*ENDS, WAITING} else "reason"
    address = visit.at(f"{visit.path}/decisions", **{by: code})
    return outcome(visit, code), number, visit.wording.number(number), address


def outcome(visit: Visit, code: str) -> str:
    return visit.words(OUTCOMES[code]) if code in OUTCOMES else code


def _held(run: RunShown | None) -> int:
    return sum(number for name, number in (run.counts if run else {}).items() if name not in ENDS)


def launching(visit: Visit) -> Response:
    """What will happen, before it does."""
    campaign = visit.call(campaigns.get, _id(visit))
    template = visit.call(templates.get, campaign.template)
    segment = visit.call(segments.get, campaign.segment)
    hotel = visit.call(properties.get, campaign.property_id) if campaign.property_id else None
    return visit.shown("campaign_launch.html", campaign=campaign, template=template, segment=segment, hotel=hotel)


def launched(visit: Visit) -> Response:
    """What was read on the page before, and nothing else. Raises Conflict where it was changed since."""
    visit.call(
        campaigns.launch,
        _id(visit),
        again="true" if visit.form.has("again") else None,
        segment_version=visit.form.text("segment_version") or None,
        template_version=visit.form.text("template_version") or None,
    )
    return visit.go(f"/campaigns/{_id(visit)}", done="launched")


def acting(visit: Visit) -> Response:
    act = ACTS[visit.path.rpartition("/")[2]]
    return visit.shown("campaign_act.html", act=act, campaign=visit.call(campaigns.get, _id(visit)))


def paused(visit: Visit) -> Response:
    visit.call(campaigns.pause, _id(visit))
    return _back(visit)


def resumed(visit: Visit) -> Response:
    visit.call(campaigns.resume, _id(visit))
    return _back(visit)


def cancelled(visit: Visit) -> Response:
    visit.call(campaigns.cancel, _id(visit))
    return _back(visit)


def missed_mailed(visit: Visit) -> Response:
    run = visit.call(campaigns.get, _id(visit)).run
    visit.call(campaigns.mail_missed, _id(visit), RunId(OccasionId(run.id if run else "")))
    return _back(visit)


def _back(visit: Visit) -> Response:
    return visit.go(f"/campaigns/{_id(visit)}", done="saved")


def decided(visit: Visit) -> Response:
    campaign = visit.call(campaigns.get, _id(visit))
    decision, reason = (visit.query.get(name) or None for name in ("decision", "reason"))
    page = visit.part(visit.path)
    found = visit.call(campaigns.decisions, _id(visit), decision=decision, reason=reason, page=page)
    said = [(code, visit.words(name)) for code, name in OUTCOMES.items()]
    return visit.shown("campaign_decisions.html", campaign=campaign, decisions=found, outcomes=OUTCOMES, said=said)


def _id(visit: Visit) -> CampaignId:
    return CampaignId(visit.names["campaign_id"])
