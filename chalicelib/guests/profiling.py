"""Who is not to be profiled: they objected, or the use of their data is restricted. Pure.

It is said through a record, and of a guest of several the strictest word holds: split again, each has its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.canonical.time import Instant
from chalicelib.guests.kinds import Unprofiled
from chalicelib.guests.model import Head
from chalicelib.guests.statements import Statement

ABOUT: dict[Unprofiled, str] = {"restricted": "restriction", "objected": "profiling"}
"""What a statement is about that says so, the stricter first."""
YES = ("yes",)


def said(why: Unprofiled, at: Instant, actor: str, *, holds: bool) -> Statement:
    """It is the guest's right, and so their word, whoever wrote it down."""
    return Statement(about=ABOUT[why], by="guest", at=at, values=YES if holds else (), actor=actor)


def says(head: Head, why: Unprofiled) -> bool:
    return any(each.about == ABOUT[why] and each.values for each in head.statements)


def unprofiled_by(records: Iterable[Head]) -> Unprofiled | None:
    saying = [head for head in records if head.statements]
    return next((why for why in ABOUT if any(says(head, why) for head in saying)), None)


def unobserved(records: Iterable[Head]) -> Sequence[Head]:
    """As if no source had observed what the guest prefers; what guest and staff said stays."""
    return [
        replace(head, record=head.record.without_preferences()) if head.record and head.record.preferences else head
        for head in records
    ]
