"""Have pairs that an audit found wait for a person's answer, where they are rather one person's than two."""

from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant
from chalicelib.guests.carried import name_said
from chalicelib.identity import audit_store
from chalicelib.identity.model import Pair, pair_of
from chalicelib.identity.names import are_two_generations
from chalicelib.identity.weights import Weighed, levels
from chalicelib.profiles import waiting
from chalicelib.profiles.waiting import Beside, Sketched
from chalicelib.settings.matching import FieldName, Level

Outcome = Literal["proposed", "waiting", "settled", "contradicted", "unlike", "nobodys"]
TWO_PEOPLES = frozenset[tuple[FieldName, Level]]({("given", "other"), ("born", "other"), ("born", "some")})
"""What one person's records hardly say. A slip of the hand is left to whoever is asked."""


class Answered(NamedTuple):
    """What became of a pair: the records that were compared in the end, and what speaks for and against it."""

    pair: Pair
    outcome: Outcome
    weighed: Weighed | None = None


def propose(pairs: Sequence[Pair], now: Instant) -> list[Answered]:
    """In the order of the pairs. It joins nobody, and the same again is the same: a row by the pair."""
    found = waiting.beside(pairs)
    leaves = {leaf for each in found if each for leaf in (*each.one.members, *each.other.members)}
    waits = audit_store.waiting_for(leaves)
    answered = [_answered(pair, each, waits) for pair, each in zip(pairs, found, strict=True)]
    for each in answered:
        if each.outcome == "proposed" and each.weighed:
            audit_store.propose(each.pair, each.weighed.bits, now)
    return answered


def _answered(pair: Pair, found: Beside | None, waits: dict[Leaf, Leaf]) -> Answered:
    if found is None:
        return Answered(pair, "nobodys")
    if found.is_settled:
        return Answered(pair, "settled")
    likeliest = found.likeliest(found.one.members, found.other.members)
    if likeliest is None:
        return Answered(pair, "nobodys")
    return Answered(pair_of(*likeliest.records), _outcome(found, likeliest.weighed, waits), likeliest.weighed)


def _outcome(found: Beside, weighed: Weighed, waits: dict[Leaf, Leaf]) -> Outcome:
    if not weighed.may_be_one:
        return "unlike"
    pairs = product(found.somebodys(found.one.members), found.somebodys(found.other.members))
    if any(_are_two_people(one, other) for one, other in pairs):
        return "contradicted"
    ones, others = set(found.one.members), set(found.other.members)
    wait = any(waits.get(leaf) in others for leaf in ones) or any(waits.get(leaf) in ones for leaf in others)
    return "waiting" if wait else "proposed"


def _are_two_people(one: Sketched, other: Sketched) -> bool:
    if not TWO_PEOPLES.isdisjoint(levels(one[1], other[1])):
        return True
    names = [name_said(head.record) for head in (one[0], other[0]) if head.record]
    return len(names) == 2 and are_two_generations(*names)
