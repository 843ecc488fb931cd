"""Segments are kept with versions."""

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import SegmentId
from chalicelib.segments import actions
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS


def segment(name: str = "Members") -> Segment:
    body = {"id": "members", "name": name, "rule": {"and": [{"trait": "member", "op": "eq", "value": True}]}}
    return Segment.model_validate(body)


def test_a_change_makes_a_version_and_the_same_again_does_not(aws: Settings) -> None:
    assert actions.save_segment(segment()).version == 1
    assert actions.save_segment(segment()).version == 1
    assert actions.save_segment(segment("All members")).version == 2
    assert SEGMENTS.required(SegmentId("members")).name == "All members"
    assert [each.id for each in SEGMENTS.listed()] == ["members"]


def test_an_unknown_segment_is_not_found(aws: Settings) -> None:
    with pytest.raises(NotFound):
        SEGMENTS.required(SegmentId("nobody"))
