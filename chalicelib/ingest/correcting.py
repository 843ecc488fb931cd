"""What staff correct of a guest: a record of the hub's own, joined with the record through which they say it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import ConnectionId, Leaf, PropertyId, leaf_of_profile
from chalicelib.canonical.snapshots import GuestSnapshot
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.connections.model import API, api_of
from chalicelib.guests.model import Head
from chalicelib.guests.records import Correction, Record
from chalicelib.guests.survivorship import digest_of_value, said_of
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Decision, Verdict, pair_of
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.merging import decided_about
from chalicelib.profiles.model import Change, MergeDecision
from chalicelib.profiles.verdicts import CORRECTS
from chalicelib.properties import store as properties

DESK = "desk-"
"""How the hub's own ids of what staff say begin."""
TRIED_IDS = 64
MOST_OVER = 60
"""Values that one correction remembers to be over: of forty records each says one."""


@dataclass(frozen=True)
class Desk:
    """Who says it: people of a hotel, or of the group (None). `through` is the record through which they say it, one of
    their hotel's; `records` are those of the guest in their sight, and `heard_at` a hotel where the group's people are
    to be understood: local telephone numbers are read as of there."""

    actor: str
    at: Instant
    hotel: PropertyId | None
    through: Leaf
    records: Sequence[Head]
    heard_at: PropertyId | None = None

    @property
    def source(self) -> ConnectionId:
        return api_of(self.hotel) if self.hotel else API


def correct(desk: Desk, fields: Mapping[str, Any]) -> Leaf:
    """Keep what staff say of some fields, beside what they said of others before; None takes back what they said of
    one. What says nothing new writes nothing. Returns the record that keeps it. Raises Invalid with the fields that
    cannot be read, of which nothing is kept; Conflict where somebody else said something meanwhile; TryAgain.

    The join is decided first: whoever dies behind it has joined a record that is not there yet, and asks again.
    """
    kept = _kept(desk)
    desk = replace(desk, at=_after(desk.at, kept))
    change = _change(desk, kept, fields)
    record = change.people[0].record
    if kept and (kept.record or Record(source=desk.source)).corrects == record.corrects:
        return kept.leaf
    leaf = change.people[0].leaf
    if all(head.leaf != leaf for head in desk.records):
        _join(desk, leaf)
    for error in profiles.store_changes([change]).values():
        raise error
    return leaf


def _join(desk: Desk, leaf: Leaf) -> None:
    """About who is erased nothing is decided any more: then the record would be somebody's of whom nothing else is
    known. Raises Conflict."""
    joins = Decision(pair_of(desk.through, leaf), Verdict.JOIN, desk.at, desk.actor, CORRECTS)
    profiles.store_decision(MergeDecision(joins, desk.hotel))
    stands = decided_about([leaf]).get(leaf, {}).get(desk.through)
    if stands is None or stands.verdict is not Verdict.JOIN:
        raise Conflict("Somebody erased or split this guest just now: look again, and ask again.")


def _kept(desk: Desk) -> Head | None:
    """The record that they said something by before."""
    own = [head for head in desk.records if head.record and _is_of_desk(head.record, desk.source)]
    return min(own, key=lambda head: head.leaf, default=None)


def _after(at: Instant, kept: Head | None) -> Instant:
    """Later than what they said before, whatever the clocks of two machines say."""
    last = kept.version.changed_at if kept and kept.version else at
    return at if last < at or kept is None else instant(moment_of(last) + timedelta(microseconds=1))


def _is_of_desk(record: Record, source: ConnectionId) -> bool:
    return record.source == source and (record.source_id or "").startswith(DESK)


def _change(desk: Desk, kept: Head | None, fields: Mapping[str, Any]) -> Change:
    before = kept.record if kept and kept.record else Record(source=desk.source)
    said = {name: getattr(before, name) for name in before.corrects} | dict(fields)
    snapshot = GuestSnapshot(
        changed_at=moment_of(desk.at),
        source_id=before.source_id or _new_id(desk),
        property_id=desk.hotel or desk.heard_at,
        **{name: value for name, value in said.items() if value is not None},
    )
    change = change_of(snapshot, desk.source, properties.by_id(), digest, is_of_hotel=desk.hotel is not None)
    record = change.people[0].record if change else Record(source=desk.source, nobody="no_person")
    if change is None or (unread := [*_unread(record, fields)]):
        raise Invalid(*(FieldError(name, "cannot be read, or is nobody's own") for name in unread or fields))
    corrections = _corrections(desk, kept, before, record)
    person = replace(change.people[0], record=record.correcting(corrections))
    version = kept.record_version if kept else ""
    return replace(change, people=(person,), replaces=version).received(desk.at)


def _new_id(desk: Desk) -> str:
    """One by which the guest keeps its own id, which is that of its smallest record."""
    smallest = min((head.leaf for head in desk.records), default=desk.through)
    ids = [f"{DESK}{desk.through}-{number}" for number in range(TRIED_IDS)]
    return next((each for each in ids if leaf_of_profile(desk.source, each) > smallest), ids[0])


def _unread(record: Record, fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        is_others = name == "email" and record.email_kind != "own"
        if value is not None and (record.nobody or not getattr(record, name) or is_others):
            yield name


def _corrections(desk: Desk, kept: Head | None, before: Record, record: Record) -> dict[str, Correction]:
    others = [head for head in desk.records if kept is None or head.leaf != kept.leaf]
    said = [name for name in CORRECTED if getattr(record, name)]
    stands = {name for name in said if name in before.corrects and getattr(before, name) == getattr(record, name)}
    return {name: before.corrects[name] if name in stands else _correction(desk, before, others, name) for name in said}


CORRECTED = (
    "salutation", "given_name", "family_name", "generation", "email", "phone", "language", "country", "address",
    "birth_date", "vip",
)  # fmt: skip
"""What staff may correct."""


def _correction(desk: Desk, before: Record, others: Iterable[Head], name: str) -> Correction:
    """Over all that the guest's records say now, and whatever staff said, and were over, before."""
    known = before.corrects.get(name)
    said = [digest_of_value(value) for head in others if (value := said_of(head, name))]
    said += [digest_of_value(getattr(before, name)), *known.over] if known else []
    return Correction(at=desk.at, over=tuple(dict.fromkeys(said))[:MOST_OVER])
