"""What comes on the loyalty queue: messages of every release that may still lie there are read."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.time import Instant
from chalicelib.loyalty.wakes import Sweep, read
from tests.ids import CLUB, guest_id

AT = Instant("2026-02-10T08:00:00.000000Z")
# Golden samples: what releases wrote. Only ever add to them.
SWEEPS: dict[str, tuple[str, Sweep]] = {
    "before versions": (
        '{"program":"club","shard":16,"end":32,"at":"2026-02-10T08:00:00.000000Z"}',
        Sweep(CLUB, 16, 32, AT),
    ),
    "before versions, on the way": (
        '{"program":"club","shard":17,"end":32,"at":"2026-02-10T08:00:00.000000Z","after":"g0123456789abcdef01234567"}',
        Sweep(CLUB, 17, 32, AT, guest_id("g0123456789abcdef01234567")),
    ),
    "version 1": (
        '{"program":"club","shard":16,"end":32,"at":"2026-02-10T08:00:00.000000Z","after":"g1","v":1}',
        Sweep(CLUB, 16, 32, AT, guest_id("g1")),
    ),
}
FACT = (
    '{"version":"0","id":"7bf73129-1428-4cd3-a780-95db273d1602","detail-type":"StayCompleted","source":"xenia",'
    '"account":"123456789012","time":"2026-02-03T10:00:01Z","region":"eu-central-1","resources":[],"detail":'
    '{"type":"StayCompleted","subject":"r0123456789abcdef01234567","subject_version":"7",'
    '"occurred_at":"2026-02-03T10:00:00.000000Z","correlation_id":"q-1","backfill":false,'
    '"leaf":"g0123456789abcdef01234567","property_id":"vienna","member":false,'
    '"fact_id":"f0123456789abcdef01234567"}}'
)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_of_every_release_is_read(name: str) -> None:
    text, meant = SWEEPS[name]
    assert read(json.loads(text)) == meant


def test_a_fact_is_read_from_the_envelope_of_the_bus() -> None:
    fact = read(json.loads(FACT))
    assert isinstance(fact, Fact)
    assert (fact.type, fact.subject) == (FactType.STAY_COMPLETED, "r0123456789abcdef01234567")
    assert (fact.leaf, fact.occurred_at) == ("g0123456789abcdef01234567", "2026-02-03T10:00:00.000000Z")


def test_what_is_queued_is_what_the_newest_sample_shows() -> None:
    text, meant = list(SWEEPS.values())[-1]
    assert meant.body() == json.loads(text)
    assert read(json.loads(json.dumps(meant.body()))) == meant


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"shard": "16"}, "shard"),
        ({"shard": True}, "shard"),
        ({"at": None}, "at"),
        ({"program": 7}, "program"),
        ({"v": 2}, "v"),
    ],
)
def test_a_malformed_sweep_is_set_aside_with_the_field_s_name(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected, match=f"malformed_message: {field}"):
        read({**asdict(Sweep(CLUB, 0, 16, AT)), **wrong})


def test_what_is_neither_a_fact_nor_a_sweep_is_set_aside() -> None:
    neither: list[dict[str, object]] = [{}, {"detail": {}}, {"detail": "StayCompleted"}]
    for message in neither:
        with pytest.raises(Rejected, match="malformed_message"):
            read(message)
