"""/v1/segments: saved conditions over what is known of a guest.

One that names somebody, as by an address, is shown to keys of all hotels only: others may not know the guest.
"""

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import SegmentId
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.segments import actions, rules
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS


def listed(ask: Ask, *, page: Page) -> Listing[Segment]:
    """All segments that the key may see."""
    seen = (each for each in SEGMENTS.listed() if _sees(ask.caller, each))
    items, cursor = page.of(seen, lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(body: Segment) -> Segment:
    """Write a segment; its version grows by itself with every change."""
    return actions.save_segment(body)


def get(ask: Ask, segment_id: SegmentId) -> Segment:
    """One segment."""
    found = SEGMENTS.required(segment_id)
    if not _sees(ask.caller, found):
        raise NotFound(f"There is no such {SEGMENTS.called}.")
    return found


def _sees(caller: Caller, segment: Segment) -> bool:
    return caller.is_group or not rules.names_somebody(segment.rule)
