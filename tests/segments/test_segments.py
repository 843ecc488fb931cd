"""Segments are kept with versions."""

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid, NotFound
from chalicelib.canonical.ids import SegmentId
from chalicelib.properties import store as properties
from chalicelib.segments import actions
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS
from tests.builders import PORTO, VIENNA


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


def at(*hotels: str, op: str = "contains") -> Segment:
    rules = [{"trait": "stats.properties", "op": op, "value": each} for each in hotels]
    return Segment.model_validate({"id": "at", "name": "At", "rule": {"or": [{"not": {"and": rules}}]}})


def test_a_hotel_that_is_not_there_is_refused_with_the_nearest_and_its_field(aws: Settings) -> None:
    for each in (VIENNA, PORTO):
        properties.put(each)
    assert actions.save_segment(at("vienna", "porto")).version == 1
    with pytest.raises(Invalid) as refused:
        actions.save_segment(at("vienna", "vienne", "prto"))
    assert [(each.field, each.message) for each in refused.value.fields] == [
        (f"rule.or.0.not.and.{number}.value", "is no property of the hub; there is porto, vienna") for number in (1, 2)
    ]


def test_a_segment_whose_hotel_was_taken_off_the_list_can_be_put_back_and_named_anew(aws: Settings) -> None:
    properties.put(PORTO)
    kept = actions.save_segment(at("porto"))
    properties.delete(PORTO.id)
    assert actions.save_segment(kept) == kept
    assert actions.save_segment(kept.model_copy(update={"name": "Of Porto"})).version == 2
    with pytest.raises(Invalid):
        actions.save_segment(at("porto", "porto"))
