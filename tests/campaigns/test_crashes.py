"""A worker that dies at any AWS call, and the redelivery that goes on from there."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from chalicelib.aws import queues
from chalicelib.aws.settings import Settings
from chalicelib.aws.table import ConditionFailed
from chalicelib.campaigns import actions, parts, planning, running, store, tending
from chalicelib.campaigns.model import PARTS, Run, RunState
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import CampaignId, Leaf, OccasionId
from chalicelib.canonical.time import moment_of, now
from chalicelib.consent.model import EMAIL
from chalicelib.identity.digests import digest
from chalicelib.jobs.model import Part
from chalicelib.messages import actions as messages
from chalicelib.messages import pacing
from chalicelib.messages import store as message_store
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from tests.campaigns.worlds import NOW, campaign, chunks, guest, plan_by_hand, plan_of
from tests.crashes import Point, crash_at, points_of, watching
from tests.exhaustive import some_of
from tests.fakes import received
from tests.ids import guest_id
from tests.mail_fakes import FakeSes, mail_event, wrapped

CALM = CampaignId("calm")

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    """What a process asks once and keeps is asked here, so that every world makes the same calls."""
    make_token(UnsubscribeLink(Leaf("g"), "marketing", OccasionId("n")))
    digest("email", "somebody@example.com")
    for name in ("plan", "send"):
        queues.url_of(name)
    ses = FakeSes(per_second=5_000).install()
    pacing.opened(EMAIL, NOW)
    return ses


@pytest.fixture
def clock(ses: FakeSes) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


class Sending:
    """One chunk of four candidates, three of whom may be mailed; each world has guests and a run of its own."""

    def __init__(self, label: str, ses: FakeSes) -> None:
        self.ses = ses
        self.guests = [guest(f"g{label}{at}", state=None if at == 1 else "explicit") for at in range(4)]
        self.run = actions.launch(campaign(CampaignId(f"c{label}")), NOW)
        plan_by_hand(self.run, {0: self.guests}, ends=(0,))

    def send(self, *, later: bool = False) -> None:
        message = {"run": self.run.id, "chunk": parts.name_of(self.run.at, 0, 0)}
        running.send_chunk(message, LATER if later else NOW)

    @property
    def counts(self) -> Counter[str]:
        (chunk,) = parts.chunks(self.run.id, after="", limit=10)
        assert chunk.done
        (part,) = parts.of(self.run.id, [0])
        assert part.sent.counts == Counter(chunk.decisions), "counted once, with the decisions"
        return Counter(chunk.decisions)

    @property
    def mails(self) -> Counter[str]:
        return Counter(mail["tags"]["guest"] for mail in self.ses.accepted if mail["tags"]["run"] == self.run.id)

    def follow(self) -> None:
        """Let SES tell what it sent."""
        for mail in self.ses.accepted:
            if mail["tags"]["run"] == self.run.id:
                messages.record_event(wrapped(mail_event("Send", mail, "2026-11-23T12:00:01.000Z")), EMAIL)

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
    plans = [each.plan.model_dump(exclude={"rev", "leased_until"}) for each in parts.of(run.id)]
    return {"plans": plans, "chunks": [(name, guests) for name, guests, _ in chunks(run)]}


def asked_for(queue: str) -> set[str]:
    """What waits on a queue, once each; taken from it."""
    found = set[str]()
    while records := received(queue)["Records"]:
        for record in records:
            found.add(record["body"])
            queues.delete(queue, record["receiptHandle"])
    return found


@pytest.mark.exhaustive
def test_a_crash_while_planning_ends_in_the_same_chunks(clock: time_machine.Traveller, ses: FakeSes) -> None:
    ses.per_second = 2
    clock.shift(60)
    for at in range(40):
        guest(f"g{at:03d}")
    part = 3
    calm = actions.launch(campaign(CALM), now())

    def plan(run: Run) -> None:
        planning.plan_run({"run": run.id, "part": part}, lambda: 30.0)

    points = points_of(lambda: plan(calm))
    expected = _planned(calm)
    assert len(expected["chunks"]) >= 1
    some = [point for point in points if point.operation != "Query" or point.at % 8 == 0]
    for number, point in enumerate(some_of(some)):
        clock.shift(60)
        run = actions.launch(campaign(CampaignId(f"c{number:02d}")), calm_at(calm))
        asked_for("send")
        assert crash_at(point, partial(plan, run)), point
        for _ in range(2):
            clock.shift(40)
            plan(run)
        assert _planned(run) == expected, point
        for _ in range(2):
            clock.shift(60)
            tending.tend_all([run.id], now())
        clock.shift(60)
        assert len(asked_for("send")) == len(expected["chunks"]), point


def calm_at(calm: Run) -> datetime:
    """The names of chunks hold the instant of their run."""
    return moment_of(calm.at)


def test_a_part_is_planned_to_its_end_though_answers_to_writes_were_lost(
    clock: time_machine.Traveller, ses: FakeSes
) -> None:
    """The SDK repeats a write without an answer: it was done, and so the repetition fails its own condition."""
    for at in range(40):
        guest(f"g{at:03d}", stays=at % 2)
    run = actions.launch(campaign(CampaignId("lost")), NOW)
    message = {"run": run.id, "part": 3}

    def lose(number: int) -> None:
        if calls.made[number] == "PutItem" and calls.made.count("PutItem") % 2 == 0:
            refused = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            raise ClientError(refused, "PutItem")  # type: ignore[arg-type]

    turns = 0
    with watching(after=lose) as calls:
        while not plan_of(run, 3).done:
            turns += 1
            assert turns < 100
            with suppress(TryAgain):
                planning.plan_run(message, lambda: 1.0)
            clock.shift(60)
    assert calls.made.count("PutItem") > 2
    planned = [one for _, some, _ in chunks(run) for one in some]
    assert len(planned) == len(set(planned)) > 0


@pytest.mark.exhaustive
def test_a_crash_while_the_tick_queues_loses_no_chunk(clock: time_machine.Traveller, ses: FakeSes) -> None:
    def world(name: CampaignId) -> Run:
        ses.per_second = 1
        clock.shift(120)
        run = actions.launch(campaign(name))
        plan_by_hand(run, {part: [guest(f"g{part}"), guest(f"h{part}")] for part in range(2)}, ends=range(2))
        asked_for("send")
        asked_for("plan")
        return run

    def tick(run: Run) -> None:
        tending.tend_all([run.id], now())

    calm = world(CALM)
    points = points_of(lambda: tick(calm))
    assert [each.queued for each in parts.of(calm.id)][:3] == [2, 2, 0]
    for number, point in enumerate(some_of(points)):
        run = world(CampaignId(f"c{number:02d}"))
        assert crash_at(point, partial(tick, run)), point
        for _ in range(2):
            clock.shift(60)
            tick(run)
        clock.shift(60)
        assert len(asked_for("send")) == len(chunks(run)) == 4, point
        assert len(asked_for("plan")) == PARTS - 2, point
        assert [each.queued for each in parts.of(run.id)][:3] == [2, 2, 0], point


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
def test_a_crash_while_ending_a_cancelled_run_ends_it_and_nothing_is_planned_after(
    clock: time_machine.Traveller, ses: FakeSes
) -> None:
    calm = actions.launch(campaign(CALM), NOW)
    points = points_of(lambda: actions.cancel(calm.id))
    assert actions.run(calm.id).is_over
    some = [point for point in points if point.at % 5 == 0 or point.operation != "PutItem"]
    for number, point in enumerate(some_of(some)):
        run = actions.launch(campaign(CampaignId(f"c{number:02d}")), NOW)
        assert crash_at(point, partial(actions.cancel, run.id)), point
        if actions.run(run.id).state is RunState.ACTIVE:
            actions.cancel(run.id)
        tending.tend_all([run.id], now())
        assert actions.run(run.id).is_over, point
        assert run.id not in store.active_runs(), point
        for part in range(PARTS):
            found = Part(number=part)
            with pytest.raises(ConditionFailed):
                parts.save_plan(run, found, parts.plan_to(found, "", 1, 1), [guest_id("late")], now())
        assert chunks(run) == [], point


@pytest.mark.exhaustive
def test_a_crash_while_a_chunk_goes_back_to_its_row_ends_in_one_mail_each(
    clock: time_machine.Traveller, ses: FakeSes
) -> None:
    def world(label: str) -> Sending:
        ses.status_of = lambda _: "ACCOUNT_THROTTLED"
        return Sending(label, ses)

    points = points_of(world("x").send)
    for number, point in enumerate(some_of(points)):
        one = world(str(number).zfill(2))
        assert crash_at(point, one.send), point
        one.send(later=True)
        ses.status_of = lambda _: "SUCCESS"
        clock.shift(60)
        tending.tend_all([one.run.id], now())
        one.send(later=True)
        assert sum(one.mails.values()) + one.counts["unknown"] == 3, point
        assert set(one.mails.values()) <= {1}, point
