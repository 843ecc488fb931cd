"""Who is joined with whom among those whose word counts for each other. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf
from chalicelib.identity.groups import Groups, Standing
from chalicelib.identity.model import Decision, Pair, Verdict, pair_of
from chalicelib.identity.names import Name, given_names_agree
from chalicelib.identity.rules import (
    Carriers,
    Claimant,
    addresses,
    are_equal,
    are_one_member,
    carriers_among,
    contradiction_among,
    given_says_more,
    have_one_given_name,
    may_be_one,
    numbers,
    says_more,
)
from chalicelib.identity.weights import weigh
from chalicelib.settings.matching import Matching


def joined(
    claimants: Sequence[Claimant],
    shared: AbstractSet[IdentifierKey],
    decided: Groups,
    matching: Matching,
    standing: Iterable[tuple[Standing, Sequence[Leaf]]] = (),
) -> Groups:
    """Claimants in the order of their leaves → their groups. `standing` are groups that are there whatever is said
    here: of one name no two become one."""
    telling, numbered = (
        {key: those for key, those in carriers_among(claimants, keys_of).items() if key not in shared}
        for keys_of in (addresses, numbers)
    )
    known = {each.leaf: each for each in claimants}
    groups = Groups(contradiction_among(claimants, telling, numbered.keys()), decided.apart_among(known.keys()))
    for name, leaves in standing:
        groups.stand(name, leaves)
    for leaves in decided.sworn_among(known.keys()):
        groups.join_all(leaves, sworn=True)
    _Joins(known, telling, numbered, groups, matching).join()
    return groups


def decided_among(claimants: Iterable[Claimant], decisions: Iterable[Decision]) -> Groups:
    """What people decided. The newest first: where others are kept apart, the last word of a person is the one that can
    be followed."""
    latest, known = {each.leaves: each for each in decisions}.values(), {each.leaf for each in claimants}
    groups = Groups(_never, _apart(latest))
    for each in sorted(latest, key=lambda one: (one.version, one.leaves), reverse=True):
        if each.verdict is Verdict.JOIN and known.issuperset(each.leaves):
            groups.join_as_said(*each.leaves, sworn=True)
    return groups


def _never(_one: Leaf, _other: Leaf) -> bool:
    return False


def _apart(decisions: Iterable[Decision]) -> dict[Leaf, set[Leaf]]:
    apart: dict[Leaf, set[Leaf]] = defaultdict(set)
    for one, other in (each.leaves for each in decisions if each.verdict is Verdict.APART):
        apart[one].add(other)
        apart[other].add(one)
    return dict(apart)


@dataclass(frozen=True)
class _Joins:
    known: Mapping[Leaf, Claimant]
    telling: Carriers
    """Addresses that are not shared → who carries them."""
    numbered: Carriers
    """The same of member numbers."""
    groups: Groups
    matching: Matching

    def join(self) -> None:
        for each in self.known.values():
            if each.merged_into in self.known and each.merged_into:
                self.groups.join_as_said(each.leaf, each.merged_into)
        self.groups.join_ties(self._ties(are_equal))
        self._join_members()
        unclear = self.groups.unclear(self._ties(may_be_one))
        self._join_to_the_only_one(self.telling, addresses, says_more, unclear)
        self.groups.join_ties(self._alike())

    def _alike(self) -> Iterator[Pair]:
        """Pairs that are so much alike in all that is known of them that nobody need look."""
        beside: dict[Digest, list[Claimant]] = defaultdict(list)
        for each in self.known.values():
            for block in each.blocks:
                beside[block].append(each)
        for one, other in {pair for those in beside.values() for pair in combinations(those, 2)}:
            if self._are_alike(one, other) and self._can_be_one(one, other):
                yield pair_of(one.leaf, other.leaf)

    def _are_alike(self, one: Claimant, other: Claimant) -> bool:
        return bool(one.compared and other.compared and weigh(one.compared, other.compared, self.matching).is_one)

    def _ties(self, may_be: Callable[[Name, Name], bool]) -> Iterator[Pair]:
        """Pairs that an address and their names tie, as often as there are such addresses."""
        for one, other in (pair for those in self.telling.values() for pair in combinations(those, 2)):
            if may_be(one.name, other.name) and self._can_be_one(one, other):
                yield pair_of(one.leaf, other.leaf)

    def _can_be_one(self, one: Claimant, other: Claimant) -> bool:
        """Not those of whom is known that they are two."""
        is_two = self.groups.contradict(one.leaf, other.leaf) or self.groups.are_apart(one.leaf, other.leaf)
        return not is_two and self._speaks_for_itself(one, other)

    def _speaks_for_itself(self, one: Claimant, other: Claimant) -> bool:
        """What a source merged away is with that source's own records, and takes no relative along."""
        return one.source == other.source or not (self._is_gone(one) or self._is_gone(other))

    def _is_gone(self, claimant: Claimant) -> bool:
        return claimant.merged_into in self.known

    def _join_members(self) -> None:
        """One member number is one person, unless given names at it contradict: then equal ones are, and a looser one
        (an initial, a part) joins when all that it could be is one person."""
        self.groups.join_ties(pair for those in self.numbered.values() for pair in self._one_member(those))
        self._join_to_the_only_one(self.numbered, numbers, given_says_more)

    def _one_member(self, claimants: Sequence[Claimant]) -> Iterator[Pair]:
        pairs = list(combinations(claimants, 2))
        is_one = all(given_names_agree(one.name, other.name) for one, other in pairs)
        for one, other in pairs:
            is_same = is_one or have_one_given_name(one.name, other.name)
            if is_same and are_one_member(one.name, other.name) and self._can_be_one(one, other):
                yield pair_of(one.leaf, other.leaf)

    def _join_to_the_only_one(
        self,
        telling: Carriers,
        keys_of: Callable[[Claimant], frozenset[IdentifierKey]],
        says_more: Callable[[Name, Name], bool],
        unclear: AbstractSet[Pair] = frozenset(),
    ) -> None:
        """The fullest names first, so that `A Smith` finds `Anna Smith` and `Anna Maria Smith` already one."""
        groups = self.groups
        for each in sorted(self.known.values(), key=_fullest):
            fuller = {
                other.leaf
                for key in keys_of(each) & telling.keys()
                for other in telling[key]
                if other.leaf != each.leaf
                and says_more(other.name, each.name)
                and self._speaks_for_itself(each, other)
                and not groups.are_two(other.leaf, each.leaf)
            }
            candidates = {groups.find(leaf) for leaf in fuller} - {groups.find(each.leaf)}
            if len(candidates) == 1 and not {pair_of(each.leaf, leaf) for leaf in fuller} <= unclear:
                groups.join(each.leaf, candidates.pop())


def _fullest(claimant: Claimant) -> tuple[int, int, Leaf]:
    return -claimant.name.specificity, -len(claimant.name.family), claimant.leaf
