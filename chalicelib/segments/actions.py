"""Save and read segments."""

from chalicelib.canonical.errors import NotFound
from chalicelib.segments import rules
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS


def save_segment(asked: Segment) -> Segment:
    """Save a rule as the next version; the same rule again is the same version. Raises Invalid, Conflict."""
    rules.check(asked.rule)
    return SEGMENTS.save(asked)


def segment(segment_id: str) -> Segment:
    found = SEGMENTS.get(segment_id)
    if found is None:
        raise NotFound("There is no such segment.")
    return found


def segments() -> list[Segment]:
    return SEGMENTS.listed()
