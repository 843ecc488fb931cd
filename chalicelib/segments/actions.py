"""Save and read segments."""

from chalicelib.aws import table
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.segments import rules, store
from chalicelib.segments.model import Segment


def save_segment(asked: Segment) -> Segment:
    """Save a rule as the next version; the same rule again is the same version. Raises Invalid, Conflict."""
    rules.check(asked.rule)
    before = store.segment(asked.id)
    kept = before.version if before else 0
    if before and before == asked.model_copy(update={"version": kept}):
        return before
    segment = asked.model_copy(update={"version": kept + 1})
    try:
        store.save(segment, replaces=kept)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this segment just now.") from None
    return segment


def segment(segment_id: str) -> Segment:
    found = store.segment(segment_id)
    if found is None:
        raise NotFound("There is no such segment.")
    return found


def segments() -> list[Segment]:
    return store.segments()
