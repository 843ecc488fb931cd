"""The rest of an AWS account at the end of the wire: queues, bus, bucket, secrets and mail that say yes and count."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.table import Table
from benchmarks.wire import Answer

QUEUE_URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/"


@dataclass
class Cloud:
    """`calls` counts what was asked; `queues` and `facts` hold what was put there, oldest first."""

    table: Table = field(default_factory=Table)
    calls: Counter[str] = field(default_factory=Counter)
    queues: dict[str, list[str]] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    stored: int = 0
    """Bytes put into the bucket."""
    mails: int = 0
    sent: list[dict[str, Any]] | None = None
    """Set it to a list, and each mail's id and tags are remembered."""

    def reply(self, service: str, operation: str, body: bytes) -> Answer:
        self.calls[operation] += 1
        if service == "dynamodb":
            return self.table.reply(operation, body)
        if operation == "PutObject":
            self.stored += len(body)
            return Answer(b"")
        answer = self._answers()[operation](json.loads(body) if body else {})
        return Answer(json.dumps(answer).encode())

    def take(self, queue: str) -> list[str]:
        """What lies on a queue, which is then empty."""
        return self.queues.pop(queue, [])

    def _answers(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "GetQueueUrl": lambda asked: {"QueueUrl": QUEUE_URL + asked["QueueName"]},
            "SendMessage": self._send,
            "SendMessageBatch": self._send_many,
            "PutEvents": self._put_events,
            "GetSecretValue": lambda _: {"SecretString": "k" * 64},
            # Nothing is encrypted here: what comes out is what went in.
            "Encrypt": lambda asked: {"CiphertextBlob": asked["Plaintext"]},
            "Decrypt": lambda asked: {"Plaintext": asked["CiphertextBlob"]},
            "SendBulkEmail": self._mail,
            "GetAccount": lambda _: {"SendQuota": {}},  # no limit: what is measured is not the waiting
        }

    def _send(self, asked: Any) -> Any:
        self.queues.setdefault(_name(asked), []).append(asked["MessageBody"])
        return {"MessageId": "m"}

    def _send_many(self, asked: Any) -> Any:
        self.queues.setdefault(_name(asked), []).extend(each["MessageBody"] for each in asked["Entries"])
        return {"Successful": [{"Id": each["Id"], "MessageId": "m"} for each in asked["Entries"]]}

    def _put_events(self, asked: Any) -> Any:
        self.facts += [
            {"detail-type": each["DetailType"], "detail": json.loads(each["Detail"])} for each in asked["Entries"]
        ]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in asked["Entries"]]}

    def _mail(self, asked: Any) -> Any:
        entries = asked["BulkEmailEntries"]
        ids = [f"{self.mails + at:060d}" for at in range(len(entries))]
        self.mails += len(entries)
        if self.sent is not None:
            self.sent += [{"messageId": each, "tags": _tags(entry)} for each, entry in zip(ids, entries, strict=True)]
        return {"BulkEmailEntryResults": [{"Status": "SUCCESS", "MessageId": each} for each in ids]}


def _tags(entry: Any) -> dict[str, list[str]]:
    return {each["Name"]: [each["Value"]] for each in entry["ReplacementTags"]}


def _name(asked: Any) -> str:
    """`xenia-bench-inbox` → `inbox`."""
    return str(asked["QueueUrl"]).rpartition("/")[2].split("-", 2)[2]
