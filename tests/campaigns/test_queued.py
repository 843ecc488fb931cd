"""Messages that lie in a queue while the functions are updated are read by the new ones."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.campaigns import queued
from chalicelib.campaigns.queued import PlanPart, SendChunk
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import OccasionId, RunId

N1 = OccasionId("n1")

Read = Callable[[Any], PlanPart | SendChunk]

# As they were sent on the day named: samples are added, and never changed.
SAMPLES: list[tuple[Read, dict[str, Any], PlanPart | SendChunk]] = [
    # 2026-11-26, before messages had a version
    (queued.read_plan_part, {"run": "n1", "part": 3}, PlanPart(RunId(N1), 3)),
    (
        queued.read_send_chunk,
        {"run": "n1", "chunk": "2026#000#000001"},
        SendChunk(RunId(N1), "2026#000#000001"),
    ),
    (queued.read_send_chunk, {"run": "n1", "chunk": "c", "again": 2}, SendChunk(RunId(N1), "c")),
    # 2026-11-27
    (queued.read_plan_part, {"v": 1, "run": "n1", "part": 3}, PlanPart(RunId(N1), 3)),
    (queued.read_send_chunk, {"v": 1, "run": "n1", "chunk": "c", "again": 0}, SendChunk(RunId(N1), "c")),
]


@pytest.mark.parametrize(("read", "body", "message"), SAMPLES)
def test_a_message_of_an_earlier_day_is_read(read: Read, body: dict[str, Any], message: PlanPart | SendChunk) -> None:
    assert read(body) == message


@pytest.mark.parametrize("read", [read for read, *_ in SAMPLES[-2:]])
@pytest.mark.parametrize("newer", [{"hotel": "vienna"}, {"v": 2}])
def test_what_a_newer_function_adds_is_left_aside(read: Read, newer: dict[str, Any]) -> None:
    sample, message = next((body, message) for each, body, message in SAMPLES if each is read)
    assert read({**sample, **newer}) == message


@pytest.mark.parametrize(
    "message",
    [
        PlanPart(RunId(N1), 3),
        SendChunk(RunId(N1), "c"),
    ],
)
def test_what_is_sent_is_what_is_read(message: PlanPart | SendChunk) -> None:
    read: dict[type, Read] = {
        PlanPart: queued.read_plan_part,
        SendChunk: queued.read_send_chunk,
    }
    body = queued.body_of(message)
    assert body["v"] == 1
    assert read[type(message)](body) == message


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (queued.read_plan_part, {"run": "n1"}),
        (queued.read_plan_part, {"run": "n1", "part": "3"}),
        (queued.read_send_chunk, {"run": "n1", "chunk": None}),
    ],
)
def test_a_message_that_is_none_of_ours_is_rejected(read: Read, body: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match="malformed_message"):
        read(body)
