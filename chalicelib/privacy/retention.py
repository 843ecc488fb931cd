"""Of whom nothing was heard for so long that they are forgotten, and who is kept all the same. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.time import moment_of, months_later
from chalicelib.consent.model import Acts, Gate
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.profiling import says

Kept = Literal["recent", "ahead", "points", "request", "restricted", "case"]
"""RECENT: a stay or a word is not so long ago. AHEAD: a stay is not over. POINTS: there is a balance. REQUEST:
something the guest asked for is open. RESTRICTED: the guest wants their data kept. CASE: a complaint is open."""
NEVER_WAS = frozenset({Status.CANCELLED, Status.NO_SHOW})


@dataclass(frozen=True)
class Known:
    """What is known of one guest, of all records."""

    heads: Collection[Head]
    acts: Collection[Acts]
    gates: Collection[Gate]
    stays: Collection[Stay]
    has_points: bool
    has_open_request: bool


def kept_for(known: Known, months: int, today: date) -> Kept | None:
    """Why a guest is kept today; None for who is to be forgotten."""
    if any(stay.departure >= today and stay.status not in NEVER_WAS for stay in known.stays):
        return "ahead"
    if not is_over(last_sign(known), months, today):
        return "recent"
    if any(gate.restricted for gate in known.gates) or any(says(head, "restricted") for head in known.heads):
        return "restricted"
    if known.has_open_request:
        return "request"
    if any(gate.open_case for gate in known.gates):
        return "case"
    return "points" if known.has_points else None


def is_over(sign: date | None, months: int, today: date) -> bool:
    return sign is None or months_later(sign, months) <= today


def last_sign(known: Known) -> date | None:
    """The last stay or word; of who has neither, the last news of a source, and else when the hub was told of them."""
    return max(_signs(known), default=None) or max(_news(known.heads), default=None)


def _signs(known: Known) -> Iterator[date]:
    for stay in known.stays:
        yield stay.departure
    for acts in known.acts:
        yield from (moment_of(act.last_said).date() for act in acts.values())
    for head in known.heads:
        yield from (moment_of(each.at).date() for each in head.statements)
        yield from (moment_of(each.said_at).date() for each in head.enrolments)
        yield from (moment_of(each.at).date() for each in (head.record.corrects.values() if head.record else ()))


def _news(heads: Iterable[Head]) -> Iterator[date]:
    for head in heads:
        if head.version:
            yield moment_of(head.version.changed_at).date()
