"""Replay: the archive's messages go to the queues they were received from, days and damage said plainly."""

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date

import boto3
import pytest

from chalicelib.aws import files
from chalicelib.aws.settings import Settings
from infra import replay

STAGE = "test"
DAMAGED = {
    "no zip at all": b"no zip at all",
    "cut off": gzip.compress(b'{"queue": "inbox"}')[:-9],
    "no text": gzip.compress(b"\xff\xfe"),
    "nothing": b"",
    "garbled": gzip.compress(b"x" * 99)[:10] + b"\xff" * 20,
}
DAY = date(2026, 3, 29)


def archived(key: str, *lines: Mapping[str, object]) -> str:
    files.put_lines(replay.bucket(STAGE), key, [json.dumps(line) for line in lines])
    return key


def notice(number: int) -> dict[str, object]:
    return {"connection": "mews-main", "request": f"r{number}", "body": {"n": number}}


def received(name: str) -> list[str]:
    url = boto3.client("sqs").get_queue_url(QueueName=f"xenia-{STAGE}-{name}")["QueueUrl"]
    requests: list[str] = []
    while found := boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        requests += [json.loads(message["Body"])["request"] for message in found]
    return sorted(requests)


def test_each_message_goes_back_to_the_queue_it_was_on(aws: Settings) -> None:
    lines = [{"queue": "fetch", "body": notice(number)} for number in range(12)]
    key = archived("raw/2026-03-29/07/a", *lines, {"queue": "inbox", "body": notice(99)})
    assert replay.replay(STAGE, key) == replay.Replayed(Counter(fetch=12, inbox=1))
    assert received("fetch") == sorted(f"r{number}" for number in range(12))
    assert received("inbox") == ["r99"]


def test_a_dry_run_counts_and_sends_nothing(aws: Settings) -> None:
    key = archived("raw/2026-03-29/07/a", {"queue": "inbox", "body": notice(1)})
    assert replay.replay(STAGE, key, dry_run=True) == replay.Replayed(Counter(inbox=1))
    assert received("inbox") == []


def test_only_the_days_asked_for_are_replayed(aws: Settings) -> None:
    keys = [archived(f"raw/2026-03-{day}/23/a", {"queue": "inbox", "body": notice(day)}) for day in (28, 29, 30, 31)]
    assert replay.objects(STAGE, DAY, date(2026, 3, 30)) == keys[1:3]


def test_large_messages_are_not_put_in_one_batch(aws: Settings) -> None:
    large = [{"queue": "inbox", "body": {**notice(number), "text": "x" * 190_000}} for number in range(8)]
    replay.replay(STAGE, archived("raw/2026-03-29/07/a", *large))
    assert len(received("inbox")) == 8


def test_what_lies_apart_for_its_size_is_sent_as_long_as_it_is_there(aws: Settings) -> None:
    files.put_body(replay.bucket(STAGE), "large/2026-03-29/r1", b'{"body":{}}')
    apart = [{"connection": "mews", "request": each, "large": f"large/2026-03-29/{each}"} for each in ("r1", "r2")]
    key = archived("raw/2026-03-29/07/a", *({"queue": "inbox", "body": each} for each in apart))
    assert replay.replay(STAGE, key) == replay.Replayed(Counter(inbox=1), expired=1)
    assert received("inbox") == ["r1"]


def test_a_damaged_object_sends_nothing_and_says_where(aws: Settings) -> None:
    key = archived("raw/2026-03-29/07/a", {"queue": "inbox", "body": notice(1)}, {"queue": "nowhere", "body": {}})
    with pytest.raises(replay.ArchiveDamaged, match="raw/2026-03-29/07/a, line 2"):
        replay.replay(STAGE, key)
    assert received("inbox") == []


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_an_object_that_cannot_be_unpacked_is_damaged_too(aws: Settings, content: bytes) -> None:
    boto3.client("s3").put_object(Bucket=replay.bucket(STAGE), Key="raw/2026-03-29/07/a", Body=content)
    with pytest.raises(replay.ArchiveDamaged, match="raw/2026-03-29/07/a"):
        replay.replay(STAGE, "raw/2026-03-29/07/a")


def test_a_line_ends_where_ingest_ended_it_and_at_no_other_sign(aws: Settings) -> None:
    """JSON may hold the line separators of Unicode as they are."""
    line = json.dumps({"queue": "inbox", "body": {**notice(1), "text": "one\u2028two\x85"}}, ensure_ascii=False)
    files.put_lines(replay.bucket(STAGE), "raw/2026-03-29/07/a", [line, line])
    assert replay.replay(STAGE, "raw/2026-03-29/07/a").messages == Counter(inbox=2)


def test_a_queue_that_refuses_a_message_is_named(aws: Settings) -> None:
    key = archived("raw/2026-03-29/07/a", {"queue": "inbox", "body": notice(1)})

    def refuse(parsed: dict[str, object], **_: object) -> None:
        parsed["Failed"] = [{"Id": "0", "Message": "throttled"}]

    events = boto3._get_default_session().events
    events.register("after-call.sqs.SendMessageBatch", refuse)
    try:
        with pytest.raises(replay.QueueRefused, match="inbox refused 1 messages: throttled"):
            replay.replay(STAGE, key)
    finally:
        events.unregister("after-call.sqs.SendMessageBatch", refuse)


def test_a_stage_without_infrastructure_says_what_to_run(aws: Settings) -> None:
    boto3.client("dynamodb").delete_item(
        TableName="xenia-test", Key={"pk": {"S": "SETTINGS"}, "sk": {"S": "DEPLOYMENT"}}
    )
    with pytest.raises(ValueError, match="hub infra deploy --stage test"):
        replay.bucket(STAGE)
