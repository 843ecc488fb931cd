"""SQS deliveries as Lambda sees them, and a Lambda context with a clock of our own.

Chalice's test client gives every record the same id and receipt: with it no test can tell one record from another.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from chalicelib.aws import clients, queues

Event = dict[str, Any]


class Context:
    """A Lambda context; `seconds_left` are the answers to the question how much time remains, the last one for good."""

    aws_request_id = "a-request"

    def __init__(self, *seconds_left: float) -> None:
        given = seconds_left or (60.0,)
        self._left: Iterator[float] = chain(given, repeat(given[-1]))

    def get_remaining_time_in_millis(self) -> int:
        return int(next(self._left) * 1000)


def delivery(queue: str, bodies: Sequence[str | Mapping[str, Any]], *, receives: int = 1) -> Event:
    """Put bodies on a queue, receive them, and wrap them as Lambda does. `receives` is how often they say they came."""
    url = queues.url_of(queue)
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        clients.sqs().send_message(QueueUrl=url, MessageBody=text)
    return received(queue, len(bodies), receives=receives)


def received(queue: str, most: int = 10, *, receives: int | None = None) -> Event:
    """Receive what lies on a queue, in the order in which it was sent, as one batch."""
    found = clients.sqs().receive_message(
        QueueUrl=queues.url_of(queue),
        MaxNumberOfMessages=min(most, 10),
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    return {"Records": [_record(each, receives) for each in found.get("Messages", [])]}


def _record(message: Any, receives: int | None) -> dict[str, Any]:
    attributes = dict(message["Attributes"])
    if receives is not None:
        attributes["ApproximateReceiveCount"] = str(receives)
    sent = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": attributes,
        "messageAttributes": {name: {"stringValue": each.get("StringValue", "")} for name, each in sent.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:queue",
        "awsRegion": "eu-central-1",
    }


def waiting(queue: str) -> int:
    """How many messages a queue holds, those in flight or put off included."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = clients.sqs().get_queue_attributes(QueueUrl=queues.url_of(queue), AttributeNames=names)
    return sum(int(count) for count in found["Attributes"].values())
