"""SQS: send, send many, and set a message aside with its reason."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 (botocore's own)

from chalicelib.aws import clients
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import settings
from chalicelib.canonical.batch import Message, portions
from chalicelib.canonical.compact import compact
from chalicelib.canonical.errors import TryAgain

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

AT_ONCE, BYTES_AT_ONCE = 10, 1_000_000
"""Messages a SendMessageBatch takes, and about how many bytes of them."""


@cache
def url_of(name: str) -> str:
    return clients.sqs().get_queue_url(QueueName=settings().queue(name))["QueueUrl"]


def send(name: str, body: Mapping[str, Any], *, group: str | None = None, delay_seconds: int = 0) -> None:
    """Put one message on a queue. `group` makes the queue fair between its senders."""
    send_text(name, compact(body), group=group, delay_seconds=delay_seconds)


def send_text(
    name: str,
    text: str,
    *,
    group: str | None = None,
    delay_seconds: int = 0,
    attributes: Mapping[str, str] | None = None,
) -> None:
    """The same, for a body that is written already."""
    meter().called("SendMessage")
    extra: dict[str, Any] = {"MessageGroupId": group} if group else {}
    if delay_seconds:
        extra["DelaySeconds"] = delay_seconds
    if attributes:
        extra["MessageAttributes"] = _as_text(attributes)
    with _taking(name):
        clients.sqs().send_message(QueueUrl=url_of(name), MessageBody=text, **extra)


@contextmanager
def _taking(name: str) -> Iterator[None]:
    """A queue that did not take a message, for whatever reason: the sender still has it, and repeats it."""
    try:
        yield
    except (ClientError, ConnectionError, HTTPClientError) as error:
        raise TryAgain(f"the queue {name} took nothing: {type(error).__name__}") from error


def send_many(name: str, bodies: Sequence[Mapping[str, Any]]) -> None:
    """Put messages on a queue. Raises TryAgain when the queue did not take all of them."""
    for texts in _portions([compact(body) for body in bodies]):
        _send_at_once(name, texts, {})


def send_texts(name: str, texts: Sequence[str], *, group: str | None = None) -> None:
    """The same, for bodies that are written already; one message is one plain call."""
    if len(texts) == 1:
        send_text(name, texts[0], group=group)
        return
    for some in _portions(texts):
        _send_at_once(name, some, {"MessageGroupId": group} if group else {})


def _portions(texts: Sequence[str]) -> Iterator[list[str]]:
    """What one call takes each."""
    return portions(texts, lambda text: len(text.encode()), most=AT_ONCE, largest=BYTES_AT_ONCE)


def _send_at_once(name: str, texts: Sequence[str], extra: Mapping[str, str]) -> None:
    _hand_over(name, [{"MessageBody": text, **extra} for text in texts])


def send_in_time(name: str, bodies: Sequence[Mapping[str, Any]], delays: Sequence[int]) -> None:
    """Put small messages on a queue, each to be delivered after so many seconds (≤ 900).

    Raises TryAgain when the queue did not take all of them.
    """
    messages = [
        {"MessageBody": compact(body), "DelaySeconds": delay} for body, delay in zip(bodies, delays, strict=True)
    ]
    for start in range(0, len(messages), AT_ONCE):
        _hand_over(name, messages[start : start + AT_ONCE])


def _hand_over(name: str, messages: Sequence[Mapping[str, Any]]) -> None:
    entries: Any = [{"Id": str(at), **each} for at, each in enumerate(messages)]
    meter().called("SendMessageBatch")
    with _taking(name):
        answer = clients.sqs().send_message_batch(QueueUrl=url_of(name), Entries=entries)
    if answer.get("Failed"):
        raise TryAgain(f"the queue {name} refused {len(answer['Failed'])} messages")


def _as_text(attributes: Mapping[str, str]) -> Any:
    return {key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()}


def dead(name: str) -> str:
    """The dead-letter queue of a queue."""
    return f"{name}-dlq"


def set_aside(name: str, body: str, *, reason: str, receives: int, attributes: Mapping[str, str] | None = None) -> None:
    """Put a message that cannot be processed on the dead-letter queue of `name`, with why and from where."""
    told = "".join(each if each.isprintable() else "?" for each in reason[:256])  # SQS refuses control characters
    texts = {"reason": told or "none", "source_queue": name, "receives": str(receives), **(attributes or {})}
    send_text(dead(name), body, attributes=texts)


def count(name: str) -> int:
    """About how many messages could be received now."""
    meter().called("GetQueueAttributes")
    found = clients.sqs().get_queue_attributes(QueueUrl=url_of(name), AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def receive(name: str, most: int, *, wait_seconds: int, hidden_seconds: int = 60) -> list[tuple[Message, str]]:
    """Up to ten messages, each with its receipt, hidden from others for a while."""
    meter().called("ReceiveMessage")
    found = clients.sqs().receive_message(
        QueueUrl=url_of(name),
        MaxNumberOfMessages=most,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
        VisibilityTimeout=hidden_seconds,
        WaitTimeSeconds=wait_seconds,
    )
    return [(_message(each), each["ReceiptHandle"]) for each in found.get("Messages", [])]


def let_go(name: str, receipts: Sequence[str]) -> None:
    """Let received messages be seen again at once. Those that are seen already, or gone, are left as they are."""
    for each in receipts:
        with suppress(ClientError):
            retry_after(name, each, 0)


def _message(received: "MessageTypeDef") -> Message:
    sent = {name: each.get("StringValue", "") for name, each in received.get("MessageAttributes", {}).items()}
    receives = int(received["Attributes"]["ApproximateReceiveCount"])
    return Message(received["MessageId"], document(received["Body"]), sent, received["Body"], receives)


def document(text: str) -> dict[str, Any]:
    """The object that a body holds; empty for one that holds none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def delete(name: str, receipt_handle: str) -> None:
    meter().called("DeleteMessage")
    clients.sqs().delete_message(QueueUrl=url_of(name), ReceiptHandle=receipt_handle)


def retry_after(name: str, receipt_handle: str, seconds: int) -> None:
    """Let a message come back after that many seconds."""
    meter().called("ChangeMessageVisibility")
    clients.sqs().change_message_visibility(
        QueueUrl=url_of(name), ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
    )
