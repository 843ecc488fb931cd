"""What a person's word about two records says of the guests that have them. Pure.

Somebody who looks at two guests means the guests: to join two of their records joins all of them, to keep them apart
keeps each of one from each of the other, and what stands in the way is taken back in the same breath.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import Leaf, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.guests.model import Guest
from chalicelib.identity.model import MOST_LEAVES, Decision, Pair, Verdict, pair_of
from chalicelib.profiles.model import MergeDecision

Decided = Mapping[Leaf, Mapping[Leaf, Decision]]
"""What is kept of decisions, by both leaves."""
Verdicts = Mapping[Pair, Verdict]


@dataclass(frozen=True)
class Word:
    """Who decides, when, and why."""

    actor: str
    at: Instant
    reason: str = ""
    property_id: PropertyId | None = None

    def on(self, verdicts: Verdicts, kept: Decided) -> MergeDecision:
        """What stands already is said again as it was said then: nothing of it is news, and what followed from it is
        announced again."""
        made = [_standing(kept, pair, verdict) or self._decision(pair, verdict) for pair, verdict in verdicts.items()]
        first, *rest = made
        return MergeDecision(first, self.property_id, beside=tuple(rest))

    def _decision(self, pair: Pair, verdict: Verdict) -> Decision:
        return Decision(pair, verdict, self.at, self.actor, self.reason)


def _standing(kept: Decided, pair: Pair, verdict: Verdict) -> Decision | None:
    decision = _kept(kept, pair)
    return decision if decision and decision.verdict is verdict else None


def _kept(kept: Decided, pair: Pair) -> Decision | None:
    return kept.get(pair[0], {}).get(pair[1])


CORRECTS = "What staff correct is said of this guest."
"""Why a record of the hub's own is joined with the one through which staff said it."""


def said_through(leaving: Iterable[Leaf], kept: Decided) -> set[Leaf]:
    """What staff corrected through records goes where these go."""
    said = [(other, each) for leaf in leaving for other, each in kept.get(leaf, {}).items()]
    return {other for other, each in said if (each.verdict, each.reason) == (Verdict.JOIN, CORRECTS)}


def apart(ones: Iterable[Leaf], others: Iterable[Leaf]) -> dict[Pair, Verdict]:
    """Each of some records from each of others."""
    return {pair_of(one, other): Verdict.APART for one, other in product(sorted(ones), sorted(others))}


def meant(pair: Pair, verdict: Verdict, one: Guest, other: Guest, kept: Decided) -> dict[Pair, Verdict]:
    """By pairs of records. Raises Conflict where there is nothing to take back."""
    match verdict:
        case Verdict.JOIN:
            return {**_taken_back(one, other, kept, {Verdict.APART}), pair: verdict}
        case Verdict.APART:
            return apart(one.members, other.members) if _are_two(one, other) else {pair: verdict}
        case Verdict.WITHDRAWN:
            return _withdrawn(pair, one, other, kept)


def _are_two(one: Guest, other: Guest) -> bool:
    """And so few records that all of them may be kept apart in one breath."""
    return one.id != other.id and len(one.members) + len(other.members) <= MOST_LEAVES


def _withdrawn(pair: Pair, one: Guest, other: Guest, kept: Decided) -> dict[Pair, Verdict]:
    found = _taken_back(one, other, kept, {*Verdict} - {Verdict.WITHDRAWN})
    if _kept(kept, pair):
        found[pair] = Verdict.WITHDRAWN
    if not found:
        raise Conflict("Nothing was decided about these two records.")
    return found


def _taken_back(one: Guest, other: Guest, kept: Decided, verdicts: Collection[Verdict]) -> dict[Pair, Verdict]:
    """What was decided so between the records of two guests; of one guest's own, nothing."""
    pairs = [pair_of(*each) for each in product(one.members, other.members)] if one.id != other.id else []
    standing = [pair for pair in pairs if (decision := _kept(kept, pair)) and decision.verdict in verdicts]
    return dict.fromkeys(sorted(standing), Verdict.WITHDRAWN)


def staying(guest: Guest, leaving: Collection[Leaf], kept: Decided, at: Instant) -> list[Leaf]:
    """The records from which those that leave are kept apart. Where they left by this very word before, also those
    that they left then: the guest that is asked for may be theirs by now."""
    left = {
        other
        for leaf in leaving
        for other, each in kept.get(leaf, {}).items()
        if (each.verdict, each.decided_at) == (Verdict.APART, at)
    }
    return sorted({*guest.members, *left} - {*leaving})


def check_leaving(leaving: Iterable[Leaf], staying: Collection[Leaf], members: Collection[Leaf], kept: Decided) -> None:
    """What leaves is the guest's, or left it before. Raises Conflict where none would stay, and Invalid."""
    if not staying:
        raise Conflict("These are all records of this guest: at least one stays.")
    for leaf in leaving:
        if leaf not in members and not all(_standing(kept, pair_of(leaf, each), Verdict.APART) for each in staying):
            raise Invalid(FieldError("records", f"{leaf} is no record of this guest"))
