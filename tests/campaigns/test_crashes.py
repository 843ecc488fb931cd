"""A worker that dies at any AWS call, and the redelivery that goes on from there."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws import queues
from chalicelib.aws.settings import Settings
from chalicelib.aws.table import ConditionFailed
from chalicelib.campaigns import actions, running, store
from chalicelib.campaigns.model import PARTS, Progress, Run
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import CampaignId, Leaf, OccasionId
from chalicelib.identity.digests import digest
from chalicelib.messages import actions as messages
from chalicelib.messages import store as message_store
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from tests.campaigns.worlds import NOW, campaign, chunks, guest
from tests.crashes import Point, crash_at, points_of, watching
from tests.exhaustive import some_of
from tests.ids import guest_id
from tests.mail_fakes import FakeSes, mail_event, wrapped

CALM = CampaignId("calm")

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    """What a process asks once and keeps is asked here, so that every world makes the same calls."""
    make_token(UnsubscribeLink(Leaf("g"), "marketing", OccasionId("n")))
    digest("email", "somebody@example.com")
    for name in ("plan", "pace", "send"):
        queues.url_of(name)
    return FakeSes(per_second=5_000).install()


class Sending:
    """One chunk of four candidates, three of whom may be mailed; each world has guests and a run of its own."""

    def __init__(self, label: str, ses: FakeSes) -> None:
        self.ses = ses
        self.guests = [guest(f"g{label}{at}", state=None if at == 1 else "explicit") for at in range(4)]
        self.run = actions.launch(campaign(CampaignId(f"c{label}")), NOW)
        self.chunk = store.chunk_key(self.run, 0, 0)
        progress = store.progress_of(self.run.id, 0)
        store.save_progress(self.run, progress, progress.model_copy(update={"done": True}), self.guests)

    def send(self, *, later: bool = False) -> None:
        message = {"run": self.run.id, "chunk": store.name_of(self.chunk)}
        running.send_chunk(message, LATER if later else NOW)

    @property
    def counts(self) -> Counter[str]:
        (chunk,) = store.chunks(self.run.id, after="", limit=10)
        assert chunk.done
        return Counter(chunk.decisions)

    @property
    def mails(self) -> Counter[str]:
        return Counter(mail["tags"]["guest"] for mail in self.ses.accepted if mail["tags"]["run"] == self.run.id)

    def follow(self) -> None:
        """Let SES tell what it sent."""
        for mail in self.ses.accepted:
            if mail["tags"]["run"] == self.run.id:
                messages.record_event(wrapped(mail_event("Send", mail, "2026-11-23T12:00:01.000Z")), "email")

    @property
    def states(self) -> list[str | None]:
        found = [message_store.message(leaf, self.run.id) for leaf in self.guests]
        return [message.state if message else None for message in found]


@pytest.mark.exhaustive
def test_a_crash_while_sending_never_mails_twice_and_ends_in_the_same_counts(ses: FakeSes) -> None:
    calm = Sending("x", ses)
    points = points_of(calm.send)
    assert calm.counts == {"sent": 3, "no_consent": 1}
    claimed = next(point.at for point in points if point.operation == "TransactWriteItems")
    accepted = next(point.at for point in points if point.operation == "SendBulkEmail")
    for number, point in enumerate(some_of(points)):
        world = Sending(str(number).zfill(2), ses)
        assert crash_at(point, world.send), point
        world.send(later=True)
        world.send(later=True)
        _check(world, point, claimed, accepted)


def _check(world: Sending, point: Point, claimed: int, accepted: int) -> None:
    counts = world.counts
    assert counts["sent"] + counts["unknown"] == 3, point
    assert counts["no_consent"] == 1, point
    assert set(world.mails.values()) <= {1}, point
    world.follow()
    was_claimed = point.at > claimed or point == Point(claimed, "after", point.operation)
    was_sent = point.at > accepted or point == Point(accepted, "after", point.operation)
    if was_sent or not was_claimed:
        assert sum(world.mails.values()) == 3, point
        assert world.states == ["sent", None, "sent", "sent"], point
    else:
        assert sum(world.mails.values()) == 0, f"{point}: a claim without an outcome is never sent again"
        assert world.states == ["claimed", None, "claimed", "claimed"], point


def _planned(run: Run) -> dict[str, Any]:
    progress = [each.model_dump() for each in store.progress(run.id)]
    return {"progress": progress, "chunks": [(name, guests) for name, guests, _ in chunks(run)]}


@pytest.mark.exhaustive
def test_a_crash_while_planning_ends_in_the_same_chunks(ses: FakeSes) -> None:
    ses.per_second = 2
    for at in range(40):
        guest(f"g{at:03d}")
    part = 3
    calm = actions.launch(campaign(CALM), NOW)
    points = points_of(lambda: running.plan_run({"run": calm.id, "part": part}))
    expected = _planned(calm)
    assert len(expected["chunks"]) >= 1
    some = [point for point in points if point.operation != "Query" or point.at % 8 == 0]
    for number, point in enumerate(some_of(some)):
        run = actions.launch(campaign(CampaignId(f"c{number:02d}")), NOW)

        def plan(run: Run = run) -> None:
            running.plan_run({"run": run.id, "part": part})

        assert crash_at(point, plan), point
        plan()
        plan()
        assert _planned(run) == expected, point


def test_a_part_is_planned_to_its_end_though_the_answer_to_a_write_was_lost(ses: FakeSes) -> None:
    """The SDK repeats a write without an answer: it was done, and so the repetition fails its own condition."""
    for at in range(40):
        guest(f"g{at:03d}", stays=at % 2)
    run = actions.launch(campaign(CampaignId("lost")), NOW)
    message = {"run": run.id, "part": 3}

    def lose(number: int) -> None:
        if calls.made[number] == "PutItem":
            refused = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            raise ClientError(refused, "PutItem")  # type: ignore[arg-type]

    def comes_again() -> bool:
        before = calls.made.count("SendMessage")
        try:
            running.plan_run(message, lambda: 1.0)
        except TryAgain:
            return True
        return calls.made.count("SendMessage") > before

    with watching(after=lose) as calls:
        while comes_again():
            pass
    assert "PutItem" in calls.made
    assert store.progress_of(run.id, 3).done
    planned = [one for _, some, _ in chunks(run) for one in some]
    assert len(planned) == len(set(planned)) > 0


@pytest.mark.exhaustive
def test_a_crash_while_pacing_queues_every_chunk(ses: FakeSes) -> None:
    def world(name: CampaignId) -> Run:
        run = actions.launch(campaign(name), NOW)
        for part in range(2):
            first = store.save_progress(run, Progress(part=part), Progress(part=part), [guest_id(f"g{part}")])
            store.save_progress(run, first, first.model_copy(update={"done": True}), [guest_id(f"h{part}")])
        return run

    calm = world(CALM)
    points = points_of(lambda: running.pace_run({"run": calm.id, "beat": 0}, NOW))
    expected = actions.run(calm.id)
    assert sum(expected.queued) == len(chunks(calm)) == 4
    for number, point in enumerate(some_of(points)):
        run = world(CampaignId(f"c{number:02d}"))

        def pace(run: Run = run) -> None:
            running.pace_run({"run": run.id, "beat": 0}, NOW)

        assert crash_at(point, pace), point
        pace()
        pace()
        found = actions.run(run.id)
        assert (found.queued, found.beat) == (expected.queued, 1), point


@pytest.mark.exhaustive
def test_a_crash_after_the_launch_is_repaired_by_launching_again(ses: FakeSes) -> None:
    guest("anna")
    campaign(CALM)
    points = points_of(lambda: actions.launch(CALM, NOW))
    for number, point in enumerate(some_of(points)):
        name = campaign(CampaignId(f"c{number:02d}"))

        def launch(name: CampaignId = name) -> Run:
            return actions.launch(name, NOW)

        assert crash_at(point, launch), point
        run = launch()
        assert actions.campaign(name).launches == 1, point
        assert actions.run(run.id).campaign == name, point


@pytest.mark.exhaustive
def test_a_crash_while_ending_a_cancelled_run_ends_it_and_nothing_is_planned_after(ses: FakeSes) -> None:
    def world(name: CampaignId) -> Run:
        return actions.cancel(actions.launch(campaign(name), NOW).id)

    calm = world(CALM)
    points = points_of(lambda: running.pace_run({"run": calm.id, "beat": calm.beat}, NOW))
    assert actions.run(calm.id).is_over
    some = [point for point in points if point.at % 5 == 0 or point.operation != "PutItem"]
    for number, point in enumerate(some_of(some)):
        run = world(CampaignId(f"c{number:02d}"))

        def pace(run: Run = run) -> None:
            running.pace_run({"run": run.id, "beat": run.beat}, NOW)

        assert crash_at(point, pace), point
        pace()
        assert actions.run(run.id).is_over, point
        for part in range(PARTS):
            with pytest.raises(ConditionFailed):
                store.save_progress(run, Progress(part=part), Progress(part=part, candidates=1), [guest_id("late")])
        assert chunks(run) == [], point
