"""Leaves that are taken for one person: sets that grow by what ties two of them, unless something speaks against it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from chalicelib.canonical.ids import Leaf
from chalicelib.identity.model import Pair

Contradict = Callable[[Leaf, Leaf], bool]
Standing = str
"""Who says of some groups that they are there, each of them one person and no two of them the same."""


@dataclass
class Groups:
    """Union-find over leaves; the smallest leaf stands for its group."""

    contradict: Contradict
    """Whether two records cannot be one person's by what they say."""
    apart: dict[Leaf, set[Leaf]] = field(default_factory=dict)
    """What stands for a group → leaves that must not come into it."""
    parent: dict[Leaf, Leaf] = field(default_factory=dict)
    leaves: dict[Leaf, list[Leaf]] = field(default_factory=dict)
    """What stands for a group → all that it has, where it has more than that one."""
    sworn: set[Leaf] = field(default_factory=set)
    """What stands for groups that a person made: whatever its records say is one person's."""
    standing: dict[Leaf, dict[Standing, Leaf]] = field(default_factory=dict)
    """What stands for a group → those of whom it must not hold a second one."""

    def find(self, leaf: Leaf) -> Leaf:
        while self.parent.setdefault(leaf, leaf) != leaf:
            leaf = self.parent[leaf]
        return leaf

    def are_apart(self, one: Leaf, other: Leaf) -> bool:
        first, second = self.find(one), self.find(other)
        if self._stand_apart(first, second):
            return True
        return bool(self.apart) and second in map(self.find, self.apart.get(first, ()))

    def _stand_apart(self, first: Leaf, second: Leaf) -> bool:
        beside = self.standing.get(second, {}) if self.standing else {}
        return any(beside.get(name, of) != of for name, of in self.standing.get(first, {}).items()) if beside else False

    def apart_among(self, leaves: AbstractSet[Leaf]) -> dict[Leaf, set[Leaf]]:
        """Those of some leaves that never come together, through what was joined beside them either."""
        found: dict[Leaf, set[Leaf]] = defaultdict(set)
        for root, others in self.apart.items():
            beside = {leaf for other in others for leaf in self.of(self.find(other))} & leaves
            for leaf in set(leaves).intersection(self.of(self.find(root)) if beside else ()):
                found[leaf] |= beside
        return dict(found)

    def sworn_among(self, leaves: AbstractSet[Leaf]) -> Iterator[list[Leaf]]:
        """Those of some leaves that a person made one."""
        for root in sorted(self.sworn):
            if len(those := sorted(set(leaves).intersection(self.of(root)))) > 1:
                yield those

    def stand(self, name: Standing, leaves: Sequence[Leaf]) -> None:
        """Let a group be there as somebody says."""
        self.join_all(leaves)
        self.standing[self.find(leaves[0])] = {name: self.find(leaves[0])}

    def are_two(self, one: Leaf, other: Leaf) -> bool:
        """Whether any two of their records are kept apart, or contradict each other."""
        first, second = self.find(one), self.find(other)
        if first == second or self.are_apart(first, second):
            return first != second
        if not self.sworn.isdisjoint({first, second}):
            return False
        return any(self.contradict(each, beside) for each in self.of(first) for beside in self.of(second))

    def of(self, root: Leaf) -> list[Leaf]:
        return self.leaves.get(root, [root])

    def join(self, one: Leaf, other: Leaf) -> None:
        """Make two groups one, unless they are two people's."""
        if not self.are_two(one, other):
            self._unite(one, other)

    def join_as_said(self, one: Leaf, other: Leaf, *, sworn: bool = False) -> None:
        """As a source or a person says, whatever the records do; those that are kept apart stay so."""
        if not self.are_apart(one, other):
            self._unite(one, other)
            self.sworn |= {self.find(one)} if sworn else set()

    def join_all(self, leaves: Sequence[Leaf], *, sworn: bool = False) -> None:
        for each in leaves[1:]:
            self.join_as_said(leaves[0], each, sworn=sworn)

    def _unite(self, one: Leaf, other: Leaf) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        if first == second:
            return
        self.leaves[first] = self.of(first) + self.leaves.pop(second, [second])
        self.parent[second] = first
        if second in self.apart:
            self.apart.setdefault(first, set()).update(self.apart.pop(second))
        if second in self.sworn:
            self.sworn = self.sworn - {second} | {first}
        if second in self.standing:
            self.standing[first] = self.standing.pop(second) | self.standing.get(first, {})

    def join_ties(self, ties: Iterable[Pair]) -> None:
        """Those that more identifiers make come first: with people kept apart, it matters which tie is made."""
        found = Counter(ties)
        unclear = self.unclear(found)
        for one, other in sorted(found.keys() - unclear, key=lambda pair: (-found[pair], pair)):
            self.join(one, other)

    def unclear(self, ties: Iterable[Pair]) -> set[Pair]:
        """Ties of a record that could as well be somebody else's: it is tied to two that contradict each other, too."""
        pairs = set(ties)
        beside: dict[Leaf, set[Leaf]] = defaultdict(set)
        for one, other in pairs:
            beside[one].add(other)
            beside[other].add(one)
        return {
            pair
            for pair in pairs
            if self._speaks_against(beside[pair[0]], pair[1], pair[0])
            or self._speaks_against(beside[pair[1]], pair[0], pair[1])
        }

    def _speaks_against(self, others: Iterable[Leaf], leaf: Leaf, tied: Leaf) -> bool:
        group = self.find(leaf)
        own = {group, self.find(tied)}
        return any(
            (beside := self.find(each)) not in own and (self.contradict(each, leaf) or self._stand_apart(beside, group))
            for each in others
        )
