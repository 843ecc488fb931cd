"""Wait until nothing is under way in the hub any more, and count what its functions told of themselves."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3

from infra.queue_urls import NAMES, url_of

COUNTS: Any = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
QUIET_LOOKS = 4
"""Looks in a row that must find all queues empty: a fact may be between the bus and its queue."""
LOOK_SECONDS = 0.5
TOLD = '{"stage":'
"""What the hub's own lines begin with; Lambda writes others beside them."""


class NotDrained(RuntimeError):
    """Messages are left after the longest wait."""


def waiting(stage: str) -> dict[str, int]:
    """Messages in each queue: visible, in flight and delayed."""
    sqs = boto3.client("sqs")
    found = {}
    for name in NAMES:
        attributes = sqs.get_queue_attributes(QueueUrl=url_of(stage, name), AttributeNames=COUNTS)["Attributes"]
        found[name] = sum(int(attributes[each]) for each in COUNTS)
    return found


def dead_letters(stage: str) -> int:
    sqs = boto3.client("sqs")
    urls = [url_of(stage, f"{name}-dlq") for name in NAMES]
    answers = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"] for url in urls]
    return sum(int(attributes[each]) for attributes in answers for each in COUNTS)


def until_drained(stage: str, told: Callable[[int], None], longest_seconds: float) -> None:
    """Raises NotDrained."""
    deadline = time.monotonic() + longest_seconds
    quiet = 0
    while quiet < QUIET_LOOKS:
        left = waiting(stage)
        told(sum(left.values()))
        quiet = 0 if any(left.values()) else quiet + 1
        if time.monotonic() > deadline:
            raise NotDrained(", ".join(f"{name} {count}" for name, count in left.items() if count))
        time.sleep(LOOK_SECONDS)


@dataclass
class Told:
    """Sums of the lines that every invocation prints."""

    invocations: Counter[str] = field(default_factory=Counter)
    write_units: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def told_by_functions(stage: str) -> Told:
    """Read the log lines of all functions: write units and outcomes are counted there, not estimated."""
    told = Told()
    logs = boto3.client("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/xenia-{stage}")["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            for event in page["events"]:
                _add(told, event["message"])
    return told


def _add(told: Told, message: str) -> None:
    if not message.startswith(TOLD):
        return
    line = json.loads(message)
    function = line["function"]
    told.invocations[function] += 1
    told.write_units[function] += line["write_units"]
    told.counted.update(line["counted"])
    told.failed[function] += line["failed"]
    told.failures += [json.dumps(each) for each in line.get("failures", [])]
