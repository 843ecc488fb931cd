"""/v1/merge-decisions and /v1/guests/{guest_id}/unmerge, /decisions: what people decide about who is one person."""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Forbidden, Invalid
from chalicelib.canonical.ids import GuestId, Leaf, PropertyId
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.free_texts import WITHOUT_CARDS
from chalicelib.entrypoints.api.merge_candidates import may_decide
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.visibility import InSight, guest_of, guests_by, is_of
from chalicelib.guests import store as guests
from chalicelib.identity.model import MOST_LEAVES, MOST_REASON, Decision, Verdict
from chalicelib.profiles import merging
from chalicelib.profiles.verdicts import Word

Reason = Annotated[str, StringConstraints(max_length=MOST_REASON, strip_whitespace=True), WITHOUT_CARDS]
VerdictTold = Literal["join", "apart", "withdrawn"]
OF_OTHERS = (
    "Other hotels know one of these guests, too, and would see what is decided here: somebody of the group may decide."
)


class MergeDecisionAsked(BaseModel):
    """What somebody decided about two records: `join` makes their guests one person for good, whatever the records say;
    `apart` keeps their guests two for good; `withdrawn` takes back what was decided between them. The id of a guest is
    that of one of its records."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    records: Annotated[list[HubId], Field(min_length=2, max_length=2)]
    verdict: VerdictTold
    reason: Reason = ""


class UnmergeAsked(BaseModel):
    """Which records are not this guest's, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    records: Annotated[list[HubId], Field(min_length=1, max_length=MOST_LEAVES)]
    reason: Reason = ""


class MergeDecided(Shown):
    """`guests` are those that have the two records now: one, or two."""

    records: list[str]
    verdict: VerdictTold
    guests: list[str]


class Unmerged(Shown):
    """The guest that the others' records are, and those that the named ones are: one, or several who are not alike."""

    stayed: str
    left: list[str]


class MergeDecisionShown(Shown):
    """What holds of two records, by the newest word about them."""

    records: list[str]
    verdict: VerdictTold
    decided_at: Instant
    actor: str
    reason: str


def decide(ask: Ask, body: MergeDecisionAsked) -> MergeDecided:
    """Decide that two guests are one person, or two, or take that back.

    It is about the guests that have the records: to join two takes back what kept other records of theirs apart, to
    keep them apart holds for each of their records. The newest word holds. Stays, points, messages and consents stay
    with their records.
    """
    one, other = (Leaf(each) for each in body.records)
    if one == other:
        raise Invalid(FieldError("records", "must be two different ones"))
    first, second = _decided_by(ask.caller, one, other)
    merging.decide(one, other, Verdict(body.verdict), (first.whole, second.whole), _word(ask, body.reason))
    return MergeDecided(records=[one, other], verdict=body.verdict, guests=_ids(ask.caller, (one, other)))


def unmerge(ask: Ask, guest_id: GuestId, body: UnmergeAsked) -> Unmerged:
    """Take records off a guest: they are somebody else's, and are never joined with the others again.

    Each takes its stays, points, messages and consents along. What comes later joins neither side to the other. A
    decision that joins them takes this back.
    """
    (sight,) = _decided_by(ask.caller, guest_id)
    leaving = sorted({Leaf(each) for each in body.records})
    staying = merging.unmerge(sight.whole, leaving, _word(ask, body.reason))
    (stayed, *_), left = _ids(ask.caller, staying), _ids(ask.caller, leaving)
    return Unmerged(stayed=stayed, left=left)


def listed(ask: Ask, guest_id: GuestId, *, page: Page) -> Listing[MergeDecisionShown]:
    """What people decided about the guest's records, the newest first: by whom, when, and why."""
    found = {_position(each): each for each in _decisions(guest_of(ask.caller, guest_id))}
    before = sorted((each for each in found if page.after is None or each < page.after), reverse=True)
    items, more = page.take(_shown(found[each]) for each in before)
    return Listing(items=items, next_cursor=page.cursor(before[len(items) - 1]) if more else None)


def _decided_by(caller: Caller, *records: Leaf) -> list[InSight]:
    """The guests of some records. Raises NotFound for who is not in sight, Forbidden for who is other hotels', too."""
    sights = [guest_of(caller, GuestId(each)) for each in records]
    if not all(map(may_decide, sights)):
        raise Forbidden(OF_OTHERS)
    return sights


def _word(ask: Ask, reason: str) -> Word:
    hotels = ask.caller.properties
    alone = None if ask.caller.is_group or len(hotels) > 1 else PropertyId(next(iter(hotels)))
    return Word(ask.caller.told, ask.now, reason, alone)


def _ids(caller: Caller, leaves: Collection[Leaf]) -> list[str]:
    return [each.id for each in guests_by(caller, leaves)]


def _decisions(sight: InSight) -> Iterator[Decision]:
    """Those of which both records are in sight, each once."""
    decided = [leaf for leaf in sight.members if (head := sight.kept.get(leaf)) and head.decided]
    found = {each.leaves: each for those in merging.decided_about(decided).values() for each in those.values()}
    if sight.eyes.is_group:
        return iter(found.values())
    heads = guests.heads({leaf for pair in found for leaf in pair})
    own = {leaf for leaf, head in heads.items() if is_of(sight.eyes, head)}
    return (each for pair, each in found.items() if own.issuperset(pair))


def _position(decision: Decision) -> str:
    return "#".join((decision.decided_at, *decision.leaves))


def _shown(decision: Decision) -> MergeDecisionShown:
    return MergeDecisionShown(
        records=list(decision.leaves),
        verdict=decision.verdict.value,
        decided_at=decision.decided_at,
        actor=decision.actor,
        reason=decision.reason,
    )
