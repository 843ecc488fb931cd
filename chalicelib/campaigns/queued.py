"""The messages of the queues `plan` and `send`: what each asks for, written and read in one place.

Messages without a version were written before there was one, and say the same. A reader takes what it knows and leaves
the rest, so that a version can be read before it is written.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chalicelib.canonical.bodies import field_of
from chalicelib.canonical.ids import OccasionId, RunId

VERSION = 1


@dataclass(frozen=True)
class PlanPart:
    """Plan a part of a run, from where it came to."""

    run: RunId
    part: int


@dataclass(frozen=True)
class SendChunk:
    """Mail one chunk's candidates."""

    run: RunId
    chunk: str


def body_of(message: PlanPart | SendChunk) -> dict[str, Any]:
    return {"v": VERSION, **asdict(message)}


def read_plan_part(body: Mapping[str, Any]) -> PlanPart:
    return PlanPart(_run(body), field_of(body, "part", int))


def read_send_chunk(body: Mapping[str, Any]) -> SendChunk:
    return SendChunk(_run(body), field_of(body, "chunk", str))


def _run(body: Mapping[str, Any]) -> RunId:
    return RunId(OccasionId(field_of(body, "run", str)))
