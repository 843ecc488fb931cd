"""What becomes of a batch when some of its records fail."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from chalice.app import SQSEvent

from chalicelib.aws import queues
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Failures, Message
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.entrypoints.runtime import (
    FIRST_WAIT,
    LONGEST_WAIT,
    BatchIncomplete,
    NotStarted,
    SecondsLeft,
    in_batch,
    one_by_one,
    queue_name,
    wait_after,
)
from infra import queries
from infra.demo import drain
from tests.fakes import Context, Event, delivery, received, waiting

SECRET = "anna.lee@example.com"
TEN = [{"n": number} for number in range(10)]


def worker(fails: Callable[[Message], Exception | None]) -> tuple[list[int], Callable[[SQSEvent], None]]:
    """A function that runs records one by one, and the list of what it did."""
    done: list[int] = []

    @one_by_one("inbox")
    def do_one(message: Message, _: SecondsLeft) -> None:
        error = fails(message)
        if error:
            raise error
        done.append(message.body["n"])

    return done, do_one


def batch_worker(fails: Callable[[Message], Exception | None]) -> tuple[list[int], Callable[[SQSEvent], None]]:
    """A function that runs a batch as one and breaks as one when any of its records is bad."""
    done: list[int] = []

    @in_batch("inbox")
    def do_all(messages: Sequence[Message], _: SecondsLeft) -> Failures:
        for message in messages:
            error = fails(message)
            if error:
                raise error
        done.extend(message.body["n"] for message in messages)
        return {}

    return done, do_all


def run(handler: Callable[[SQSEvent], None], event: Event, *seconds_left: float) -> None:
    context: Any = Context(*seconds_left)
    handler(SQSEvent(event, context))


def third(error: Exception) -> Callable[[Message], Exception | None]:
    return lambda message: error if message.body["n"] == 3 else None


def dead() -> list[dict[str, Any]]:
    return [
        {"body": record["body"], **{name: each["stringValue"] for name, each in record["messageAttributes"].items()}}
        for record in received("inbox-dlq")["Records"]
    ]


@pytest.mark.parametrize("make", [worker, batch_worker])
def test_a_good_batch_is_left_for_lambda_to_delete(aws: Settings, make: Any) -> None:
    done, handler = make(lambda _: None)
    run(handler, delivery("inbox", TEN))
    assert sorted(done) == list(range(10))
    assert waiting("inbox") == 10


@pytest.mark.parametrize("make", [worker, batch_worker])
def test_one_poison_in_ten_is_set_aside_with_its_reason_and_its_neighbours_succeed(aws: Settings, make: Any) -> None:
    done, handler = make(third(Rejected("not_canonical", "snapshots: a list is required")))
    run(handler, delivery("inbox", TEN))
    assert sorted(done) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    (letter,) = dead()
    assert letter.pop("letter")
    assert letter == {
        "body": '{"n": 3}',
        "reason": "not_canonical: snapshots: a list is required",
        "source_queue": "inbox",
        "receives": "1",
        "times": "1",
        "archived": "yes",
    }
    assert waiting("inbox") == 9  # the poison is deleted; the others Lambda deletes by itself, as nothing was raised


@pytest.mark.parametrize("make", [worker, batch_worker])
def test_all_poison_is_all_set_aside(aws: Settings, make: Any) -> None:
    done, handler = make(lambda _: Rejected("not_canonical"))
    run(handler, delivery("inbox", TEN))
    assert done == []
    assert len(dead()) == 10
    assert waiting("inbox") == 0


@pytest.mark.parametrize("make", [worker, batch_worker])
def test_a_passing_failure_comes_back_alone(aws: Settings, make: Any) -> None:
    done, handler = make(third(ValueError("not today")))
    with pytest.raises(BatchIncomplete, match="1 of 10"):
        run(handler, delivery("inbox", TEN))
    assert sorted(done) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert waiting("inbox") == 1
    assert waiting("inbox-dlq") == 0


def test_a_redelivery_that_succeeds_raises_nothing(aws: Settings) -> None:
    broken = {3}
    done, handler = worker(lambda message: ValueError() if message.body["n"] in broken else None)
    with pytest.raises(BatchIncomplete):
        run(handler, delivery("inbox", TEN))
    broken.clear()
    run(handler, delivery("inbox", [{"n": 3}], receives=2))
    assert sorted(done) == list(range(10))


@pytest.mark.parametrize("error", [ValueError(SECRET), TryAgain("the table was busy with these rows")])
def test_the_last_receive_ends_in_the_dead_letters_with_the_reason(aws: Settings, error: Exception) -> None:
    _, handler = worker(third(error))
    run(handler, delivery("inbox", TEN, receives=12))
    (letter,) = dead()
    assert letter["receives"] == "12"
    assert letter["reason"].startswith(type(error).__name__)
    assert SECRET not in letter["reason"]


def test_a_busy_table_sends_the_whole_batch_back_without_trying_each(aws: Settings) -> None:
    tried: list[int] = []

    @in_batch("inbox")
    def do_all(messages: Sequence[Message], _: SecondsLeft) -> Failures:
        tried.append(len(messages))
        raise TryAgain("the table answered ThrottlingException")

    with pytest.raises(BatchIncomplete, match="10 of 10"):
        run(do_all, delivery("inbox", TEN))
    assert tried == [10]


def test_a_batch_knows_how_much_time_is_left_together_and_one_by_one(aws: Settings) -> None:
    told: list[tuple[int, float]] = []

    @in_batch("inbox")
    def do_all(messages: Sequence[Message], seconds_left: SecondsLeft) -> Failures:
        told.append((len(messages), seconds_left()))
        if len(messages) > 1:
            raise ValueError("not together")
        return {}

    run(do_all, delivery("inbox", TEN[:2]), 40, 30, 20, 10)
    assert told == [(2, 40), (1, 30), (1, 10)]  # the answer 20 was asked for before the second was started


def test_a_message_says_how_often_it_came(aws: Settings) -> None:
    seen: list[int] = []

    @in_batch("inbox")
    def do_all(messages: Sequence[Message], _: SecondsLeft) -> Failures:
        seen.extend(each.receives for each in messages)
        return {}

    run(do_all, delivery("inbox", TEN[:1], receives=4))
    assert seen == [4]


def test_what_cannot_be_read_is_set_aside(aws: Settings) -> None:
    done, handler = worker(lambda _: None)
    run(handler, delivery("inbox", [{"n": 0}, "{", "[1]", "[" * 100_000, '"']))
    assert done == [0]
    assert sorted(each["reason"] for each in dead()) == ["not_an_object", "not_json", "not_json", "not_json"]


def test_a_plain_queue_hands_the_text_over(aws: Settings) -> None:
    seen: list[str] = []

    @one_by_one("mail-events", plain=True)
    def record(message: Message, _: SecondsLeft) -> None:
        seen.append(message.text)

    run(record, delivery("mail-events", ["Successfully validated SNS topic"]))
    assert seen == ["Successfully validated SNS topic"]


def test_nothing_is_started_when_less_time_remains_than_the_slowest_needs(aws: Settings) -> None:
    done, handler = worker(lambda _: None)
    with pytest.raises(BatchIncomplete, match="7 of 10"):
        run(handler, delivery("inbox", TEN), 20, 10, 4)
    assert done == [0, 1, 2]
    assert len(received("inbox")["Records"]) == 7  # they are back at once


def test_what_was_not_started_is_no_failure_of_the_record(aws: Settings) -> None:
    _, handler = worker(lambda _: None)
    with pytest.raises(BatchIncomplete):
        run(handler, delivery("inbox", TEN, receives=12), 1)
    assert waiting("inbox-dlq") == 0


def test_the_first_record_is_always_started(aws: Settings) -> None:
    done, handler = worker(lambda _: None)
    run(handler, delivery("inbox", [{"n": 0}]), 1)
    assert done == [0]


def came(receives: int, message_id: str = "m") -> Message:
    return Message(message_id, {}, receives=receives)


@pytest.mark.parametrize(
    ("receives", "error", "least"),
    [
        *[(receives, ValueError(), 30 * 2 ** (receives - 1)) for receives in (1, 2, 3, 7)],
        (1, TryAgain("slow down", after_seconds=90), 90),
        (3, TryAgain("slow down", after_seconds=5), 4 * FIRST_WAIT),
    ],
)
def test_waits_grow_by_receives_and_are_never_shorter_than_asked_for(
    receives: int, error: Exception, least: int
) -> None:
    waits = [wait_after(came(receives, f"m{number}"), error) for number in range(50)]
    assert least <= min(waits)
    assert max(waits) <= least * 5 / 4
    assert len(set(waits)) > 5, "those who failed together come back together"


def test_waits_stay_within_an_hour() -> None:
    assert {wait_after(came(receives), ValueError()) for receives in (8, 12)} == {3600}
    assert wait_after(came(1), TryAgain("come back tomorrow", after_seconds=86400)) == LONGEST_WAIT
    assert wait_after(came(9), NotStarted()) == 0


def test_a_letter_that_cannot_be_set_aside_comes_back_and_its_neighbours_are_settled(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are hopeless, and the dead-letter queue refuses the third."""
    set_aside = queues.set_aside

    def picky(name: str, body: str, **told: Any) -> None:
        if json.loads(body)["n"] == 3:
            raise RuntimeError("refused")
        set_aside(name, body, **told)

    monkeypatch.setattr(queues, "set_aside", picky)
    _, handler = worker(lambda _: Rejected("not_canonical"))
    with pytest.raises(BatchIncomplete):
        run(handler, delivery("inbox", TEN))
    assert sorted(json.loads(each["body"])["n"] for each in dead()) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert waiting("inbox") == 1


def test_a_reason_that_sqs_would_refuse_is_set_aside_all_the_same(aws: Settings) -> None:
    """SQS takes of the control characters only tab and line ends; the emulator takes all."""
    _, handler = worker(third(Rejected("odd", "snapshots.0.x\x01\ud800y")))
    run(handler, delivery("inbox", TEN))
    assert [each["reason"] for each in dead()] == ["odd: snapshots.0.x??y"]


def test_one_line_tells_what_was_done_and_names_nobody(aws: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    from chalicelib.guests.model import Traits

    def fails(message: Message) -> Exception | None:
        match message.body["n"]:
            case 1:
                return ValueError(f"no such guest: {SECRET}")
            case 2:
                return KeyError(SECRET)
            case 3:
                try:
                    Traits.model_validate({"given_name": {"email": SECRET}, "birth_date": SECRET})
                except ValueError as error:
                    return error
        return None

    _, handler = worker(fails)
    with pytest.raises(BatchIncomplete) as raised:
        run(handler, delivery("inbox", TEN))
    printed = capsys.readouterr()
    assert SECRET not in printed.out + printed.err + str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    (text,) = printed.out.splitlines()
    line = json.loads(text)
    assert (line["function"], line["records"], line["failed"], line["retried"], line["set_aside"]) == (
        "do_one",
        10,
        3,
        3,
        0,
    )
    assert line["calls"]["DeleteMessage"] == 7
    assert {"write_units", "milliseconds", "ignored"} <= line.keys()
    assert [each["error"] for each in line["failures"]] == ["ValueError", "KeyError", "ValidationError"]
    assert line["failures"][2]["fields"] == ["given_name: string_type", "birth_date: date_from_datetime_parsing"]


def test_the_line_holds_figures_that_queries_sum_up_and_makes_no_metric_that_is_paid_for(
    aws: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _, handler = worker(lambda _: None)
    run(handler, delivery("inbox", TEN))
    line = json.loads(capsys.readouterr().out)
    assert "_aws" not in line
    assert (line["stage"], line["function"]) == ("test", "do_one")
    names = {"records", "failed", "set_aside", "retried", "ignored", "write_units", "aws_calls", "milliseconds"}
    assert names <= line.keys()
    assert all(isinstance(line[name], int) for name in names)


def test_the_saved_queries_ask_for_what_lines_hold(aws: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON of the line: Logs Insights finds its fields by their path."""
    _, handler = worker(third(Rejected("not_canonical")))
    run(handler, delivery("inbox", TEN))
    line = json.loads(capsys.readouterr().out)
    for field in re.findall(r"(?:sum|pct|ispresent)\((\w+)", f"{queries.WORK} {queries.FAULTS}"):
        assert field in line, field
    assert {"function", "failed", "failures"} <= line.keys()
    assert {"error", "reason"} <= line["failures"][0].keys()


def test_the_demo_counts_by_these_lines(aws: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _, handler = worker(third(Rejected("not_canonical")))
    run(handler, delivery("inbox", TEN))
    told = drain.Told()
    for line in ("START RequestId: 1", capsys.readouterr().out):
        drain._add(told, line)
    assert (told.invocations, told.failed) == ({"do_one": 1}, {"do_one": 1})


def test_a_queue_is_named_by_the_stage_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XENIA_STAGE", "prod")
    assert queue_name("inbox") == "xenia-prod-inbox"
    monkeypatch.delenv("XENIA_STAGE")
    assert queue_name("inbox") == "xenia-stage-not-set-inbox"
