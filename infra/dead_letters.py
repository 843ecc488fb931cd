"""Dead letters: what could not be processed, why, and sending it back to where it came from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from infra import queue_urls

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

CRASHED = "no reason noted: the function crashed or ran out of time each time"
LOOKED_AT = 100
"""Messages of a queue whose reasons are read; counts are of all."""
HIDDEN_SECONDS = 60
WAIT_SECONDS = 1


@dataclass(frozen=True)
class DeadLetters:
    """What lies on one dead-letter queue; `reasons` counts those that were looked at."""

    queue: str
    count: int
    reasons: dict[str, int]


def listed(stage: str) -> list[DeadLetters]:
    return [_look(boto3.client("sqs"), stage, name) for name in queue_urls.NAMES]


def redrive(stage: str, name: str) -> Iterator[str]:
    """Send what lies there now back to its source queue, each sent before it is deleted; yield the message ids."""
    sqs = boto3.client("sqs")
    source = queue_urls.url_of(stage, f"{name}-dlq")
    left = _count(sqs, source)  # what fails again comes back, and must not be sent in a circle
    while left > 0:
        messages = _receive(sqs, source, min(10, left))
        if not messages:
            return
        for message in messages:
            target = queue_urls.url_of(stage, _texts(message).get("source_queue", name))
            sqs.send_message(QueueUrl=target, MessageBody=message["Body"], **_group(message))
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            yield message["MessageId"]
        left -= len(messages)


def _look(sqs: "SQSClient", stage: str, name: str) -> DeadLetters:
    url = queue_urls.url_of(stage, f"{name}-dlq")
    count = _count(sqs, url)
    seen: list[MessageTypeDef] = []
    while len(seen) < min(count, LOOKED_AT) and (messages := _receive(sqs, url, 10)):
        seen += messages
    for message in seen:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    reasons = Counter(_reason(_texts(message)) for message in seen)
    return DeadLetters(name, count, dict(reasons.most_common()))


def _reason(texts: dict[str, str]) -> str:
    """Ours; or EventBridge's, of a fact that it could not put on the queue; a redrive by SQS itself notes none.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    of_bus = [texts[name] for name in ("ERROR_CODE", "ERROR_MESSAGE") if texts.get(name)]
    return texts.get("reason") or ": ".join(of_bus) or CRASHED


def _count(sqs: "SQSClient", url: str) -> int:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _receive(sqs: "SQSClient", url: str, at_most: int) -> "list[MessageTypeDef]":
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=at_most,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["MessageGroupId"],
        VisibilityTimeout=HIDDEN_SECONDS,
        WaitTimeSeconds=WAIT_SECONDS,
    )
    return answer.get("Messages", [])


def _texts(message: "MessageTypeDef") -> dict[str, str]:
    return {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}


def _group(message: "MessageTypeDef") -> Any:
    group = message.get("Attributes", {}).get("MessageGroupId")
    return {"MessageGroupId": group} if group else {}
