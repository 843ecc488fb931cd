"""Segments: put together from what is known of guests, counted before anybody is mailed, and explained."""

from collections.abc import Iterable, Mapping

from chalice.app import Response

from chalicelib.campaigns.previews import GUESTS, TO_COMPARE, PreviewAsked
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import GuestId, JobId, Leaf, SegmentId
from chalicelib.entrypoints.api import jobs, segments, traits
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.api.traits import TraitShown
from chalicelib.entrypoints.console import builder, whom
from chalicelib.entrypoints.console.pages.campaigns import OUTCOMES
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.segments.model import Segment

OPERATORS: Mapping[str, str] = {
    "eq": N_("is"),
    "ne": N_("is not"),
    "gt": N_("is more than"),
    "gte": N_("is at least"),
    "lt": N_("is less than"),
    "lte": N_("is at most"),
    "in": N_("is one of"),
    "contains": N_("contains"),
    "exists": N_("is known"),
}
GROUPS: Mapping[str, str] = {"and": N_("all of these"), "or": N_("at least one of these"), "not": N_("none of these")}
ACT = "act"
STOP_ASKING = 286
"""By this status htmx asks no more: https://htmx.org/docs/#polling."""
PREVIEW = "preview"


def listed(visit: Visit) -> Response:
    found = visit.call(segments.listed, named=visit.wanted, page=visit.part(visit.path))
    may_write = visit.may(segments.put)
    return visit.shown("segments.html", segments=found, may_write=may_write, guest=whom.of(visit).chosen)


def one(visit: Visit) -> Response:
    """The rule in words; of a guest who is chosen, which parts hold for them and by which value."""
    segment, found = visit.call(segments.get, _id(visit)), whom.of(visit)
    why = visit.call(segments.why, _id(visit), GuestId(Leaf(found.chosen.id))) if found.chosen else None
    asked = _asked(visit)
    return visit.shown(
        "segment.html",
        segment=segment,
        whom=found,
        why=why,
        tree=builder.tree(segment.rule.model_dump(mode="json", by_alias=True)),
        names={name: each.words for name, each in asked.items()},
        operators=OPERATORS,
        groups=GROUPS,
        may_write=visit.may(segments.put),
        may_count=visit.may(segments.preview_saved),
    )


def count(visit: Visit) -> Response:
    job = visit.call(segments.preview_saved, _id(visit))
    return visit.go(f"/segments/preview/{job.id}", segment=_id(visit))


def counted(visit: Visit) -> Response:
    """Also asked for by the form of a segment, piece by piece, which is told when to stop."""
    job = visit.call(jobs.get, JobId(visit.names["job_id"]))
    shown = visit.shown("segment_preview.html", job=job, outcomes=OUTCOMES, bars=_bars(visit, job.result))
    if job.state == "done" and visit.headers.get("hx-request"):
        shown.status_code = STOP_ASKING
    return shown


def _bars(visit: Visit, result: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Who is mailable, and why the others are not."""
    told = {name: number for name, number in result.items() if name not in {GUESTS, TO_COMPARE}}
    ordered = sorted(told.items(), key=lambda each: (each[0] != "mailable", -each[1]))
    return [(_reason(visit, name), number, visit.wording.number(number)) for name, number in ordered]


def _reason(visit: Visit, name: str) -> str:
    return visit.words(N_("Can be mailed")) if name == "mailable" else visit.words(OUTCOMES.get(name, name))


def new(visit: Visit) -> Response:
    return _form(visit, None)


def created(visit: Visit) -> Response:
    return _taken(visit, visit.form.text("id").strip(), None)


def edit(visit: Visit) -> Response:
    return _form(visit, visit.call(segments.get, _id(visit)))


def saved(visit: Visit) -> Response:
    return _taken(visit, _id(visit), visit.call(segments.get, _id(visit)))


def _taken(visit: Visit, segment_id: str, kept: Segment | None) -> Response:
    """Of the form's buttons one saves; one counts; the others change the rule that is shown, and keep nothing. Raises
    Invalid for more parts than a page can show."""
    act = visit.form.text(ACT)
    typed = _typed(visit)
    rule = builder.after(typed, act) if act else typed
    if faults := builder.faults_of_size(rule):
        raise Invalid(*faults)
    if act == PREVIEW:
        job = visit.call(segments.preview, visit.body(PreviewAsked, {"rule": rule}))
        return _form(visit, kept, rule, job.id)
    if act:
        return _form(visit.showing_anew(builder.ROOT), kept, rule)
    document = {"id": segment_id, "name": visit.form.text("name"), "rule": rule}
    made = visit.call(segments.put, visit.body(Segment, document))
    return visit.go(f"/segments/{made.id}", done="saved")


def _typed(visit: Visit) -> builder.Json:
    return builder.rule_of(visit.form, {name: each.kind or "" for name, each in _asked(visit).items()})


def _form(visit: Visit, kept: Segment | None, rule: builder.Json | None = None, counting: str = "") -> Response:
    """A rule that came back and has too many parts is not shown again: nobody typed it."""
    if rule is None and visit.form.fields:
        typed = _typed(visit)
        rule = None if builder.faults_of_size(typed) else typed
    asked = _asked(visit)
    shown = rule or (kept.rule.model_dump(mode="json", by_alias=True) if kept else builder.START)
    return visit.shown(
        "segment_form.html",
        kept=kept,
        tree=builder.tree(shown),
        traits=asked,
        names=[("", visit.words(N_("Choose"))), *((name, each.words) for name, each in asked.items())],
        operators={name: _operators(visit, each.operators) for name, each in asked.items()},
        all_operators=_operators(visit, OPERATORS),
        groups=GROUPS,
        counting=counting,
        may_count=visit.may(segments.preview),
    )


def _operators(visit: Visit, codes: Iterable[str]) -> list[tuple[str, str]]:
    """In the order in which one thinks of them."""
    known = set(codes)
    return [(code, visit.words(said)) for code, said in OPERATORS.items() if code in known]


def _asked(visit: Visit) -> dict[str, TraitShown]:
    """What a segment may ask for, by name."""
    items = visit.call(traits.listed, page=EVERYTHING).items
    return {each.name: each for each in sorted(items, key=lambda each: each.words) if each.kind}


def _id(visit: Visit) -> SegmentId:
    return SegmentId(visit.names["segment_id"])
