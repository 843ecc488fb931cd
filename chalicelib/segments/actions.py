"""Save segments."""

from chalicelib.properties import store as properties
from chalicelib.segments import rules
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS


def save_segment(asked: Segment) -> Segment:
    """Save a rule as the next version; the same rule again is the same version. Raises Invalid, Conflict.

    A rule that stands may name a hotel that was taken off the list since: what is read can be put back.
    """
    rules.check(asked.rule)
    before = SEGMENTS.get(asked.id)
    if before is None or before.rule != asked.rule:
        rules.check_hotels(asked.rule, properties.by_id())
    return SEGMENTS.save(asked)
