"""The hub in this process with the network cut off: its Lambda handlers, and events as AWS makes them."""

import contextlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.cloud import Cloud
from benchmarks.table import Table
from benchmarks.wire import Wire

ENVIRONMENT = {
    "XENIA_STAGE": "bench",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
}
Ask = Callable[..., Any]
"""(method, url, body, seconds) → the vendor's answer."""
FOREIGN = ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN")


def prepare_environment() -> None:
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ |= ENVIRONMENT


@cache
def wire() -> Wire:
    """The process's one wire; clients that exist keep it, so worlds exchange what answers."""
    prepare_environment()
    return Wire(Cloud().reply)


@dataclass
class Context:
    """A Lambda context; benchmarks are never short of time."""

    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def open_hub(table: Table | None = None) -> Cloud:
    """An account of its own for the hub; what the process remembered of another is forgotten."""
    cloud = Cloud(table or Table())
    wire().reply, wire().listen = cloud.reply, None
    forget()
    return cloud


def forget() -> None:
    """As a process that was started just now."""
    from chalicelib.aws import queues, secrets
    from chalicelib.aws.meter import meter
    from chalicelib.connections import noted
    from chalicelib.ingest import conversations, edge, opened

    secrets.forget_all()
    for kept in (queues.url_of, opened.opened_connections, edge.raw_bucket, conversations.look_ups, noted.noted):
        kept.cache_clear()
    noted.noted().clock = lambda: 0.0  # one minute: what is written once in it does not depend on the machine
    meter().take()


@contextlib.contextmanager
def vendor_answering(ask: Ask, turns: list[int] | None = None) -> Iterator[None]:
    """The vendor's API without its network: what is measured is the hub, and no floor makes such a call. What would be
    asked at once is asked in a row; `turns` gets how much each time."""
    from chalicelib.aws import http

    asked, at_once = http.call, http.at_once

    def in_a_row(asks: Sequence[Callable[[], http.Answer]]) -> list[http.Answer]:
        if turns is not None:
            turns.append(len(asks))
        return [each() for each in asks]

    http.call, http.at_once = ask, in_a_row
    try:
        yield
    finally:
        http.call, http.at_once = asked, at_once


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """The log lines of the functions are made, and not shown."""
    with contextlib.redirect_stdout(io.StringIO()) as lines:
        yield lines


def post(url: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
    """A webhook as API Gateway hands it to Lambda."""
    parts = urlsplit(url)
    query = {name: [value] for name, value in parse_qsl(parts.query)}
    connection = re.fullmatch(r"/webhooks/([\w-]+)", parts.path)
    assert connection, url
    sent = {"Content-Type": "application/json", **headers}
    resource = "/webhooks/{connection}"
    return {
        "resource": resource,
        "path": parts.path,
        "httpMethod": "POST",
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"connection": connection[1]},
        "stageVariables": None,
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "httpMethod": "POST",
            "resourcePath": resource,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def accept(event: dict[str, Any]) -> int:
    """The edge's Lambda handler; returns the status."""
    with quiet():
        return answered(event)


def answered(event: dict[str, Any]) -> int:
    """The same, with its log line shown."""
    from app import app

    return int(app(event, Context())["statusCode"])


def perform(function: str, event: dict[str, Any]) -> int:
    """One invocation of any function, which succeeds. Returns the size of its log lines."""
    from infra.workers import API  # not in a cold start, where the application stands alone

    if function != API:
        return run(function, event)
    with quiet() as lines:
        assert answered(event) in {200, 202}
    return lines.tell()


def delivery(bodies: Sequence[str]) -> dict[str, Any]:
    """Messages as Lambda receives them from SQS."""
    return {"Records": [_record(at, body) for at, body in enumerate(bodies)]}


def _record(at: int, body: str) -> dict[str, Any]:
    return {
        "messageId": f"m{at}",
        "receiptHandle": f"h{at}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:queue",
    }


def scheduled() -> dict[str, Any]:
    """What EventBridge hands to a function when its time has come."""
    named = dict.fromkeys(("version", "account", "region", "detail-type", "source", "time", "id"), "")
    return {**named, "detail": {}, "resources": []}


def run(function: str, event: dict[str, Any]) -> int:
    """One invocation of a queue function, by the name that Lambda has for it. Returns the size of its log lines."""
    with quiet() as lines:
        invoke(function, event)
    return lines.tell()


def invoke(function: str, event: dict[str, Any]) -> None:
    """The same, with its log lines shown."""
    from chalicelib.entrypoints import queues

    getattr(queues, function)(event, Context())


def batches(bodies: Sequence[str], size: int = 10) -> Iterator[Sequence[str]]:
    yield from (bodies[start : start + size] for start in range(0, len(bodies), size))


def wake_ups(facts: Iterable[dict[str, Any]]) -> list[str]:
    """The facts that the bus puts on the loyalty queue."""
    from chalicelib.canonical.facts import FactType
    from chalicelib.reactions import hears

    return [json.dumps(fact) for fact in facts if hears("loyalty", FactType(fact["detail-type"]))]
