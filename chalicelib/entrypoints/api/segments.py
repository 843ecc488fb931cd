"""/v1/segments: saved conditions over what is known of a guest."""

from chalicelib.canonical.ids import SegmentId
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.paging import Page
from chalicelib.segments import actions
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS


def listed(*, page: Page) -> Listing[Segment]:
    """All segments."""
    items, cursor = page.of(SEGMENTS.listed(), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(body: Segment) -> Segment:
    """Write a segment; its version grows by itself with every change."""
    return actions.save_segment(body)


def get(segment_id: SegmentId) -> Segment:
    """One segment."""
    return SEGMENTS.required(segment_id)
