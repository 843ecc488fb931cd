"""/v1/merge-candidates: guests who may be one person, for somebody to decide."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.guests import GuestFound, found_as
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.records import RecordShown, record_shown
from chalicelib.entrypoints.api.visibility import InSight, eyes_of, guest_of, seen
from chalicelib.guests.model import Guest
from chalicelib.identity import store
from chalicelib.identity.weights import Weighed
from chalicelib.profiles import waiting
from chalicelib.profiles.waiting import Beside
from chalicelib.settings.matching import FieldName, Level

SPARE = 20
"""Rows beyond the limit that a page looks at, for those that are answered by now, or another hotel's."""


class EvidenceShown(Shown):
    """How one field of two records compares, and what that weighs. `bits` speak for one person, below zero for two:
    each makes it twice, or half, as likely."""

    field: FieldName
    level: Level
    bits: float


class MergeCandidateShown(Shown):
    """Two guests who may be one person. `records` are the two of theirs that are likeliest one person's, the first
    guest's first; `score` is the sum of the evidence in bits, of which what people of one house share counts up to a
    limit. `may_decide` says whether the key may: every hotel that knows one of the guests must be the key's."""

    guests: list[GuestFound]
    records: list[str]
    score: float
    evidence: list[EvidenceShown]
    may_decide: bool


class MergeCandidateOpened(MergeCandidateShown):
    """The same with what the sources of the two records say. `waits` is false for two who are not asked about: they
    are hardly alike, or somebody decided."""

    said: list[RecordShown]
    waits: bool


class _Seen(NamedTuple):
    """Two guests in sight, with the records of theirs that are."""

    sights: tuple[InSight, InSight]
    records: tuple[Leaf, Leaf]
    weighed: Weighed


def listed(ask: Ask, *, page: Page) -> Listing[MergeCandidateShown]:
    """Guests who may be one person, the likeliest first, for as long as nobody decided.

    A page may be short, or empty, and lead on all the same: those that were answered a moment ago, and those of other
    hotels, are left out.
    """
    most = page.limit + SPARE
    rows = list(islice(store.candidates(page.after, at_once=most + 1), most + 1))
    waits = list(_waiting(ask.caller, rows[:most]))
    items, more = page.take(_shown(each) for _, each in waits)
    if more:
        return Listing(items=items, next_cursor=page.cursor(waits[len(items) - 1][0]))
    return Listing(items=items, next_cursor=page.cursor(rows[most - 1][0]) if len(rows) > most else None)


def get(ask: Ask, guest_id: GuestId, other_id: GuestId) -> MergeCandidateOpened:
    """Any two guests beside each other: what speaks for their being one person, and what their sources say."""
    ones = guest_of(ask.caller, guest_id), guest_of(ask.caller, other_id)
    (found,) = waiting.beside([(ones[0].whole.id, ones[1].whole.id)])
    pair = _seen(ask.caller, found) if found else None
    if found is None or pair is None or found.one.id == found.other.id:
        raise Invalid(FieldError("other_id", "names the same guest as the first, or one of whom nothing is said"))
    said = [record_shown(sight, sight.kept[leaf], found.rules) for sight, leaf in zip(*pair[:2], strict=True)]
    waits = pair.weighed.may_be_one and not found.is_settled
    return MergeCandidateOpened(**_shown(pair).model_dump(), said=said, waits=waits)


def _waiting(caller: Caller, rows: Sequence[tuple[str, tuple[Leaf, Leaf]]]) -> Iterator[tuple[str, _Seen]]:
    """Each two guests once, with the position of their row."""
    met, before = set[frozenset[GuestId]](), store.listed_before(rows)
    for (position, _), found in zip(rows, waiting.beside([pair for _, pair in rows]), strict=True):
        if found is None or found.is_settled or found.guests in met or position in before:
            continue
        met.add(found.guests)
        pair = _seen(caller, found)
        if pair and pair.weighed.may_be_one:
            yield position, pair


def _seen(caller: Caller, found: Beside) -> _Seen | None:
    """None where either guest, or all of its records of which anything is said, are not in sight."""
    one, other = _in_sight(caller, found, found.one), _in_sight(caller, found, found.other)
    likeliest = found.likeliest(one.members, other.members) if one and other else None
    return _Seen((one, other), *likeliest) if one and other and likeliest else None


def _in_sight(caller: Caller, found: Beside, guest: Guest) -> InSight | None:
    read = {leaf: head for leaf in guest.members if (head := found.heads.get(leaf))}
    return seen(caller, eyes_of(caller), guest, read)


def _shown(pair: _Seen) -> MergeCandidateShown:
    one, other = pair.sights
    return MergeCandidateShown(
        guests=[found_as(one), found_as(other)],
        records=list(pair.records),
        score=round(pair.weighed.bits, 1),
        evidence=[EvidenceShown.model_validate(each._asdict()) for each in pair.weighed.evidence],
        may_decide=may_decide(one) and may_decide(other),
    )


def may_decide(sight: InSight) -> bool:
    """What is decided of a guest changes what all hotels see that know it."""
    return sight.is_callers_alone
