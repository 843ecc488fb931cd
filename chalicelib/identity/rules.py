"""Which leaves are one guest: a pure function of what the leaves say, so that no order of arrival changes it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import combinations

from chalicelib.canonical.ids import IdentifierKey, Leaf
from chalicelib.identity.model import Decision, Pair, Verdict, pair_of
from chalicelib.identity.names import Likeness, Name, compare, given_names_agree

SHARED_FROM = 4
"""An identifier seen with this many contradicting names belongs to nobody."""


@dataclass(frozen=True)
class Claimant:
    """What identity knows of one leaf: its name, the identifiers it carries, and the leaf its source merged it into."""

    leaf: Leaf
    name: Name
    identifiers: frozenset[IdentifierKey] = frozenset()
    member_identifiers: frozenset[IdentifierKey] = frozenset()
    merged_into: Leaf | None = None

    def carrying(self, key: IdentifierKey) -> "Claimant":
        if _is_number(key):
            return replace(self, member_identifiers=self.member_identifiers | {key})
        return replace(self, identifiers=self.identifiers | {key})


@dataclass
class _Groups:
    """Union-find over leaves; the smallest leaf stands for its group."""

    apart: dict[Leaf, set[Leaf]] = field(default_factory=dict)
    """What stands for a group → leaves that must not come into it."""
    parent: dict[Leaf, Leaf] = field(default_factory=dict)

    def find(self, leaf: Leaf) -> Leaf:
        while self.parent.setdefault(leaf, leaf) != leaf:
            leaf = self.parent[leaf]
        return leaf

    def are_apart(self, one: Leaf, other: Leaf) -> bool:
        return bool(self.apart) and self.find(other) in map(self.find, self.apart.get(self.find(one), ()))

    def join(self, one: Leaf, other: Leaf) -> None:
        """Make two groups one, unless any two of their leaves are kept apart."""
        first, second = sorted((self.find(one), self.find(other)))
        if first == second or self.are_apart(first, second):
            return
        self.parent[second] = first
        if second in self.apart:
            self.apart.setdefault(first, set()).update(self.apart.pop(second))


def group(
    claimants: Sequence[Claimant], shared: Iterable[IdentifierKey] = (), decisions: Iterable[Decision] = ()
) -> tuple[list[list[Leaf]], set[IdentifierKey]]:
    """Partition leaves into guests. Returns (groups of sorted leaves, identifiers that are shared now).

    Equal names at one identifier join. A looser name (an initial, a missing part) joins when all that it could be is
    one person; where it could be two, it stays apart. A source's own merge always joins. Identifiers in `shared`, and
    those found shared here, join nothing.

    What a person decided goes before: two leaves that are kept apart never come into one group, through no third one
    either, and two that are joined are one whatever their records say. Where not everything can be joined that would
    be, the stronger tie is made first, and of equal ones that of the smaller leaves: a function of what is known.
    """
    carriers = {**_carriers(claimants, _addresses), **_carriers(claimants, _numbers)}
    found = {key for key, those in carriers.items() if is_shared(key, {each.leaf: each.name for each in those})}
    now_shared = found.union(shared)
    return partition(claimants, now_shared, decisions), now_shared


def partition(
    claimants: Sequence[Claimant], shared: AbstractSet[IdentifierKey], decisions: Iterable[Decision] = ()
) -> list[list[Leaf]]:
    """The same, where it is known which identifiers are shared: these and no others."""
    ordered = sorted(claimants, key=lambda each: each.leaf)
    telling, numbers = (
        {key: those for key, those in _carriers(ordered, keys_of).items() if key not in shared}
        for keys_of in (_addresses, _numbers)
    )
    decided = {each.leaves: each for each in decisions}
    groups = _Groups(_apart(decided.values()))
    _join_as_decided(ordered, decided.values(), groups)
    _join_source_merges(ordered, groups)
    _join_equal_names(telling, groups)
    _join_members(ordered, numbers, groups)
    _join_loose_names(ordered, telling, groups)
    return _listed(ordered, groups)


def is_shared(key: IdentifierKey, names: Mapping[Leaf, Name]) -> bool:
    """Whether an identifier is seen with so many contradicting names that it is nobody's."""
    contradict = _contradiction(key)
    distinct: list[Name] = []
    for _, name in sorted(names.items()):
        if all(contradict(name, other) for other in distinct):
            distinct.append(name)
    return len(distinct) >= SHARED_FROM


def can_tie(key: IdentifierKey, one: Name, other: Name) -> bool:
    """Whether an identifier may ever join two that carry it by these names, whoever else does."""
    if _is_number(key):
        return given_names_agree(one, other)
    return compare(one, other) is Likeness.EQUAL or _says_more(one, other) or _says_more(other, one)


def is_one_member(key: IdentifierKey, names: Iterable[Name]) -> bool:
    """Whether all who carry a member number are one person, by it alone."""
    return _is_number(key) and not any(_given_names_contradict(*pair) for pair in combinations(names, 2))


def _is_number(key: IdentifierKey) -> bool:
    return key.startswith("member:")


def _contradiction(key: IdentifierKey) -> Callable[[Name, Name], bool]:
    return _given_names_contradict if _is_number(key) else _names_contradict


def _addresses(claimant: Claimant) -> frozenset[IdentifierKey]:
    return claimant.identifiers


def _numbers(claimant: Claimant) -> frozenset[IdentifierKey]:
    return claimant.member_identifiers


Carriers = Mapping[IdentifierKey, Sequence[Claimant]]


def _carriers(claimants: Sequence[Claimant], keys_of: Callable[[Claimant], frozenset[IdentifierKey]]) -> Carriers:
    carriers: dict[IdentifierKey, list[Claimant]] = defaultdict(list)
    for each in claimants:
        for key in keys_of(each):
            carriers[key].append(each)
    return carriers


def _names_contradict(one: Name, other: Name) -> bool:
    return compare(one, other) is Likeness.CONTRADICTING


def _given_names_contradict(one: Name, other: Name) -> bool:
    """People marry, and keep their member number."""
    return not given_names_agree(one, other)


def _apart(decisions: Iterable[Decision]) -> dict[Leaf, set[Leaf]]:
    apart: dict[Leaf, set[Leaf]] = defaultdict(set)
    for one, other in (each.leaves for each in decisions if each.verdict is Verdict.APART):
        apart[one].add(other)
        apart[other].add(one)
    return dict(apart)


def _join_as_decided(claimants: Sequence[Claimant], decisions: Iterable[Decision], groups: _Groups) -> None:
    """The newest first: where others are kept apart, the last word of a person is the one that can be followed."""
    known = {each.leaf for each in claimants}
    for each in sorted(decisions, key=lambda one: (one.version, one.leaves), reverse=True):
        if each.verdict is Verdict.JOIN and known.issuperset(each.leaves):
            groups.join(*each.leaves)


def _join_source_merges(claimants: Sequence[Claimant], groups: _Groups) -> None:
    known = {each.leaf for each in claimants}
    for each in claimants:
        if each.merged_into in known and each.merged_into:
            groups.join(each.leaf, each.merged_into)


def _join_ties(ties: Iterable[Pair], groups: _Groups) -> None:
    """Those that more identifiers make come first: with people kept apart, it matters which tie is made."""
    found = Counter(ties)
    for one, other in sorted(found, key=lambda pair: (-found[pair], pair)):
        groups.join(one, other)


def _join_equal_names(telling: Carriers, groups: _Groups) -> None:
    pairs = (pair for those in telling.values() for pair in combinations(those, 2))
    equal = (pair for pair in pairs if compare(pair[0].name, pair[1].name) is Likeness.EQUAL)
    _join_ties((pair_of(one.leaf, other.leaf) for one, other in equal), groups)


def _join_members(claimants: Sequence[Claimant], telling: Carriers, groups: _Groups) -> None:
    """One member number is one person, unless given names at it contradict: then equal ones are, and a looser one (an
    initial, none at all) joins when all that it could be is one person."""
    _join_ties((pair for those in telling.values() for pair in _one_member(those)), groups)
    _join_to_the_only_one(claimants, telling, _numbers, _given_says_more, groups)


def _one_member(claimants: Sequence[Claimant]) -> Iterator[Pair]:
    pairs = list(combinations(claimants, 2))
    is_one = not any(_given_names_contradict(one.name, other.name) for one, other in pairs)
    for one, other in pairs:
        if is_one or _have_one_given_name(one.name, other.name):
            yield pair_of(one.leaf, other.leaf)


def _have_one_given_name(one: Name, other: Name) -> bool:
    """Spelt the same, and not those of a father and his son, or of several people."""
    return bool(one.given) and one.given == other.given and given_names_agree(one, other)


def _join_loose_names(claimants: Sequence[Claimant], telling: Carriers, groups: _Groups) -> None:
    _join_to_the_only_one(claimants, telling, _addresses, _says_more, groups)


def _join_to_the_only_one(
    claimants: Sequence[Claimant],
    telling: Carriers,
    keys_of: Callable[[Claimant], frozenset[IdentifierKey]],
    says_more: Callable[[Name, Name], bool],
    groups: _Groups,
) -> None:
    """The fullest names first, so that `A Smith` finds `Anna Smith` and `Anna Maria Smith` already one."""
    for each in sorted(claimants, key=lambda one: (-one.name.specificity, -len(one.name.family), one.leaf)):
        candidates = {
            groups.find(other.leaf)
            for key in keys_of(each) & telling.keys()
            for other in telling[key]
            if other.leaf != each.leaf
            and says_more(other.name, each.name)
            and not groups.are_apart(other.leaf, each.leaf)
        }
        candidates.discard(groups.find(each.leaf))
        if len(candidates) == 1:
            groups.join(each.leaf, candidates.pop())


def _says_more(fuller: Name, looser: Name) -> bool:
    measure = (fuller.specificity, len(fuller.family)), (looser.specificity, len(looser.family))
    return compare(fuller, looser) is Likeness.LOOSE and measure[0] > measure[1]


def _given_says_more(fuller: Name, looser: Name) -> bool:
    return given_names_agree(fuller, looser) and fuller.specificity > looser.specificity


def _listed(claimants: Sequence[Claimant], groups: _Groups) -> list[list[Leaf]]:
    listed: dict[Leaf, list[Leaf]] = defaultdict(list)
    for each in claimants:
        listed[groups.find(each.leaf)].append(each.leaf)
    return sorted(listed.values())
