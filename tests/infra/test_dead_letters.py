"""Dead letters: counted with their reasons, and sent back where they came from."""

from typing import Any

import boto3
import pytest

from chalicelib.aws import queues
from chalicelib.aws.settings import Settings
from chalicelib.dead_letters.model import Wanted
from infra import dead_letters

STAGE = "test"


def bodies(name: str) -> list[str]:
    url = boto3.client("sqs").get_queue_url(QueueName=f"xenia-{STAGE}-{name}")["QueueUrl"]
    found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in found.get("Messages", [])]


@pytest.fixture(autouse=True)
def dead(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)
    for number in range(3):
        queues.set_aside("inbox", f'{{"n": {number}}}', reason="no such vendor", receives=1)
    queues.set_aside("inbox", '{"n": 3}', reason="the body is not JSON", receives=12)


def test_counts_come_with_their_reasons_most_frequent_first() -> None:
    found = {each.queue: each for each in dead_letters.listed(STAGE)}
    assert found["inbox"].count == 4
    assert list(found["inbox"].reasons.items()) == [("no such vendor", 3), ("the body is not JSON", 1)]
    assert found["send"].count == 0


def test_looking_takes_nothing_away() -> None:
    dead_letters.listed(STAGE)
    assert [each.count for each in dead_letters.listed(STAGE) if each.queue == "inbox"] == [4]


def test_a_crash_leaves_no_reason_and_is_shown_as_such() -> None:
    url = boto3.client("sqs").get_queue_url(QueueName=f"xenia-{STAGE}-send-dlq")["QueueUrl"]
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    (found,) = [each for each in dead_letters.listed(STAGE) if each.queue == "send"]
    assert found.reasons == {dead_letters.CRASHED: 1}


def test_a_fact_that_the_bus_could_not_deliver_says_why() -> None:
    url = boto3.client("sqs").get_queue_url(QueueName=f"xenia-{STAGE}-loyalty-dlq")["QueueUrl"]
    texts = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "Lack of permissions", "RULE_ARN": "arn:aws:events:x"}
    attributes: dict[str, Any] = {name: {"DataType": "String", "StringValue": value} for name, value in texts.items()}
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="{}", MessageAttributes=attributes)
    (found,) = [each for each in dead_letters.listed(STAGE) if each.queue == "loyalty"]
    assert found.reasons == {"NO_PERMISSIONS: Lack of permissions": 1}


def test_redriven_letters_lie_on_their_source_queue_and_nowhere_else() -> None:
    assert len(list(dead_letters.redrive(STAGE, "inbox"))) == 4
    assert sorted(bodies("inbox")) == [f'{{"n": {number}}}' for number in range(4)]
    assert bodies("inbox-dlq") == []


def test_letters_are_shown_with_time_and_reason_opened_and_put_away() -> None:
    dead_letters.listed(STAGE)  # they were put there without a row
    shown = dead_letters.entries(STAGE, Wanted(reason="no such"), most=2)
    assert [(each.queue, each.reason, each.times) for each in shown] == [("inbox", "no such vendor", 1)] * 2
    assert dead_letters.opened(STAGE, shown[0].id) in [{"n": number} for number in range(3)]
    assert len(list(dead_letters.purge(STAGE, "inbox", Wanted(reason="no such"), most=2))) == 2
    assert len(list(dead_letters.purge(STAGE, "inbox", Wanted(reason="no such")))) == 1
    assert len(list(dead_letters.redrive(STAGE, "inbox"))) == 1
    assert bodies("inbox") == ['{"n": 3}']


def test_redriving_an_empty_queue_does_nothing() -> None:
    assert list(dead_letters.redrive(STAGE, "plan")) == []
