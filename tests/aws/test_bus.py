"""What the bus takes at once."""

from chalicelib.aws import bus
from chalicelib.aws.settings import Settings
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Leaf, PropertyId
from chalicelib.canonical.time import Instant

LARGEST_CALL = 256 * 1024
"""Bytes of all entries of a PutEvents: source, type and detail (older endpoints; newer ones take 1 MiB).
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""
LONGEST_ID = 64
"""Ids of the hub; a version is an instant, a rank and a hash, and a correlation id is one of AWS's."""


def test_as_many_facts_as_are_announced_at_once_fit_into_one_call(aws: Settings) -> None:
    longest = "é" * LONGEST_ID
    fact = Fact(
        type=max(FactType, key=len),
        subject=longest,
        subject_version=longest * 4,
        occurred_at=Instant("2026-11-27T12:00:00.000Z"),
        correlation_id=longest * 4,
        leaf=Leaf(longest),
        property_id=PropertyId(longest),
        backfill=True,
    )
    entry = bus._entry(fact)
    told = sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
    assert bus.AT_ONCE * told < LARGEST_CALL
    bus.announce([fact] * bus.AT_ONCE)
