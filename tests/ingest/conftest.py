"""A hotel in an account of its own, with a PMS in memory behind it, and the workers of its queues."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.app import SQSEvent

from chalicelib.aws.settings import Settings
from chalicelib.entrypoints import runtime
from chalicelib.ingest import actions
from tests.fake_mews import FakeMews, connect
from tests.fakes import Context, Event, received

FETCH = runtime.in_batch("fetch", slowest=20)(actions.fetch_notices)
INBOX = runtime.in_batch("inbox")(actions.ingest_notices)


@pytest.fixture
def mews(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeMews:
    connect()
    return FakeMews().install(monkeypatch)


@pytest.fixture
def work(aws: Settings) -> Callable[..., None]:
    """Deliver what lies on a queue to its worker, as Lambda does."""

    def deliver(queue: str = "fetch", event: Event | None = None) -> None:
        handler: Any = {"fetch": FETCH, "inbox": INBOX}[queue]
        context: Any = Context()
        handler(SQSEvent(event or received(queue), context))

    return deliver


def dead(queue: str) -> list[tuple[str, Any]]:
    """The dead letters of a queue: reason and body."""
    records = received(f"{queue}-dlq")["Records"]
    return [(each["messageAttributes"]["reason"]["stringValue"], json.loads(each["body"])) for each in records]
