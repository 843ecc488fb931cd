"""The log of objections: a file in the bucket for each, written in the moment it is made.

A table that is restored to a point in time has forgotten what was said since; from here it is told again. The files
hold ids and digests, and no addresses.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.aws import files
from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, Leaf, PropertyId, stable_id
from chalicelib.canonical.time import Instant, now
from chalicelib.consent.model import Basis, Purpose, SuppressionReason, WhyErased
from chalicelib.guests.kinds import Unprofiled
from chalicelib.settings import installation

FOLDER = "objections"
VERSION = 1


@dataclass(frozen=True)
class Withdrawal:
    """A guest's no, through one leaf."""

    leaf: Leaf
    channel: ChannelName
    purpose: Purpose
    controller: ControllerId
    basis: Basis
    at: Instant
    proof: dict[str, str]
    said_at: Sequence[Digest] | None = None
    """The addresses at which it holds for whoever carries them; None for all that the guest has."""
    part: str = ""
    """What of the purpose alone: a topic, or how often."""


@dataclass(frozen=True)
class Undeliverable:
    """What no message may reach any more; `address` is the identifier's digest."""

    address: Digest
    channel: ChannelName
    reason: SuppressionReason
    at: Instant


@dataclass(frozen=True)
class GuestErasure:
    """That a guest was erased who had these records."""

    leaves: Sequence[Leaf]
    at: Instant
    actor: str
    within: Sequence[PropertyId] | None = None
    """The hotels whose people asked for it; None for the group's."""
    why: WhyErased = "asked"


@dataclass(frozen=True)
class Restriction:
    """That the use of a guest's data is restricted from then on, or is no more."""

    leaf: Leaf
    restricted: bool
    at: Instant


@dataclass(frozen=True)
class Profiling:
    """That a guest is not to be profiled from then on, or is again, as it was said through one record."""

    leaf: Leaf
    why: Unprofiled
    holds: bool
    at: Instant
    actor: str


Objection = Withdrawal | Undeliverable | GuestErasure | Restriction | Profiling
KINDS: dict[str, type[Objection]] = {
    "withdrawal": Withdrawal,
    "undeliverable": Undeliverable,
    "erasure": GuestErasure,
    "restriction": Restriction,
    "profiling": Profiling,
}
"""What is done about each is told in privacy/told_again."""


def note(objection: Objection, moment: datetime | None = None) -> None:
    """Write an objection down. The same on the same day is one file. A stage without a bucket keeps no log."""
    bucket = installation.get().raw_bucket
    if bucket:
        text = json.dumps(_told(objection), sort_keys=True)
        day = (moment or now()).date()
        files.put_body(bucket, f"{folder(day)}{stable_id('o', text)}.json", text.encode())


def folder(day: date) -> str:
    return f"{FOLDER}/{day.isoformat()}/"


def _told(objection: Objection) -> dict[str, Any]:
    kind = next(name for name, kind in KINDS.items() if isinstance(objection, kind))
    return {"v": VERSION, "kind": kind, **asdict(objection)}


def noted_since(first: date, last: date) -> Iterator[Objection]:
    """What was written down from one day to another, both included, day by day. Raises KeyError for an unknown kind."""
    bucket = installation.get().raw_bucket
    for number in range((last - first).days + 1):
        for key in files.listed(bucket, folder(first + timedelta(days=number))):
            yield _read(json.loads(files.read_body(bucket, key)))


def _read(told: dict[str, Any]) -> Objection:
    kind = KINDS[told["kind"]]
    return kind(**{name: told[name] for name in kind.__dataclass_fields__ if name in told})
