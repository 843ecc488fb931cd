"""Replay: send what the raw archive holds to the queues once more; what was stored already changes nothing."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.canonical.batch import ARCHIVED
from chalicelib.settings import installation
from infra import queue_urls, stages
from infra.errors import Refused

AT_ONCE = 10
LARGEST_BATCH_BYTES = 900_000
"""A batch of messages may have 1 MiB; attributes and framing count too."""

Line = dict[str, Any]
"""`{"queue": ..., "body": ...}`: one message as it was received."""


@dataclass(frozen=True)
class Replayed:
    """Messages by queue, and how many have nothing left to send: what lay apart for its size has expired."""

    messages: Counter[str] = field(default_factory=Counter)
    expired: int = 0

    def __add__(self, other: "Replayed") -> "Replayed":
        return Replayed(self.messages + other.messages, self.expired + other.expired)


@dataclass
class Told:
    """The notices of one day that were sent: who died after writing an object may have left one in two of them."""

    day: str = ""
    requests: set[str] = field(default_factory=set)

    def is_new(self, day: str, line: Line) -> bool:
        """Whether this line's notice was not sent before, of this day."""
        if day != self.day:
            self.day, self.requests = day, set()
        request = line["body"].get("request")
        is_new = request not in self.requests
        self.requests |= {request} if isinstance(request, str) else set()
        return is_new


class ArchiveDamaged(RuntimeError):
    """An object of the archive is not what ingest writes; the message names the object and the line."""


class QueueRefused(RuntimeError):
    """A queue took a part of a batch only; replaying the day again sends the rest."""


def objects(stage: str, first: date, last: date) -> list[str]:
    """The archive's objects from the first to the last day, both included."""
    s3 = boto3.client("s3")
    pages = s3.get_paginator("list_objects_v2")
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    listed = (page for day in days for page in pages.paginate(Bucket=bucket(stage), Prefix=f"raw/{day.isoformat()}/"))
    return [entry["Key"] for page in listed for entry in page.get("Contents", [])]


def replay(stage: str, key: str, *, dry_run: bool = False, told: Told | None = None) -> Replayed:
    """Send one object's messages but those that `told` knows, and archive nothing again.

    Raises ArchiveDamaged before anything of the object is sent.
    """
    lines = _lines(stage, key)
    if told:
        lines = [line for line in lines if told.is_new(_day(key), line)]
    live = [line for line in lines if _has_content(stage, line["body"])]
    if not dry_run:
        for queue in {line["queue"] for line in live}:
            _send(stage, queue, [line["body"] for line in live if line["queue"] == queue])
    return Replayed(Counter(line["queue"] for line in live), expired=len(lines) - len(live))


def _day(key: str) -> str:
    return key.split("/")[1]


def bucket(stage: str) -> str:
    """The bucket that `hub infra deploy` wrote down. Raises Refused."""
    stages.use(stage)
    found = installation.get().raw_bucket
    if not found:
        raise Refused(f"the stage {stage} has no settings row: run `hub infra deploy --stage {stage}`")
    return found


def _lines(stage: str, key: str) -> list[Line]:
    packed = boto3.client("s3").get_object(Bucket=bucket(stage), Key=key)["Body"].read()
    return [_line(text, key, number) for number, text in enumerate(_unpacked(packed, key).split("\n"), 1)]


def _unpacked(packed: bytes, key: str) -> str:
    try:
        return gzip.decompress(packed).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ArchiveDamaged(f"{key}: {error}") from error


def _line(text: str, key: str, number: int) -> Line:
    try:
        line: Line = json.loads(text)
        if line["queue"] in queue_urls.NAMES and isinstance(line["body"], dict):
            return line
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveDamaged(f"{key}, line {number}: {error!r}") from error
    raise ArchiveDamaged(f"{key}, line {number}: no message for a queue of the hub")


def _has_content(stage: str, envelope: Line) -> bool:
    """What is too large for a queue lies in an object of its own, which `large` names and whoever reads it opens."""
    if "large" not in envelope:
        return True
    try:
        boto3.client("s3").head_object(Bucket=bucket(stage), Key=envelope["large"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        return False
    return True


def _send(stage: str, queue: str, bodies: Iterable[Line]) -> None:
    sqs = boto3.client("sqs")
    url = queue_urls.url_of(stage, queue)
    for batch in _batches(bodies):
        refused = sqs.send_message_batch(QueueUrl=url, Entries=batch).get("Failed", [])
        if refused:
            raise QueueRefused(f"the queue {queue} refused {len(refused)} messages: {refused[0].get('Message', '')}")


def _batches(bodies: Iterable[Line]) -> Iterator[Any]:
    batch: list[Line] = []
    size = 0
    for body in bodies:
        text = json.dumps(body, separators=(",", ":"))
        if batch and (len(batch) == AT_ONCE or size + len(text) > LARGEST_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        # Fair queues: one connection's replay must not hold up the others' notices.
        group = {"MessageGroupId": str(body["connection"])} if "connection" in body else {}
        kept = {ARCHIVED: {"DataType": "String", "StringValue": "yes"}}
        batch.append({"Id": str(len(batch)), "MessageBody": text, "MessageAttributes": kept, **group})
        size += len(text)
    if batch:
        yield batch
