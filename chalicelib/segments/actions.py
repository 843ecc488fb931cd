"""Save segments."""

from chalicelib.canonical.definitions import NOBODYS, Hand
from chalicelib.properties import store as properties
from chalicelib.segments import rules
from chalicelib.segments.model import Rule, Segment
from chalicelib.segments.store import SEGMENTS
from chalicelib.settings import store as settings


def save_segment(asked: Segment, hand: Hand = NOBODYS) -> Segment:
    """Save a rule as the next version; the same rule again is the same version. Raises Invalid, Conflict.

    A rule that stands may name a hotel that was taken off the list since: what is read can be put back.
    """
    before = SEGMENTS.get(asked.id)
    check(asked.rule, before.rule if before else None)
    return SEGMENTS.save(asked, hand)


def check(rule: Rule, before: Rule | None = None) -> None:
    """Whether a rule could be saved in the place of another. Raises Invalid."""
    rules.check(rule, settings.get().guests.fields)
    if rule != before:
        rules.check_hotels(rule, properties.by_id())
