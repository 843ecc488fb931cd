"""Which leaves are one guest: a pure function of what the leaves say, so that no order of arrival changes it.

What the group's own sources say is joined first, and as if nobody else had said anything. What the key of one hotel
says is a claim: it joins what stands without it, one person of theirs at most, and changes nothing there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import product

from chalicelib.canonical.ids import IdentifierKey, Leaf, PropertyId
from chalicelib.identity.groups import Groups, Standing
from chalicelib.identity.model import MOST_CLAIMS, MOST_LEAVES, Decision, Pair, pair_of
from chalicelib.identity.rules import Claimant, is_shared
from chalicelib.identity.unions import decided_among, joined
from chalicelib.settings.matching import SHIPPED_MATCHING, Matching

Keys = AbstractSet[IdentifierKey]
Stood = tuple[Standing, Sequence[Leaf]]
NOBODY_ELSE: Mapping[PropertyId, Keys] = {}
GROUP = "*"
"""Who says of the group's own guests that they are there."""


def group(
    claimants: Sequence[Claimant], shared: Iterable[IdentifierKey] = (), decisions: Iterable[Decision] = ()
) -> tuple[list[list[Leaf]], set[IdentifierKey]]:
    """Partition leaves into guests. Returns (groups of sorted leaves, identifiers that are shared now).

    Equal names at one identifier join. A looser name (an initial, a missing part) joins when all that it could be is
    one person; where it could be two, it stays apart, and who has no name joins nobody. A source's own merge always
    joins that source's records. Identifiers in `shared`, and those found shared here, join nothing. No record bridges
    two whose given names, generations or dates of birth contradict: a record that is tied to both joins neither.

    What a person decided goes before: two leaves that are kept apart never come into one group, through no third one
    either, and two that are joined are one whatever their records say. Where not everything can be joined that would
    be, the stronger tie is made first, and of equal ones that of the smaller leaves: a function of what is known.
    """
    now_shared = shared_among(claimants, None).union(shared)
    hotels = {each.hotel for each in claimants if each.hotel}
    shared_for = {hotel: shared_among(claimants, hotel) for hotel in hotels}
    return partition(claimants, now_shared, decisions, shared_for), now_shared


def shared_among(claimants: Iterable[Claimant], hotel: PropertyId | None) -> set[IdentifierKey]:
    """What belongs to nobody by the word of the group's sources, and of a hotel's."""
    names: dict[IdentifierKey, dict[Leaf, Claimant]] = defaultdict(dict)
    for each in claimants:
        for key in each.keys if each.hotel in {None, hotel} else ():
            names[key][each.leaf] = each
    return {key for key, those in names.items() if is_shared(key, {leaf: each.name for leaf, each in those.items()})}


def partition(
    claimants: Sequence[Claimant],
    shared: Keys,
    decisions: Iterable[Decision] = (),
    shared_for: Mapping[PropertyId, Keys] = NOBODY_ELSE,
    matching: Matching = SHIPPED_MATCHING,
) -> list[list[Leaf]]:
    """The same, where it is known which identifiers are shared: these and no others; and by the word of which hotel."""
    ordered = sorted(claimants, key=lambda each: each.leaf)
    known_decisions = list(decisions)
    decided, of_group = decided_among(ordered, known_decisions), [each for each in ordered if each.hotel is None]
    stands = _listed(of_group, joined(of_group, shared, decided, matching))
    if len(of_group) == len(ordered):
        return stands
    return _Claims(ordered, shared, shared_for, known_decisions, decided, stands, matching).join()


def _listed(claimants: Sequence[Claimant], groups: Groups) -> list[list[Leaf]]:
    listed: dict[Leaf, list[Leaf]] = defaultdict(list)
    for each in claimants:
        listed[groups.find(each.leaf)].append(each.leaf)
    return sorted(listed.values())


@dataclass
class _Claims:
    """What hotels say, each by itself, beside what stands by the word of the group's sources."""

    ordered: Sequence[Claimant]
    shared: Keys
    shared_for: Mapping[PropertyId, Keys]
    decisions: Sequence[Decision]
    decided: Groups
    stands: Sequence[list[Leaf]]
    matching: Matching
    said_by: dict[Leaf, PropertyId] = field(default_factory=dict)
    alone: dict[Leaf, list[Leaf]] = field(default_factory=dict)
    """Whom a hotel alone knows, by the smallest of the leaves."""
    matched: set[Pair] = field(default_factory=set)
    """Of these, whom two hotels say to be one."""

    def join(self) -> list[list[Leaf]]:
        """The groups that people made grow by all others: what is kept apart stays so."""
        self.said_by = {each.leaf: each.hotel for each in self.ordered if each.hotel}
        found = decided_among(self.ordered, self.decisions)
        for leaves in self.stands:
            found.join_all(leaves)
        hotels = sorted(set(self.said_by.values()))
        for hotel in hotels:
            self._join_to_what_stands(hotel, found)
        for at, hotel in enumerate(hotels):
            self._join_hotels(hotels[:at], hotel, found)
        return _listed(self.ordered, found)

    def _join_to_what_stands(self, hotel: PropertyId, found: Groups) -> None:
        """As the group's sources and the hotel say, and whatever other hotels do. Of a guest with very many records the
        hotel's stay outside."""
        those = [each for each in self.ordered if each.hotel in {None, hotel}]
        standing = [(GROUP, leaves) for leaves in self.stands]
        for leaves in _listed(those, self._joined(those, self._shared_for(hotel), standing)):
            own = [leaf for leaf in leaves if leaf in self.said_by]
            found.join_all(own)
            if own and len(own) == len(leaves):
                self.alone[own[0]] = own
            elif own:
                stands = next(leaf for leaf in leaves if leaf not in self.said_by)
                if self._has_room(found, stands, own):
                    found.join_as_said(stands, own[0])

    def _joined(self, those: Sequence[Claimant], shared: Keys, standing: Iterable[Stood]) -> Groups:
        return joined(those, shared, self.decided, self.matching, standing)

    def _shared_for(self, *hotels: PropertyId) -> Keys:
        return {*self.shared, *(key for hotel in hotels for key in self.shared_for.get(hotel, ()))}

    def _has_room(self, found: Groups, stands: Leaf, own: Sequence[Leaf]) -> bool:
        members, hotel = found.of(found.find(stands)), self.said_by[own[0]]
        claims = sum(self.said_by.get(leaf) == hotel for leaf in members) + len(own)
        return claims <= MOST_CLAIMS and len(members) + len(own) <= MOST_LEAVES

    def _join_hotels(self, earlier: Sequence[PropertyId], hotel: PropertyId, found: Groups) -> None:
        """Whom only hotels know is one person where every two of the hotels say so: no third one makes them one. Where
        not all can be joined, those of the hotels that come first by their ids are."""
        matches = [sorted(self._matches(each, hotel)) for each in earlier]
        self.matched.update(*matches)
        for pair in (pair for those in matches for pair in those):
            first, second = map(found.find, pair)
            members = [*found.of(first), *found.of(second)]
            if first != second and len(members) <= MOST_LEAVES and self._are_all_one(found, first, second):
                found.join_as_said(*pair)

    def _matches(self, one: PropertyId, other: PropertyId) -> Iterator[Pair]:
        """Of whom two hotels say that they are one: as if there were nobody else."""
        persons = {first: leaves for first, leaves in self.alone.items() if self.said_by[first] in {one, other}}
        known = {leaf for leaves in persons.values() for leaf in leaves}
        those = [each for each in self.ordered if each.leaf in known]
        standing = [(self.said_by[first], leaves) for first, leaves in persons.items()]
        for leaves in _listed(those, self._joined(those, self._shared_for(one, other), standing)):
            if len(firsts := [leaf for leaf in leaves if leaf in persons]) > 1:
                yield pair_of(*firsts)

    def _are_all_one(self, found: Groups, first: Leaf, second: Leaf) -> bool:
        ones, others = ([leaf for leaf in found.of(root) if leaf in self.alone] for root in (first, second))
        return all(pair_of(*pair) in self.matched for pair in product(ones, others)) and self._are_alone(
            found, first, second
        )

    def _are_alone(self, found: Groups, *roots: Leaf) -> bool:
        """Whom a person joined with somebody of the group is nobody's alone."""
        return all(leaf in self.said_by for root in roots for leaf in found.of(root))
