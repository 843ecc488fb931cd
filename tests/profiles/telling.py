"""Profiles are told to a table in memory, under digests that show what they are of."""

from collections.abc import Sequence
from typing import Any

from chalicelib.canonical.ids import Digest, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, Gate
from chalicelib.guests import store as guests
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Change, MergeDecision
from tests.builders import VIENNA
from tests.ids import PMS

Told = dict[str, Any] | MergeDecision


def digest(kind: str, value: str) -> Digest:
    return Digest(f"{kind}-{value}")


def change(told: dict[str, Any]) -> Change:
    """`source` is who says it, where that is not the source `pms` (`builders.claimed`)."""
    said = {name: value for name, value in told.items() if name != "source"}
    made = change_of(read(said), told.get("source", PMS), {VIENNA.id: VIENNA}, digest)
    assert made
    return made


def store(told: Sequence[Told]) -> None:
    inputs = [each if isinstance(each, MergeDecision) else change(each) for each in told]
    assert profiles.store_changes(inputs) == {}


def gate_of(source_id: str) -> Gate | None:
    """That of the guest whose record the profile is; None where it holds nothing."""
    guest = guests.guest(leaf_of_profile(PMS, source_id))
    return gates.gate(guest.id, EMAIL) if guest else None
