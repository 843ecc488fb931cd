"""/v1/segments: saved conditions over what is known of a guest, whom they reach, and why somebody is in.

One that names somebody, as by an address, is shown to keys of all hotels only: others may not know the guest.
"""

from collections.abc import Mapping
from typing import Literal

from chalicelib.access.model import Caller
from chalicelib.campaigns import previews
from chalicelib.campaigns.previews import PreviewAsked
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ChannelName, GuestId, PropertyId, SegmentId
from chalicelib.canonical.time import moment_of
from chalicelib.consent.model import DEFAULT_CHANNEL
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.documents import check
from chalicelib.entrypoints.api.jobs import JobShown, shown
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.visibility import guest_of, told_of
from chalicelib.guests import today
from chalicelib.segments import actions, profiled, rules
from chalicelib.segments.explained import Explained, explained
from chalicelib.segments.model import AllOf, AnyOf, Closed, Condition, NoneOf, Operator, Segment, Value
from chalicelib.segments.profiled import Why, why_unprofiled
from chalicelib.segments.store import SEGMENTS


class PartExplained(Shown):
    """A part of a rule. A condition has a trait and what is `known` of the guest, null for nothing; the others have the
    parts within them."""

    kind: Literal["and", "or", "not", "condition"]
    holds: bool
    trait: str | None
    op: Operator | None
    value: Value | None
    known: bool | int | str | list[str] | None
    rules: list["PartExplained"]


class WhyShown(Shown):
    """Whether a guest is in a segment, and which parts of its rule hold. `kept_out` says why the rule is not asked of
    somebody, whatever holds: no minor and nobody who objected to profiling is in a segment, but where its rule asks for
    nothing but the stay ahead or under way and how to reach them; and nobody at all whose data is restricted."""

    segment: SegmentId
    version: int
    guest: str
    is_in: bool
    kept_out: Why | None
    rule: PartExplained


def listed(ask: Ask, *, named: str | None = None, page: Page) -> Listing[Segment]:
    """All segments that the key may see; with `named` those in whose id or name that stands."""
    seen = (each for each in SEGMENTS.listed() if _sees(ask.caller, each))
    items, cursor = page.of(paging.named(seen, named, lambda each: (each.id, each.name)), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(ask: Ask, body: Segment) -> Segment:
    """Write a segment; its version grows by itself with every change."""
    return actions.save_segment(body, ask.hand)


def get(ask: Ask, segment_id: SegmentId) -> Segment:
    """One segment."""
    found = SEGMENTS.required(segment_id)
    if not _sees(ask.caller, found):
        raise NotFound(f"There is no such {SEGMENTS.called}.")
    return found


def preview(ask: Ask, body: PreviewAsked) -> JobShown:
    """Count whom a rule reaches that need not be saved, as a job.

    Its `result` says how many `guests` are in, how many of them are `mailable`, and of the others how many are held by
    which first reason, as far as profile, consents, suppressions and the cap tell it now. Other readers of an address,
    what a template asks for, and earlier launches are not looked at; nor are lists that others keep, which are asked
    when a mail is sent: `to_compare` are those of the mailable of whom one is. The job's `sample` has at most 20 of
    them.
    """
    actions.check(body.rule)
    return _preview(ask, body, "unsaved")


def preview_saved(
    ask: Ask,
    segment_id: SegmentId,
    *,
    channel: ChannelName | None = None,
    property_id: PropertyId | None = None,
    topic: str | None = None,
) -> JobShown:
    """Count whom a segment reaches, as a job with a sample: the same as of a rule that is not saved."""
    told = {"channel": channel or DEFAULT_CHANNEL, "property_id": property_id, "topic": topic}
    asked = check(PreviewAsked, {**told, "rule": get(ask, segment_id).rule.model_dump(mode="json", by_alias=True)})
    return _preview(ask, asked, segment_id)


def _preview(ask: Ask, asked: PreviewAsked, subject: str) -> JobShown:
    return shown(previews.start(asked, subject, ask.seed, moment_of(ask.now)))


def why(ask: Ask, segment_id: SegmentId, guest_id: GuestId) -> WhyShown:
    """Whether a guest is in a segment, and which parts of the rule hold by which value.

    A key of single hotels is told it of what it may see: their stays, and what their records say. By these it may come
    out otherwise than for the group, whose campaigns look at everything.
    """
    sight, segment = guest_of(ask.caller, guest_id), get(ask, segment_id)
    days = today.days(moment_of(ask.now))
    known = told_of(sight, days)
    found, why_not = explained(segment.rule, known, days), why_unprofiled(known, days)
    is_asked = profiled.is_asked(segment.rule, why_not)
    return WhyShown(
        segment=segment.id,
        version=segment.version,
        guest=sight.id,
        is_in=found.holds and is_asked,
        kept_out=None if is_asked else why_not,
        rule=_explained(found),
    )


def _explained(found: Explained) -> PartExplained:
    condition = found.rule if isinstance(found.rule, Condition) else None
    return PartExplained(
        kind=KINDS[type(found.rule)],
        holds=found.holds,
        trait=condition.trait if condition else None,
        op=condition.op if condition else None,
        value=condition.value if condition else None,
        known=list(found.known) if isinstance(found.known, tuple) else found.known,
        rules=[_explained(each) for each in found.within],
    )


KINDS: Mapping[type[Closed], Literal["and", "or", "not", "condition"]] = {
    AllOf: "and",
    AnyOf: "or",
    NoneOf: "not",
    Condition: "condition",
}


def _sees(caller: Caller, segment: Segment) -> bool:
    return caller.is_group or not rules.names_somebody(segment.rule)
