"""Save segments."""

from chalicelib.segments import rules
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS


def save_segment(asked: Segment) -> Segment:
    """Save a rule as the next version; the same rule again is the same version. Raises Invalid, Conflict."""
    rules.check(asked.rule)
    return SEGMENTS.save(asked)
