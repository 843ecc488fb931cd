"""The account in memory goes back when a transaction is cancelled, and answers queries of one partition alone."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import models
from moto.core.botocore_stubber import BotocoreStubber
from moto.sqs.models import Queue

from chalicelib.aws import clients, keys, table
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from tests import kept_clients, quick_bucket, quick_moto
from tests.conftest import RAW_BUCKET

pytestmark = pytest.mark.moto
FIRST, SECOND, THIRD = (Key("here", name) for name in ("a", "b", "c"))


def test_a_cancelled_transaction_leaves_every_row_as_it_was(aws: Settings) -> None:
    before = [table.row(FIRST, rev=1, listed=["x"]), table.row(SECOND, rev=1)]
    for row in before:
        table.write(table.Put(row))
    writes: list[table.Write] = [
        table.Update(FIRST, "SET rev = :rev, listed = list_append(listed, :more)", {":rev": 2, ":more": ["y"]}),
        table.Delete(SECOND),
        table.Put(table.row(THIRD, rev=1)),
        table.Check(keys.DEPLOYMENT, table.ABSENT),
    ]
    with pytest.raises(table.ConditionFailed) as refused:
        table.transact(writes)
    assert refused.value.failed == (3,)
    assert list(table.query("here")) == before
    table.transact(writes[:3])
    assert list(table.query("here")) == [table.row(FIRST, rev=2, listed=["x", "y"]), table.row(THIRD, rev=1)]


def test_an_update_that_is_refused_changes_nothing(aws: Settings) -> None:
    table.write(table.Put(table.row(FIRST, rev=1)))
    with pytest.raises(table.ConditionFailed):
        table.write(table.Update(FIRST, "SET rev = :rev", {":rev": 2}, when=table.ABSENT))
    assert table.get(FIRST) == table.row(FIRST, rev=1)


def test_a_query_sees_its_partition_and_no_other(aws: Settings) -> None:
    for key in (THIRD, FIRST, Key("there", "a"), SECOND):
        table.write(table.Put(table.row(key)))
    assert [table.key_of(row) for row in table.query("here", after="a")] == [SECOND, THIRD]
    assert list(table.query("nowhere")) == []
    assert table.get(Key("nowhere", "a")) is None


def _told(ask: Callable[[], Any]) -> Any:
    """An answer without the names that are new each time; of an error, what it says."""
    try:
        return _named(ask())
    except ClientError as error:
        return error.response["Error"]


NEW_EACH_TIME = {"ResponseMetadata", "MessageId", "ReceiptHandle", "EventId", "SentTimestamp"}
NEW_EACH_TIME |= {"ApproximateFirstReceiveTimestamp"}


def _named(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_named(each) for each in answer]
    if isinstance(answer, dict):
        return {name: _named(each) for name, each in answer.items() if name not in NEW_EACH_TIME}
    return answer


def _asked(queue: str, bus: str) -> list[Any]:
    """What SQS and EventBridge answer to each call that the hub makes, and to some that they refuse."""
    sqs, events = clients.sqs(), clients.events()
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    named: Any = {"a": {"DataType": "String", "StringValue": "Zoë"}}
    two: Any = [{"Id": "1", "MessageBody": "{}"}, {"Id": "2", "MessageBody": "b", "DelaySeconds": 3}]
    fact: Any = {"Source": "x", "DetailType": "Zoë", "Detail": "{}", "EventBusName": bus}
    malformed: Any = {**fact, "Detail": "{"}
    told = [
        _told(lambda: sqs.send_message(QueueUrl=url, MessageBody="Zoë", MessageAttributes=named)),
        _told(lambda: sqs.send_message_batch(QueueUrl=url, Entries=two)),
    ]
    got = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
    )
    handle = got["Messages"][0]["ReceiptHandle"]
    later: Any = [{"Id": "1", "ReceiptHandle": handle, "VisibilityTimeout": 5}]
    return [
        *told,
        _named(got),
        _told(lambda: sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=5)),
        _told(lambda: sqs.change_message_visibility_batch(QueueUrl=url, Entries=later)),
        _told(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"].keys),
        _told(lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)),
        _told(lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)),
        _told(lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="nobody's")),
        _told(lambda: sqs.send_message(QueueUrl=f"{url}-other", MessageBody="x")),
        _told(lambda: sqs.send_message(QueueUrl=url, MessageBody="x" * 1_100_000)),
        _told(lambda: sqs.purge_queue(QueueUrl=url)),
        _told(lambda: events.put_events(Entries=[fact])),
        _told(lambda: events.put_events(Entries=[malformed])),
        _told(lambda: events.put_events(Entries=[fact] * 11)),
        _told(lambda: events.list_rules(EventBusName="nowhere")),
    ]


COUNTS: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
COUNTS += ["ApproximateNumberOfMessagesNotVisible"]


def test_queues_and_the_bus_answer_what_they_do_over_http(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two queues, since one is purged once a minute at most."""
    found = _asked(aws.queue("inbox"), aws.facts_bus)
    monkeypatch.setattr(Endpoint, "make_request", quick_moto.SEND)
    for name, moto_s in quick_moto.OF_QUEUES.items():
        monkeypatch.setattr(Queue, name, moto_s)
    assert found == _asked(aws.queue("fetch"), aws.facts_bus)
    assert [len(found), sum("Code" in each for each in found)] == [16, 5]


def _kept_and_told(of: Settings, key: str) -> list[Any]:
    """What S3, KMS and the secrets' manager answer to the calls that the hub makes, and to some that they refuse."""
    s3, kms, secrets = clients.s3(), clients.kms(), clients.secretsmanager()
    context = {"connection": "c1"}
    locked = kms.encrypt(KeyId=of.key_alias, Plaintext=b"a secret", EncryptionContext=context)
    boxed = locked["CiphertextBlob"]
    return [
        _told(lambda: s3.put_object(Bucket=RAW_BUCKET, Key=key, Body="Zoë".encode())),
        _told(lambda: _read(s3.get_object(Bucket=RAW_BUCKET, Key=key))),
        _told(lambda: s3.head_object(Bucket=RAW_BUCKET, Key=key, ChecksumMode="ENABLED")),
        _told(lambda: s3.list_objects_v2(Bucket=RAW_BUCKET, Prefix="raw/")["Contents"]),
        _told(lambda: s3.get_object_tagging(Bucket=RAW_BUCKET, Key=key)),
        _told(lambda: s3.put_object(Bucket="nowhere", Key=key, Body=b"")),
        _told(lambda: secrets.get_secret_value(SecretId=of.identifier_secret)),
        _told(lambda: secrets.get_secret_value(SecretId="nobody's")),
        _told(locked.keys),
        _told(lambda: kms.decrypt(CiphertextBlob=boxed, KeyId=of.key_alias, EncryptionContext=context)),
        _told(lambda: kms.decrypt(CiphertextBlob=boxed, KeyId=of.key_alias, EncryptionContext={"connection": "c2"})),
        _told(lambda: kms.encrypt(KeyId="alias/nobody's", Plaintext=b"x")),
    ]


def _read(answer: Any) -> Any:
    return {**answer, "Body": answer["Body"].read()}


def test_files_secrets_and_keys_answer_what_they_do_over_http(
    aws: Settings, monkeypatch: pytest.MonkeyPatch, time_machine: Any
) -> None:
    time_machine.move_to("2026-03-29T07:00:00Z", tick=False)
    found = _kept_and_told(aws, "raw/ä b/1")
    monkeypatch.setattr(Endpoint, "make_request", quick_moto.SEND)
    monkeypatch.setattr(BotocoreStubber, "process_request", quick_moto.PROCESS)
    monkeypatch.setattr(quick_bucket, "answers", lambda *_: False)
    assert found == _kept_and_told(aws, "raw/ä b/1")
    assert [len(found), sum("Code" in each for each in found)] == [12, 4]


def test_hooks_of_a_test_are_gone_for_the_next_one(aws: Settings) -> None:
    asked: list[str] = []
    clients.s3().meta.events.register("before-call.s3", lambda model, **_: asked.append(model.name))
    clients.s3().list_buckets()
    assert boto3.client("s3") is boto3.client("s3") is not boto3.client("s3", region_name="eu-west-1")
    kept_clients.unhook()
    clients.s3().list_buckets()
    assert asked == ["ListBuckets"]


def test_every_account_is_answered_for_at_the_same_addresses(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first in a process as moto makes it, all later ones from what was kept of it."""
    registry: Any = models.responses_mock.get_registry()
    kept = {method: list(known) for method, known in registry._registered.items()}
    models.responses_mock.reset()
    monkeypatch.setattr(models.responses_mock, "start", lambda: None)  # it has begun
    quick_moto.START(mock_aws(), reset=True)
    registry = models.responses_mock.get_registry()
    assert dict(registry._registered) == kept
    assert min(map(len, kept.values())) > 100
