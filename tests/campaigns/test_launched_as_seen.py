"""A launch goes with what its summary showed, whoever edits meanwhile, and whichever call it dies at."""

from functools import partial
from typing import Any

import pytest

from chalicelib.campaigns import actions, store
from chalicelib.campaigns.model import Run
from chalicelib.campaigns.seen import Seen
from chalicelib.canonical.definitions import Hand, Stale
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import CampaignId, SegmentId, TemplateId
from chalicelib.messages.store import TEMPLATES
from chalicelib.segments.store import SEGMENTS
from tests.campaigns.worlds import NOW, campaign
from tests.crashes import beside, crash_at, points_of
from tests.ids import SPRING
from tests.mail_fakes import FakeSes

NEWS = TemplateId("news")
SEEN = Seen(1, 1, 1)
EDITOR = Hand("staff a77b0")


@pytest.fixture
def ses(ses: FakeSes) -> FakeSes:
    """What a process asks once and keeps is asked here, so that every launch makes the same calls."""
    actions.launch(campaign(CampaignId("before")), NOW)
    campaign()
    return ses


def another_template(subject: str = "Other news") -> None:
    TEMPLATES.save(TEMPLATES.required(NEWS).model_copy(update={"subject": subject}), EDITOR)


def another_segment() -> None:
    kept = SEGMENTS.required(SegmentId(f"s-{SPRING}"))
    SEGMENTS.save(kept.model_copy(update={"name": "Others"}), EDITOR)


def another_campaign() -> None:
    actions.edit(SPRING, {"name": "Summer"}, EDITOR)


def launches(campaign_id: CampaignId = SPRING) -> int:
    return actions.campaign(campaign_id).launches


def ended(run: Run) -> None:
    kept = store.run(run.id)
    assert kept
    store.end_run(kept, kept.finished({}, kept.at))


@pytest.mark.parametrize("edit", [another_template, another_segment, another_campaign])
def test_what_was_edited_since_it_was_seen_is_not_launched_and_says_by_whom(ses: FakeSes, edit: Any) -> None:
    edit()
    with pytest.raises(Stale, match=r"You saw version 1 of this .*; version 2 is kept now by staff a77b0"):
        actions.launch(SPRING, NOW, "seed", seen=SEEN)
    assert launches() == 0
    actions.launch(SPRING, NOW, "seed", seen=SEEN._replace(**{edit.__name__.partition("_")[2]: 2}))
    assert launches() == 1


def test_the_same_launch_after_a_later_edit_is_the_run_that_it_began(ses: FakeSes) -> None:
    first = actions.launch(SPRING, NOW, "seed", seen=SEEN)
    another_template()
    assert actions.launch(SPRING, NOW, "seed", seen=SEEN).id == first.id
    ended(first)
    another_segment()
    another_campaign()
    assert actions.launch(SPRING, NOW, "seed", seen=SEEN).id == first.id
    assert launches() == 1


def test_a_run_that_is_on_is_shown_to_whom_saw_what_it_goes_with_and_to_nobody_else(ses: FakeSes) -> None:
    first = actions.launch(SPRING, NOW)
    another_template()
    assert actions.launch(SPRING, NOW, "mine", seen=SEEN).id == first.id
    with pytest.raises(Conflict, match="another segment or template than you saw"):
        actions.launch(SPRING, NOW, "other", seen=SEEN._replace(template=2))
    ended(first)
    assert actions.launch(SPRING, NOW, "mine", seen=SEEN).id == first.id
    assert actions.launch(SPRING, NOW, "other", seen=SEEN._replace(template=2)).template_version == 2


def test_a_launch_that_died_goes_on_as_what_it_was_or_is_refused_after_an_edit(ses: FakeSes) -> None:
    calm = campaign(CampaignId("calm"))
    points = points_of(lambda: actions.launch(calm, NOW, "seed", seen=Seen(1, 1)))
    begun = next(point.at for point in points if point.operation == "TransactWriteItems")
    for number, point in enumerate(points):
        asked, seen = campaign(CampaignId(f"c{number}")), Seen(1, 1, TEMPLATES.required(NEWS).version)
        assert crash_at(point, partial(actions.launch, asked, NOW, "seed", seen=seen)), point
        another_template(f"News after {point}")
        was_begun = point.at > begun or (point.at, point.moment) == (begun, "after")
        if was_begun:
            assert actions.launch(asked, NOW, "seed", seen=seen).template_version == seen.template, point
        else:
            with pytest.raises(Stale):
                actions.launch(asked, NOW, "seed", seen=seen)
        assert launches(asked) == was_begun, point


def test_whoever_edits_in_the_midst_of_a_launch_changes_nothing_that_it_sends(ses: FakeSes) -> None:
    calls, outcomes = 0, set[bool]()
    while True:
        asked, seen = campaign(CampaignId(f"c{calls}")), Seen(1, 1, TEMPLATES.required(NEWS).version)
        run: list[Run] = []

        def launch(asked: CampaignId = asked, seen: Seen = seen, run: list[Run] = run) -> None:
            try:
                run.append(actions.launch(asked, NOW, "seed", seen=seen))
            except Stale:
                assert launches(asked) == 0

        if not beside(calls, launch, partial(another_template, f"News at {calls}")):
            break
        outcomes.add(bool(run))
        assert all(store.content(each.id).template.version == seen.template for each in run)
        calls += 1
    assert outcomes == {True, False}


def test_what_nobody_says_they_saw_costs_no_read_more(ses: FakeSes) -> None:
    def reads(campaign_id: CampaignId, **seen: Any) -> list[str]:
        asked = campaign(campaign_id)
        return [each.operation for each in points_of(lambda: actions.launch(asked, NOW, "seed", **seen))]

    assert reads(CampaignId("c1")) == reads(CampaignId("c2"), seen=Seen(1, 1, 1))
