"""The life of a letter: set aside, listed, sent back, failed again, put away; and a crash at every call of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.app import SQSEvent
from moto.sqs.models import sqs_backends

from chalicelib.aws import clients, files, keys, queues, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import ARCHIVED, Message
from chalicelib.canonical.errors import NotFound, Rejected, TryAgain
from chalicelib.canonical.ids import ConnectionId, LetterId
from chalicelib.canonical.time import instant, now
from chalicelib.dead_letters import actions, store
from chalicelib.dead_letters.model import Letter, Wanted
from chalicelib.entrypoints.runtime import LAST_RECEIVE, BatchIncomplete, SecondsLeft, one_by_one
from infra import dead_letters
from tests import tables
from tests.conftest import ACCOUNT, RAW_BUCKET, REGION
from tests.crashes import crash_at, points_of
from tests.exhaustive import some_of
from tests.fakes import Context, Event, delivery, received, waiting

NOTICE: dict[str, Any] = {"connection": "pms", "vendor": "canonical", "request": "q1", "body": {"room": "214"}}
ID = LetterId("q1")
Fails = Callable[[], Exception | None]


@pytest.fixture(autouse=True)
def at_once(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)


def work(event: Event, error: Exception | None) -> None:
    """Deliver to a function that fails so, and delete what is done, as Lambda does."""

    @one_by_one("inbox")
    def give_up(message: Message, _: SecondsLeft) -> None:
        if error:
            raise error

    context: Any = Context()
    give_up(SQSEvent(event, context))
    for each in event["Records"] if error is None else ():
        queues.delete("inbox", each["receiptHandle"])


def fail(notice: dict[str, Any] = NOTICE, error: Exception | None = None) -> None:
    work(delivery("inbox", [notice]), error or Rejected("not_canonical", "snapshots: a list is required"))


def lying(**wanted: Any) -> list[tuple[str, int, str]]:
    return [(each.id, each.times, each.reason) for each in actions.lying(Wanted(**wanted))]


def hidden_no_more() -> None:
    """A minute passes: what who died had received is seen again."""
    for queue in sqs_backends[ACCOUNT][REGION].queues.values():
        for each in queue._messages:
            each.visible_at = 0


def redriven() -> list[str]:
    hidden_no_more()
    return list(dead_letters.redrive("test", "inbox"))


def test_a_letter_is_listed_by_connection_with_time_and_reason_and_nothing_of_what_it_holds() -> None:
    fail()
    (found,) = actions.lying(Wanted(ConnectionId("pms")))
    assert (found.id, found.queue, found.connection, found.times, found.receives) == ("q1", "inbox", "pms", 1, 1)
    assert found.reason == "not_canonical: snapshots: a list is required"
    assert found.first_at == found.at
    assert lying(connection=ConnectionId("another")) == []
    row = table.get(keys.letter(ID))
    assert row
    assert "214" not in row["projected"]
    assert 14 * 86400 <= row["expires_at"] - int(now().timestamp()) <= 15 * 86400


def test_a_letter_is_opened() -> None:
    fail({**NOTICE, "body": {"room": "214", "note": "4111 1111 1111 1111", "passport": "P1"}})
    assert actions.opened(actions.letter_of(ID)) == {**NOTICE, "body": {"room": "214", "note": "[card number removed]"}}


def test_a_letter_that_lies_apart_for_its_size_is_opened_whole() -> None:
    files.put_body(RAW_BUCKET, "large/2026-03-29/q1", b'{"body":{"room":"214"}}')
    apart = {name: value for name, value in NOTICE.items() if name != "body"}
    fail({**apart, "large": "large/2026-03-29/q1"})
    assert actions.opened(actions.letter_of(ID)) == {**NOTICE, "large": "large/2026-03-29/q1"}


def test_what_is_no_json_is_opened_as_the_text_that_it_is() -> None:
    work(delivery("inbox", ["not JSON"]), None)
    (letter,) = actions.lying(Wanted())
    assert (letter.connection, letter.reason) == (None, "not_json")
    assert actions.opened(actions.letter_of(letter.id)) == "not JSON"


def test_a_letter_that_is_sent_back_and_done_is_gone() -> None:
    fail()
    assert redriven() == ["q1"]
    assert (waiting("inbox-dlq"), waiting("inbox"), lying()) == (0, 1, [])
    back = received("inbox")
    work(back, None)
    assert json.loads(back["Records"][0]["body"]) == NOTICE
    assert (waiting("inbox"), redriven()) == (0, [])
    with pytest.raises(NotFound):
        actions.letter_of(ID)


def test_a_letter_that_fails_again_is_one_letter_counted_twice() -> None:
    fail()
    for times in (2, 3):
        redriven()
        work(received("inbox"), Rejected("still_not"))
        assert lying() == [("q1", times, "still_not")]
        assert (waiting("inbox-dlq"), waiting("inbox")) == (1, 0)


def test_a_notice_that_is_replayed_while_it_lies_there_makes_no_second_letter() -> None:
    for _ in range(3):
        fail()
    assert lying() == [("q1", 1, "not_canonical: snapshots: a list is required")]
    assert (waiting("inbox-dlq"), waiting("inbox")) == (1, 0)


def test_what_was_rejected_is_sent_back_as_archived_and_what_never_came_so_far_is_not() -> None:
    fail()
    work(delivery("inbox", [{**NOTICE, "request": "q2"}], receives=LAST_RECEIVE), TryAgain("the vendor is down"))
    assert sorted(redriven()) == ["q1", "q2"]
    archived = {
        json.loads(each["body"])["request"]: each["messageAttributes"].get(ARCHIVED, {}).get("stringValue")
        for each in received("inbox")["Records"]
    }
    assert archived == {"q1": "yes", "q2": None}


def test_a_letter_redriven_twice_is_sent_once() -> None:
    fail()
    letter = actions.letter_of(ID)
    assert actions.redrive(letter)
    actions.tidy("inbox")
    assert (redriven(), waiting("inbox")) == ([], 1)


def test_two_who_redrive_one_letter_side_by_side_leave_one_when_both_copies_fail() -> None:
    fail()
    letter = actions.letter_of(ID)
    assert actions.redrive(letter)
    assert not actions.redrive(letter), "the other was faster; it is sent all the same"
    assert waiting("inbox") == 2
    work(received("inbox"), Rejected("still_not"))
    assert lying() == [("q1", 2, "still_not")]
    actions.tidy("inbox")
    assert (waiting("inbox-dlq"), waiting("inbox")) == (1, 0)


@pytest.mark.parametrize("first", ["redrive", "put away"])
def test_a_letter_put_away_while_it_is_sent_back_is_settled_once(first: str) -> None:
    fail()
    letter = actions.letter_of(ID)
    for act in sorted(
        (actions.redrive, actions.put_away), key=lambda each: (each is actions.redrive) != (first == "redrive")
    ):
        act(letter)
    actions.tidy("inbox")
    assert (lying(), waiting("inbox-dlq")) == ([], 0)
    work(received("inbox"), Rejected("still_not"))
    assert lying() == [("q1", 2, "still_not")]


def test_a_letter_that_is_put_away_is_sent_back_by_nobody() -> None:
    fail()
    assert list(dead_letters.purge("test", "inbox")) == ["q1"]
    assert (redriven(), waiting("inbox"), waiting("inbox-dlq"), lying()) == ([], 0, 0, [])


def test_what_sqs_moved_by_itself_is_listed_once_somebody_looked() -> None:
    url = queues.url_of("inbox-dlq")
    clients.sqs().send_message(QueueUrl=url, MessageBody=json.dumps(NOTICE))
    assert lying() == []
    for _ in range(2):
        dead_letters.listed("test")
        ((letter, times, reason),) = lying(connection=ConnectionId("pms"))
        assert (times, reason) == (1, dead_letters.CRASHED)
    assert redriven() == [letter]
    work(received("inbox"), Rejected("not_canonical"))
    assert lying() == [(letter, 2, "not_canonical")]


def test_a_redriven_letter_that_sqs_moves_by_itself_is_the_same_letter() -> None:
    fail()
    redriven()
    (copy,) = received("inbox")["Records"]
    sent = {name: each["stringValue"] for name, each in copy["messageAttributes"].items()}
    queues.send_text("inbox-dlq", copy["body"], attributes=sent)
    dead_letters.listed("test")
    assert lying() == [("q1", 2, dead_letters.CRASHED)]
    assert redriven() == ["q1"]


def test_letters_are_settled_in_slices_the_oldest_first() -> None:
    for number in range(5):
        fail({**NOTICE, "request": f"q{number}"})
    fail({**NOTICE, "request": "other", "connection": "another"})
    mine = Wanted(ConnectionId("pms"))
    assert actions.settle(mine, actions.redrive, 3) == (3, True)
    assert [each for each, *_ in lying()] == ["q3", "q4", "other"]
    assert actions.settle(mine, actions.put_away, 3) == (2, False)
    assert actions.settle(mine, actions.redrive, 3) == (0, False)
    assert [each for each, *_ in lying()] == ["other"]
    assert (waiting("inbox"), waiting("inbox-dlq")) == (3, 1)


def test_letters_that_fail_again_are_not_sent_round_and_round() -> None:
    fail()
    until = instant(now())
    wanted = Wanted(until=until)
    assert actions.settle(wanted, actions.redrive, 10) == (1, False)
    work(received("inbox"), Rejected("still_not"))
    assert actions.settle(wanted, actions.redrive, 10) == (0, False)
    assert lying() == [("q1", 2, "still_not")]


def test_looking_through_stops_where_the_queue_ended_when_it_began() -> None:
    fail()
    for letter in dead_letters.redrive("test", "inbox"):
        assert letter == "q1"
        work(received("inbox"), Rejected("still_not"))
    assert lying() == [("q1", 2, "still_not")]


def test_a_letter_that_cannot_be_written_comes_back_and_keeps_its_neighbours_out_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise TryAgain("the table is busy")

    monkeypatch.setattr(store, "save", refuse)
    with pytest.raises(BatchIncomplete):
        fail()
    assert waiting("inbox") == 1


# Crashes


def check_every_crash(before: Callable[[], None], act: Callable[[], object], settled: Callable[[], object]) -> None:
    """Crash at each call, do it again, and compare with what an undisturbed one left."""

    def begin() -> None:
        tables.empty()
        hidden_no_more()
        for name in ("inbox", "inbox-dlq"):
            for each in received(name)["Records"]:
                queues.delete(name, each["receiptHandle"])
        before()

    begin()
    points = points_of(act)
    expected = settled()
    assert {"PutItem", "SendMessage"} <= {each.operation for each in points}
    for point in some_of(points):
        begin()
        crash_at(point, act)
        act()
        assert settled() == expected, str(point)


def rows() -> list[tuple[str, int, bool]]:
    dead_letters.listed("test")  # whatever was left behind on the queue is taken off by whoever looks next
    return [(each.id, each.times, each.lies) for each in [store.get(ID)] if each]


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_of_setting_aside_leaves_one_letter() -> None:
    told = Message("m1", NOTICE, {}, json.dumps(NOTICE))

    def act() -> None:
        actions.set_aside("inbox", told, reason="gone", archived=True)

    def settled() -> object:
        found = rows()
        assert 1 <= waiting("inbox-dlq") <= 2, "who dies before the row sends its message once more"
        assert redriven() == ["q1"]
        assert (waiting("inbox-dlq"), waiting("inbox")) == (0, 1)
        return found

    check_every_crash(lambda: None, act, settled)


def sent_back() -> object:
    """Once, or twice where somebody died between; and nothing is left behind."""
    hidden_no_more()
    found = rows()
    assert 1 <= waiting("inbox") <= 2
    assert waiting("inbox-dlq") == 0
    return found


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_of_sending_back_loses_nothing_and_leaves_nothing() -> None:
    def act() -> None:
        redriven()

    check_every_crash(fail, act, sent_back)


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_of_a_slice_loses_nothing_and_leaves_nothing() -> None:
    def act() -> None:
        hidden_no_more()
        actions.settle(Wanted(ConnectionId("pms")), actions.redrive, 10)

    check_every_crash(fail, act, sent_back)


def test_looking_through_goes_on_past_what_became_visible_or_went_while_it_looked() -> None:
    for number in range(3):
        fail({**NOTICE, "request": f"q{number}"})
    seen: list[str] = []

    def take_it_from_under(letter: Letter) -> bool:
        seen.append(letter.id)
        for queue in sqs_backends[ACCOUNT][REGION].queues.values():
            queue._messages.clear()
        return False

    assert list(actions.look_through("inbox", take_it_from_under, wait_seconds=0)) == []
    assert sorted(seen) == ["q0", "q1", "q2"]
