"""Which record's word wins in one field of a profile, and by which rule. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from chalicelib.canonical.details import AgeCategory
from chalicelib.canonical.ids import PropertyId, Scope, digest_of
from chalicelib.canonical.time import Instant
from chalicelib.connections.model import SIGNUP
from chalicelib.guests.model import Head
from chalicelib.guests.standing import claimed_by, hotels_of, is_merged, known_from, since_by_hotel, standing
from chalicelib.guests.statements import PROVED
from chalicelib.settings.guest_rules import SHIPPED, FieldRule, GuestRules

WonBy = Literal["only", "newest", "longest", "first", "source", "verified", "claim", "corrected", "preferred"]
"""ONLY: no other record has it. SOURCE: its source comes before the others'. VERIFIED: the guest proved it. CLAIM: a
hotel claims it, and nobody else says it. CORRECTED: staff said so, and no source says anything new since. PREFERRED: it
is the language to be spoken to in, as the guest, staff or a source said apart from it."""
DIGITS = 8
"""Of a digest of a value."""


@dataclass(frozen=True)
class Voices:
    """The records of a guest that say something: those that are heard, the newest first, and what hotels claim beside
    them, of the hotel first that knew the guest first."""

    heard: Sequence[Head]
    claims: Sequence[Head]


def voices(records: Iterable[Head], own: Collection[Scope] = ()) -> Voices:
    """What a hotel claims fills in what the group's word leaves open, but for those whose profile it is: `own`. What
    its staff corrected is heard where nobody else knows the guest."""
    told = sorted((head for head in records if head.record), key=standing, reverse=True)
    alone = _only_hotel(told)
    since = since_by_hotel(told)
    claims = [head for head in told if claimed_by(head) not in {None, *own} and not _corrects_at(head, alone)]
    beside = {head.leaf for head in claims}
    heard = [head for head in told if head.leaf not in beside]
    return Voices(heard, sorted(claims, key=lambda head: known_from(head, since)))


def _only_hotel(told: Iterable[Head]) -> PropertyId | None:
    known_at = {hotels_of(head) for head in told}
    hotels = known_at.pop() if len(known_at) == 1 else frozenset()
    return next(iter(hotels)) if len(hotels) == 1 else None


def _corrects_at(head: Head, hotel: PropertyId | None) -> bool:
    return hotel is not None and bool(head.record and head.record.corrects) and claimed_by(head) == hotel


def chosen(field: str, among: Voices, rules: GuestRules) -> tuple[Head, WonBy] | None:
    """The record whose word counts, and why; None where no record says anything."""
    saying = [head for head in among.heard if said_of(head, field)]
    if not saying:
        claim = next((head for head in among.claims if said_of(head, field)), None)
        return (claim, "claim") if claim else None
    correction = corrected(field, saying)
    if correction:
        saying = _newer(field, saying, correction)
        if not saying:
            return correction, "corrected"
    return _best(saying, field, rules.rule_of(field), proved(field, [*among.heard, *among.claims]))


def proved(field: str, records: Iterable[Head]) -> frozenset[str]:
    """Digests of the values that the guest proved by an act of their own: who signed up confirmed it from the mailbox,
    and whoever says something behind a mail's link got that mail."""
    digests = set[str]()
    for head in records:
        if field == "email" and head.record and head.record.source == SIGNUP and head.record.email:
            digests.add(digest_of_value(head.record.email))
        for each in head.statements:
            if each.is_own_hand and each.about == f"{PROVED}{field}":
                digests.update(each.values)
    return frozenset(digests)


def is_proved(head: Head, field: str, proofs: Collection[str]) -> bool:
    value = said_of(head, field) if proofs else None
    return bool(value) and digest_of_value(value) in proofs


class Age(NamedTuple):
    birth_date: date | None
    age_category: AgeCategory | None


def age_of(records: Iterable[Head]) -> Age:
    """How old somebody is by these records, the newest first."""
    among = voices(records)
    won = {field: found[0].record for field in Age._fields if (found := chosen(field, among, SHIPPED))}
    born, category = won.get("birth_date"), won.get("age_category")
    return Age(born.birth_date if born else None, category.age_category if category else None)


def said_of(head: Head, field: str) -> Any:
    return getattr(head.record, field) if head.record else None


def corrected(field: str, saying: Iterable[Head]) -> Head | None:
    """The record by which staff corrected it last."""
    corrections = [head for head in saying if head.record and field in head.record.corrects]
    return max(corrections, key=lambda head: (_corrected_at(head, field), head.leaf), default=None)


def _corrected_at(head: Head, field: str) -> Instant:
    return head.record.corrects[field].at if head.record else Instant("")


def _newer(field: str, saying: Iterable[Head], correction: Head) -> list[Head]:
    """Those that say something else than what was corrected, and say it since."""
    at, over = _corrected_at(correction, field), _over(correction, field)
    return [
        head
        for head in saying
        if head.record
        and field not in head.record.corrects
        and head.version
        and head.version.changed_at > at
        and digest_of_value(said_of(head, field)) not in over
    ]


def _over(correction: Head, field: str) -> tuple[str, ...]:
    return correction.record.corrects[field].over if correction.record else ()


def digest_of_value(value: Any) -> str:
    """A value as corrections remember it."""
    return digest_of(_text(value))[:DIGITS]


def _text(value: Any) -> str:
    if isinstance(value, BaseModel):
        return value.model_dump_json(exclude_none=True)
    return "|".join(map(_text, value)) if isinstance(value, tuple) else str(value)


def _best(saying: Sequence[Head], field: str, rule: FieldRule, proofs: Collection[str]) -> tuple[Head, WonBy]:
    """What was merged away says nothing where another does."""
    alive = [head for head in saying if not is_merged(head)] or saying
    if len(alive) == 1:
        return alive[0], "only"
    sure = [head for head in alive if is_proved(head, field, proofs)] if rule.verified else []
    if 0 < len(sure) < len(alive):
        return _best(sure, field, rule, ())[0], "verified"
    best = min(rank(head, rule) for head in alive)
    first = [head for head in alive if rank(head, rule) == best]
    if rule.by == "longest":
        winner = max(first, key=lambda head: _length(said_of(head, field)))
        return winner, "longest"
    return first[0], "newest" if len(first) == len(alive) else "source"


def rank(head: Head, rule: FieldRule) -> int:
    """The place of its source among those that come before others."""
    source = head.record.source if head.record else None
    return next((at for at, each in enumerate(rule.sources) if each == source), len(rule.sources))


def _length(value: Any) -> int:
    return (
        sum(map(len, value.model_dump(exclude_none=True).values()))
        if isinstance(value, BaseModel)
        else len(_text(value))
    )


def addressed(records: Sequence[Head], rules: GuestRules, own: Collection[Scope] = ()) -> list[Head]:
    """Records in the order in which their e-mail addresses count: what staff corrected before all, or what a source
    said anew since, and without those that were corrected; then what the guest proved, by their sources, and else as
    they stand."""
    rule, heard = rules.rule_of("email"), voices(records, own).heard
    proofs = proved("email", records) if rule.verified else ()
    sure = {head.leaf for head in heard if is_proved(head, "email", proofs)}
    ordered = sorted(records, key=lambda head: (head.leaf not in sure, rank(head, rule)))
    saying = [head for head in heard if said_of(head, "email")]
    correction = corrected("email", saying)
    if correction is None:
        return ordered
    over = _over(correction, "email")
    first = _newer("email", saying, correction) or [correction]
    named = {head.leaf for head in first}
    others = (head for head in ordered if head.leaf not in named)
    return [*first, *(head for head in others if digest_of_value(said_of(head, "email")) not in over)]
