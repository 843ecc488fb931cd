"""What a run counts is what its decisions say, at any moment; and it is over when its last mail is sent."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.aws import queues
from chalicelib.aws.meter import meter
from chalicelib.campaigns import actions, counting, decisions, parts, planning, running
from chalicelib.campaigns.model import PARTS, Run, RunState
from chalicelib.canonical.ids import CampaignId
from chalicelib.canonical.time import now
from chalicelib.consent.model import EMAIL
from chalicelib.messages import actions as messages
from chalicelib.messages import pacing
from tests.campaigns.test_crashes import asked_for
from tests.campaigns.worlds import campaign, guest, plan_by_hand, run_to_end, turn
from tests.crashes import crash_at, points_of
from tests.exhaustive import some_of
from tests.mail_fakes import FakeSes, mail_event, wrapped

AT = "2026-11-23T12:01:00.000Z"
BOTH = pytest.mark.parametrize("small", [counting.SMALL, 0], ids=["chunk by chunk", "by its parts' sums"])
"""How a run is counted while it is on."""


def said(run: Run) -> tuple[dict[str, int], int]:
    """What the decisions come to, and how many there are none of."""
    pages = decisions.page_of(run.id, limit=1_000).decisions
    codes = Counter(each.reason if each.decision == "held" else each.decision for each in pages)
    waiting = codes.pop("waiting", 0)
    return dict(codes), waiting


def agreed(run: Run) -> dict[str, int]:
    """The run's counts, which are what its decisions say."""
    shown, (codes, waiting) = actions.run(run.id), said(run)
    assert (shown.counts, shown.total) == (codes, sum(codes.values()) + waiting)
    return codes


def event(kind: str, mail: dict[str, Any]) -> str:
    return wrapped(mail_event(kind, mail, AT))


def four(label: str) -> list[Any]:
    """Three who may be mailed, and one who agreed to nothing."""
    return [guest(f"g{label}{at}", state=None if at == 1 else "explicit") for at in range(4)]


def on(label: str, everybody: list[Any], *, ends: range = range(PARTS)) -> Run:
    run = actions.launch(campaign(CampaignId(f"c{label}")), now())
    plan_by_hand(run, {0: everybody}, ends=ends)
    return run


def send(run: Run) -> None:
    running.send_chunk({"run": run.id, "chunk": parts.name_of(run.at, 0, 0)}, now())


def warm() -> None:
    """What a process asks once and keeps, it asked."""
    send(on("warm", four("warm")))
    for name in ("plan", "send"):
        queues.url_of(name)
    pacing.opened(EMAIL, now())


@pytest.mark.exhaustive
def test_counts_are_what_decisions_say_after_a_crash_at_any_call(clock: Any, ses: FakeSes) -> None:
    warm()
    points = points_of(partial(send, on("x", four("x"))))
    for number, point in enumerate(some_of(points)):
        run = on(str(number).zfill(2), four(str(number).zfill(2)))
        assert crash_at(point, partial(send, run)), point
        agreed(run)
        clock.shift(600)
        for _ in range(2):
            send(run)
            codes = agreed(run)
            assert codes.get("sent", 0) + codes.get("unknown", 0) == 3, point
            assert codes["no_consent"] == 1, point


@pytest.mark.exhaustive
@BOTH
@pytest.mark.parametrize("kind", ["Send", "Reject"])
def test_what_ses_tells_later_is_counted_though_the_worker_dies_over_it(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch, kind: str, small: int
) -> None:
    monkeypatch.setattr(counting, "SMALL", small)

    def world(label: str) -> tuple[Run, str]:
        """One answer of two is lost: that mail is unknown, and the other one sent."""
        before = len(ses.accepted)
        run = on(label, [guest(f"g{label}{at}") for at in range(2)])
        ses.loses_answers = kind == "Send"
        send(run)
        ses.loses_answers = False
        return run, event(kind, ses.accepted[before])

    warm()
    _, body = world("x")
    points = points_of(partial(messages.record_event, body, EMAIL))
    for number, point in enumerate(points):
        run, body = world(str(number).zfill(2))
        before = agreed(run)
        assert crash_at(point, partial(messages.record_event, body, EMAIL)), point
        agreed(run)
        for _ in range(2):
            messages.record_event(body, EMAIL)
            after = agreed(run)
        assert after != before, point
        assert after == ({"sent": 1, "unknown": 1} if kind == "Send" else {"failed": 1, "sent": 1}), point


@BOTH
def test_an_event_that_is_faster_than_the_worker_is_counted_once(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    """SES takes a mail and refuses it before its worker has written that it was sent."""
    monkeypatch.setattr(counting, "SMALL", small)
    keep = parts.finish

    def late(chunk: Any, codes: Any, laws: Any) -> None:
        messages.record_event(event("Reject", ses.accepted[-1]), EMAIL)
        keep(chunk, codes, laws)

    monkeypatch.setattr(parts, "finish", late)
    run = on("late", [guest("anna")])
    send(run)
    assert agreed(run) == {"failed": 1}


@BOTH
def test_a_mail_that_is_lost_by_time_is_counted_as_lost(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(counting, "SMALL", small)
    ses.loses_answers = True
    run = on("lost", four("lost"))
    send(run)
    assert agreed(run) == {"unknown": 3, "no_consent": 1}
    clock.shift(timedelta(hours=73))
    assert agreed(run) == {"lost": 3, "no_consent": 1}


@BOTH
def test_a_run_that_is_paused_over_half_a_chunk_counts_who_got_it(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(counting, "SMALL", small)
    ses.status_of = lambda to: "ACCOUNT_SENDING_PAUSED" if to.startswith("ghalf3") else "SUCCESS"
    run = on("half", four("half"))
    send(run)
    assert actions.run(run.id).state is RunState.PAUSED
    assert agreed(run)["sent"] == 2
    ses.status_of = lambda _: "SUCCESS"
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == agreed(run) == {"sent": 3, "no_consent": 1}


@BOTH
def test_a_run_that_is_cancelled_counts_who_is_held_by_that_at_once(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(counting, "SMALL", small)
    run = on("off", four("off"))
    actions.cancel(run.id)
    assert agreed(run) == {"run_cancelled": 4}
    turn()
    assert actions.run(run.id).is_over
    assert agreed(run) == {"run_cancelled": 4}


def test_a_run_of_many_reads_no_message_to_be_counted(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = on("many", four("many"))
    send(run)
    monkeypatch.setattr(counting, "SMALL", 0)
    meter().take()
    actions.run(run.id)
    calls, _ = meter().take()
    assert sum(calls.values()) <= 4


# A small run's end


def test_a_small_run_is_over_with_its_last_mail_and_waits_for_no_tick(clock: Any, ses: FakeSes) -> None:
    for at in range(6):
        guest(f"g{at}")
    run = actions.launch(campaign())
    for _ in range(30):
        turn(twice=True)
        clock.shift(1)
        if len(ses.accepted) == 6:
            break
    assert (actions.run(run.id).state, agreed(run)) == (RunState.FINISHED, {"sent": 6})


@pytest.mark.exhaustive
def test_a_run_whose_last_chunk_dies_is_ended_by_its_redelivery(clock: Any, ses: FakeSes) -> None:
    warm()
    calm = on("x", four("x"))
    points = points_of(partial(send, calm))
    assert actions.run(calm.id).is_over
    for number, point in enumerate(some_of(points)):
        run = on(str(number).zfill(2), four(str(number).zfill(2)))
        assert crash_at(point, partial(send, run)), point
        clock.shift(600)
        send(run)
        assert actions.run(run.id).is_over, point
        agreed(run)


@pytest.mark.exhaustive
def test_a_run_whose_planner_dies_is_sent_and_ended_after_the_redelivery(clock: Any, ses: FakeSes) -> None:
    warm()
    for at in range(40):
        guest(f"g{at:03d}")

    def world(label: str) -> Run:
        """One part is left to be planned, and a message that asks for it."""
        run = on(label, [], ends=range(1, PARTS))
        asked_for("plan")
        return run

    def plan(run: Run) -> None:
        planning.plan_run({"run": run.id, "part": 0}, lambda: 30.0)

    calm = world("x")
    points = [each for each in points_of(partial(plan, calm)) if each.operation != "Query"]
    turn(["send"])
    expected = agreed(calm)
    assert actions.run(calm.id).is_over
    for number, point in enumerate(some_of(points)):
        clock.shift(60)
        run = world(str(number).zfill(2))
        assert crash_at(point, partial(plan, run)), point
        agreed(run)
        clock.shift(60)
        for _ in range(2):
            plan(run)
        turn(["send"], twice=True)
        assert actions.run(run.id).is_over, point
        assert sum(agreed(run).values()) == sum(expected.values()) > 0, point
