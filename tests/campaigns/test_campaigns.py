"""A campaign from launch to its last decision."""

from collections.abc import Iterator
from itertools import count, cycle, islice
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, queues, table
from chalicelib.aws.codec import item_size
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions, decisions, parts, planning, store, tending
from chalicelib.campaigns.model import PARTS, RunState
from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TryAgain
from chalicelib.canonical.ids import CampaignId, Leaf, TemplateId
from chalicelib.canonical.time import now
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL
from chalicelib.messages import actions as messages
from chalicelib.messages import pacing
from chalicelib.messages.budget import FIRST_CALLS
from chalicelib.messages.store import TEMPLATES
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.campaigns.worlds import NOW, campaign, chunks, guest, launched, plan_by_hand, plan_of, run_to_end, tick, turn
from tests.fakes import waiting
from tests.ids import SPRING
from tests.mail_fakes import FakeSes, mail_event, wrapped


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def test_every_candidate_gets_one_decision(clock: Any, ses: FakeSes) -> None:
    for at in range(20):
        guest(f"g{at:03d}", state="explicit" if at % 4 else None, stays=at % 5)
    run = run_to_end(clock, actions.launch(campaign()))
    assert run.state is RunState.FINISHED
    assert run.counts == {"sent": 12, "no_consent": 4}
    page = decisions.page_of(run.id)
    assert len({each.guest for each in page.decisions}) == len(page.decisions) == 16
    assert {each.rule for each in page.decisions if each.reason == "no_consent"} == {
        "The guest never agreed to marketing mail."
    }
    assert sorted(ses.recipients) == sorted({*ses.recipients})
    assert store.active_runs() == []


def test_everything_delivered_twice_changes_nothing(clock: Any, ses: FakeSes) -> None:
    for at in range(12):
        guest(f"g{at:03d}", state="withdrawn" if at == 3 else "explicit")
    run = run_to_end(clock, actions.launch(campaign()), twice=True)
    assert run.counts == {"sent": 11, "withdrawn": 1}
    assert len(ses.accepted) == 11


def test_an_empty_segment_ends_at_once(clock: Any, ses: FakeSes) -> None:
    guest("anna")
    run = run_to_end(clock, actions.launch(campaign(least_stays=9)))
    assert (run.state, run.counts, ses.requests) == (RunState.FINISHED, {}, 0)


def test_decisions_are_paged(clock: Any, ses: FakeSes) -> None:
    ses.per_second = 3
    everybody = sorted(guest(f"g{at:03d}") for at in range(11))
    run = run_to_end(clock, launched(everybody))
    found, cursor = list[str](), None
    while True:
        page = decisions.page_of(run.id, cursor, limit=2)
        assert len(page.decisions) <= 2
        found += [each.guest for each in page.decisions]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(found) == everybody
    with pytest.raises(Invalid):
        decisions.page_of(run.id, "x|y")


def test_a_decision_shows_what_became_of_an_unknown_mail_since(clock: Any, ses: FakeSes) -> None:
    ses.loses_answers = True
    run = run_to_end(clock, launched([guest("anna"), guest("bo")]))
    assert run.counts == {"unknown": 2}

    def shown() -> dict[str, str]:
        return {each.guest: each.decision for each in decisions.page_of(run.id).decisions}

    assert shown() == {"anna": "unknown", "bo": "unknown"}
    messages.record_event(wrapped(mail_event("Send", ses.accepted[0], "2026-11-23T12:01:00.000Z")), EMAIL)
    assert shown() == {"anna": "sent", "bo": "unknown"}
    clock.shift(73 * 3600)
    assert shown() == {"anna": "sent", "bo": "lost"}
    messages.record_event(wrapped(mail_event("Reject", ses.accepted[1], "2026-11-23T12:01:00.000Z")), EMAIL)
    assert shown() == {"anna": "sent", "bo": "failed"}


def test_a_decision_shows_a_mail_that_ses_refused_after_it_was_sent_and_why(clock: Any, ses: FakeSes) -> None:
    ses.status_of = lambda to: "MESSAGE_REJECTED" if to.startswith("cy") else "SUCCESS"
    run = run_to_end(clock, launched([guest("anna"), guest("bo"), guest("cy")]))
    assert run.counts == {"sent": 2, "failed": 1}
    messages.record_event(wrapped(mail_event("Rendering Failure", ses.accepted[0], "2026-11-23T12:01:00.000Z")), EMAIL)
    assert {each.guest: (each.decision, each.reason) for each in decisions.page_of(run.id).decisions} == {
        "anna": ("failed", "rejected"),
        "bo": ("sent", ""),
        "cy": ("failed", "message_rejected"),
    }


def test_a_page_of_decisions_reads_the_messages_of_all_its_chunks_together(clock: Any, ses: FakeSes) -> None:
    ses.per_second = 1
    run = run_to_end(clock, launched([guest(f"g{at:03d}") for at in range(8)]))
    assert len(chunks(run)) == 8
    meter().take()
    decisions.page_of(run.id)
    calls, _ = meter().take()
    assert calls["BatchGetItem"] <= 3


def test_launching_while_a_run_is_on_is_that_run_and_later_a_new_one(clock: Any, ses: FakeSes) -> None:
    first = launched([guest("anna")])
    assert actions.launch(SPRING).id == first.id
    run_to_end(clock, first)
    second = actions.launch(SPRING)
    assert second.id != first.id
    assert len(ses.accepted) == 1


def test_a_launch_repeated_with_its_seed_is_the_same_run_also_when_that_is_over(clock: Any, ses: FakeSes) -> None:
    name = campaign()
    guest("anna")
    first = actions.launch(name, seed="a")
    assert actions.launch(name, seed="a").id == first.id
    ended = run_to_end(clock, first)
    assert actions.launch(name, seed="a") == ended
    assert store.active_runs() == []
    assert actions.launch(name, seed="b").id != first.id


def test_a_launch_that_met_anothers_run_is_answered_with_it_also_when_it_is_over(clock: Any, ses: FakeSes) -> None:
    first = launched([guest("anna")])
    assert actions.launch(SPRING, seed="b").id == first.id
    ended = run_to_end(clock, first)
    assert actions.launch(SPRING, seed="b") == ended
    assert store.active_runs() == []
    assert actions.launch(SPRING, seed="c").id != first.id


def test_a_launch_begins_a_run_or_is_answered_with_anothers_and_never_both(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same launch twice at once: one meets a run, which ends, so that the other begins its own."""
    first = launched([guest("anna")])
    keep, begun = store.keep_launch_answer, list[str]()

    def slowly(*arguments: Any) -> Any:
        monkeypatch.setattr(store, "keep_launch_answer", keep)
        run_to_end(clock, first)
        begun.append(actions.launch(SPRING, seed="b").id)
        return keep(*arguments)

    monkeypatch.setattr(store, "keep_launch_answer", slowly)
    with pytest.raises(TryAgain):
        actions.launch(SPRING, seed="b")
    assert [actions.launch(SPRING, seed="b").id] == begun


def test_a_launch_that_was_answered_elsewhere_meanwhile_begins_nothing(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same launch twice at once: one met a run before it ended, and says so just before the other begins."""
    first = run_to_end(clock, launched([guest("anna")]))
    begin = actions._begin

    def late(kept: Any, run_id: str, now: Any, **how: Any) -> Any:
        if not store.launch_answer(run_id):
            table.transact(store.keep_launch_answer(run_id, first, now))
        return begin(kept, run_id, now, **how)

    monkeypatch.setattr(actions, "_begin", late)
    assert actions.launch(SPRING, seed="b") == first
    assert store.active_runs() == []


def test_edits_after_the_launch_do_not_reach_the_run(clock: Any, ses: FakeSes) -> None:
    run = launched([guest("anna")])
    changed = {"id": "s-spring", "name": "Nobody", "rule": {"trait": "stats.stays", "op": "gte", "value": 99}}
    segments.save_segment(Segment.model_validate(changed))
    messages.save_template(TEMPLATES.required(TemplateId("news")).model_copy(update={"subject": "Other"}))
    run_to_end(clock, run)
    assert [mail["subject"] for mail in ses.accepted] == ["News"]
    assert (run.segment_version, run.template_version) == (1, 1)


def test_who_leaves_between_planning_and_sending_is_not_mailed(clock: Any, ses: FakeSes) -> None:
    run = launched([guest("anna")])
    consents.set_consent(Leaf("anna"), EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest")
    assert run_to_end(clock, run).counts == {"withdrawn": 1}
    assert ses.requests == 0


def test_pause_stops_and_resume_goes_on_without_loss(clock: Any, ses: FakeSes) -> None:
    ses.per_second = 2
    everybody = [guest(f"g{at:03d}") for at in range(9)]
    run = launched(everybody)
    tick()
    actions.pause(run.id)
    turn()
    tick()
    assert ses.requests == 0
    with pytest.raises(AssertionError):
        run_to_end(clock, run)
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": 9}
    assert len(ses.accepted) == 9


def test_cancel_holds_whoever_was_not_mailed(clock: Any, ses: FakeSes) -> None:
    everybody = [guest(f"g{at:03d}") for at in range(6)]
    run = launched(everybody)
    tick()
    assert actions.cancel(run.id).state is RunState.CANCELLED
    ended = run_to_end(clock, run)
    assert (ended.state, ended.counts, ses.requests) == (RunState.CANCELLED, {"run_cancelled": 6}, 0)
    with pytest.raises(Conflict):
        actions.resume(run.id)


def test_no_chunk_is_planned_after_a_cancelled_run_has_ended(clock: Any, ses: FakeSes) -> None:
    """The planner looked at the run before it was cancelled, and writes what it found after the run ended."""
    part = 3
    shards = {keys.shard(number) for number in range(part * 256 // PARTS, (part + 1) * 256 // PARTS)}
    guest(next(f"g{at:03d}" for at in range(200) if keys.shard_of(f"g{at:03d}") in shards))
    run = actions.launch(campaign())

    asked = iter([100.0])

    def late() -> float:
        """First for how long the part is the planner's; then, with a guest in hand, how much of that is left."""
        if (left := next(asked, None)) is not None:
            return left
        actions.cancel(run.id)
        run_to_end(clock, run)
        return 100.0

    message = {"run": run.id, "part": part}
    with pytest.raises(TryAgain):
        planning.plan_run(message, late)
    planning.plan_run(message)
    assert actions.run(run.id).is_over
    assert chunks(run) == []


def test_a_chunk_that_was_planned_while_the_run_was_cancelled_is_counted(clock: Any, ses: FakeSes) -> None:
    run = actions.launch(campaign())
    plan_by_hand(run, {}, ends=())
    saved, made = parts.save_plan, list[int]()

    def planner_is_ahead(*arguments: Any) -> Any:
        if not made:
            made.append(1)
            plan_by_hand(run, {3: [guest("anna")]}, ends=())
        return saved(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "save_plan", planner_is_ahead)
        actions.cancel(run.id)
    assert run_to_end(clock, run).counts == {"run_cancelled": 1}


def test_a_paused_account_pauses_the_run_and_it_can_be_resumed(clock: Any, ses: FakeSes) -> None:
    everybody = [guest(f"g{at:03d}") for at in range(4)]
    ses.error = (400, "SendingPausedException")
    run = launched(everybody)
    tick()
    turn()
    paused = actions.run(run.id)
    assert (paused.state, paused.reason) == (RunState.PAUSED, "SendingPausedException")
    ses.error = None
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": 4}
    assert len(ses.accepted) == 4


def test_throttled_entries_come_again_from_their_row_and_the_pace_halves(clock: Any, ses: FakeSes) -> None:
    seen = set[str]()

    def throttled_once(to: str) -> str:
        is_new = to not in seen
        seen.add(to)
        return "ACCOUNT_THROTTLED" if is_new and to < "g003" else "SUCCESS"

    ses.status_of = throttled_once
    everybody = [guest(f"g{at:03d}") for at in range(8)]
    run = launched(everybody)
    tick()
    turn()
    assert waiting("send") == 0, "the chunk went back to its row, and not to its own queue"
    assert {each.guest: each.decision for each in decisions.page_of(run.id).decisions}[everybody[0]] == "waiting"
    ended = run_to_end(clock, run)
    assert ended.counts == {"sent": 8}
    assert pacing.opened(EMAIL, now()).calls_a_minute < FIRST_CALLS
    assert sorted(ses.recipients) == [f"g{at:03d}@example.com" for at in range(8)]


def test_the_daily_quota_holds_the_run_until_the_next_window(clock: Any, ses: FakeSes) -> None:
    ses.per_second, ses.per_day = 2, 6
    everybody = [guest(f"g{at:03d}") for at in range(10)]
    run = launched(everybody)
    with pytest.raises(AssertionError):
        run_to_end(clock, run)
    assert len(ses.accepted) <= 6
    ses.per_day = 100
    assert run_to_end(clock, run).counts == {"sent": 10}


def test_a_tick_that_comes_twice_paces_once(clock: Any, ses: FakeSes) -> None:
    ses.per_second = 1
    run = launched([guest(f"g{at:03d}") for at in range(5)])
    tick(twice=True)
    clock.shift(30)
    assert turn(["send"]) == 5
    assert actions.run(run.id).counts == {"sent": 5}
    assert ses.account_requests == 1


def test_two_ticks_at_the_very_same_moment_pace_once(clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch) -> None:
    launched([guest(f"g{at:03d}") for at in range(5)])
    send, others = queues.send_in_time, list[int]()

    def beside(*arguments: Any) -> None:
        if not others:
            others.append(1)
            tick()
        send(*arguments)

    monkeypatch.setattr(queues, "send_in_time", beside)
    tick()
    assert waiting("send") == 1


def test_a_minute_s_chunks_are_spread_over_it(clock: Any, ses: FakeSes) -> None:
    ses.per_second = 2
    launched([guest(f"g{at:03d}") for at in range(8)])
    tick()
    mailed = []
    for _ in range(4):
        turn(["send"])
        mailed.append(len(ses.accepted))
        clock.shift(1)
    assert mailed == [2, 4, 6, 8]


def test_a_run_of_four_ends_in_seconds_without_any_tick(clock: Any, ses: FakeSes) -> None:
    """Who plans queues, who finishes the last chunk ends."""
    for at in range(4):
        guest(f"g{at:03d}")
    run = actions.launch(campaign())
    seconds = 0
    while not actions.run(run.id).is_over:
        turn()
        clock.shift(1)
        seconds += 1
        assert seconds <= 10
    assert actions.run(run.id).counts == {"sent": 4}
    assert store.active_runs() == []


def test_runs_share_the_minute_in_turn_and_ses_is_asked_once(clock: Any, ses: FakeSes) -> None:
    ses.per_second = 1
    some = [guest(f"g{at:03d}") for at in range(200)]
    one, other = actions.launch(campaign()), actions.launch(campaign(CampaignId("autumn")))
    plan_by_hand(one, {0: some[:100]})
    plan_by_hand(other, {0: some[100:]})
    tick()
    clock.shift(60)
    turn(["send"])
    sent = [actions.run(each.id).counts["sent"] for each in (one, other)]
    assert sum(sent) == 60
    assert abs(sent[0] - sent[1]) <= 1
    assert ses.account_requests == 1


def test_what_a_worker_could_not_end_the_tick_ends(clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch) -> None:
    run = launched([guest("anna")])
    tick()
    with monkeypatch.context() as crash:
        crash.setattr(tending, "part_may_be_over", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            turn(["send"])
    assert not actions.run(run.id).is_over
    tick()
    assert actions.run(run.id).is_over


def test_a_chunk_that_came_back_again_while_it_was_queued_is_not_forgotten(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launched([guest("anna")])
    ses.status_of = lambda _: "ACCOUNT_THROTTLED"
    tick()
    turn(["send"])
    clock.shift(60)
    send = queues.send_in_time

    def and_sent_at_once(*arguments: Any) -> None:
        send(*arguments)
        turn(["send"])

    with monkeypatch.context() as faster:
        faster.setattr(queues, "send_in_time", and_sent_at_once)
        tick()
    ses.status_of = lambda _: "SUCCESS"
    clock.shift(60)
    assert run_to_end(clock, run).counts == {"sent": 1}


def test_planning_stops_when_time_is_short_and_goes_on(ses: FakeSes) -> None:
    part = 3
    shards = {keys.shard(number) for number in range(part * 256 // PARTS, (part + 1) * 256 // PARTS)}
    in_part = [f"g{at:03d}" for at in range(200) if keys.shard_of(f"g{at:03d}") in shards][:5]
    everybody = [guest(leaf) for leaf in in_part]
    run = actions.launch(campaign())
    left = cycle([100.0, 5.0])
    while not plan_of(run, part).done:
        planning.plan_run({"run": run.id, "part": part}, lambda: next(left))
    planned = [one for _, guests, _ in chunks(run) for one in guests]
    assert sorted(planned) == everybody


def test_small_partitions_share_a_chunk(clock: Any, ses: FakeSes) -> None:
    for at in range(60):
        guest(f"g{at:03d}", state=None)
    run = actions.launch(campaign())
    for part in (0, 1):
        planning.plan_run({"run": run.id, "part": part})
    assert len(chunks(run)) <= 2


def test_what_a_campaign_names_must_exist(aws: Settings) -> None:
    campaign()
    asked = actions.campaign(SPRING).campaign
    with pytest.raises(Invalid) as refused:
        actions.create_campaign(asked.model_copy(update={"id": "x", "segment": "no", "template": "no"}))
    assert [each.field for each in refused.value.fields] == ["segment", "template"]
    assert actions.create_campaign(asked).campaign == asked
    with pytest.raises(Conflict):
        actions.create_campaign(asked.model_copy(update={"name": "Other"}))
    with pytest.raises(NotFound):
        actions.launch(CampaignId("winter"))


def test_the_largest_template_and_the_largest_segment_can_be_launched_together(ses: FakeSes) -> None:
    campaign()
    html = f"{{% if guest.language == 'zh' %}}{'王' * 79_400}{{% endif %}}"
    news = TEMPLATES.required(TemplateId("news"))
    messages.save_template(news.model_copy(update={"html": html, "name": "\x01" * 200}))
    value = ["\x01" * 200] * 99
    rule = {"trait": "family_name", "op": "in", "value": value}
    segments.save_segment(Segment.model_validate({"id": "s-spring", "name": "\x01" * 200, "rule": rule}))
    run = actions.launch(SPRING)
    kept = table.get(keys.run_content(run.id))
    assert kept
    assert item_size(kept) < 400 * 1024


def test_no_marketing_without_a_postal_address(ses: FakeSes) -> None:
    campaign()
    table.write(table.Put(table.row(keys.DEPLOYMENT, sender="a@b.example", public_url="https://x.example")))
    with pytest.raises(Invalid, match="postal_address"):
        actions.launch(SPRING)


def test_a_recipient_costs_no_more_than_eight_write_units(clock: Any, ses: FakeSes) -> None:
    first_part = {keys.shard(number) for number in range(16)}
    in_one_chunk = (f"g{at:024x}" for at in count() if keys.shard_of(f"g{at:024x}") in first_part)
    everybody = [guest(leaf) for leaf in islice(in_one_chunk, 50)]
    run = actions.launch(campaign())
    meter().take()
    run_to_end(clock, run)
    for mail in ses.accepted:
        for kind in ("Send", "Delivery", "Send", "Delivery"):
            messages.record_event(wrapped(mail_event(kind, mail, "2026-11-23T12:01:00.000Z")), EMAIL)
    for mail in ses.accepted[:20]:
        messages.record_event(wrapped(mail_event("Open", mail, "2026-11-23T12:02:00.000Z")), EMAIL)
    for mail in ses.accepted[:5]:
        messages.record_event(wrapped(mail_event("Click", mail, "2026-11-23T12:03:00.000Z")), EMAIL)
    calls, units = meter().take()
    assert calls["SendBulkEmail"] == 1
    per_recipient = units / len(everybody)
    assert per_recipient <= 8, f"{per_recipient:.2f} write units"
