"""Which leaves are one guest: a pure function of what the leaves say, so that no order of arrival changes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.identity.names import Likeness, Name, compare, given_names_agree

SHARED_FROM = 4
"""An identifier seen with this many contradicting names belongs to nobody."""


@dataclass(frozen=True)
class Claimant:
    """What identity knows of one leaf: its name, the identifiers it carries, and the leaf its source merged it into."""

    leaf: str
    name: Name
    identifiers: frozenset[str] = frozenset()
    member_identifiers: frozenset[str] = frozenset()
    merged_into: str | None = None


@dataclass
class _Groups:
    """Union-find over leaves; the smallest leaf stands for its group."""

    parent: dict[str, str] = field(default_factory=dict)

    def find(self, leaf: str) -> str:
        while self.parent.setdefault(leaf, leaf) != leaf:
            leaf = self.parent[leaf]
        return leaf

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self.parent[second] = first


def group(claimants: Sequence[Claimant], shared: Iterable[str] = ()) -> tuple[list[list[str]], set[str]]:
    """Partition leaves into guests. Returns (groups of sorted leaves, identifiers that are shared now).

    Equal names at one identifier join. A looser name (an initial, a missing part) joins when all that it could be is
    one person; where it could be two, it stays apart. A source's own merge always joins. Identifiers in `shared`, and
    those found shared here, join nothing.
    """
    ordered = sorted(claimants, key=lambda each: each.leaf)
    carriers = _carriers(ordered)
    now_shared = {*shared, *(key for key, those in carriers.items() if _is_shared(those))}
    telling = {key: those for key, those in carriers.items() if key not in now_shared}
    groups = _Groups()
    for each in ordered:
        groups.find(each.leaf)
    _join_source_merges(ordered, groups)
    for those in telling.values():
        _join_equal_names(those, groups)
    _join_members(ordered, groups)
    _join_loose_names(ordered, telling, groups)
    return _listed(ordered, groups), now_shared


def _carriers(claimants: Sequence[Claimant]) -> dict[str, list[Claimant]]:
    carriers: dict[str, list[Claimant]] = defaultdict(list)
    for each in claimants:
        for key in each.identifiers:
            carriers[key].append(each)
    return carriers


def _is_shared(claimants: Sequence[Claimant]) -> bool:
    distinct: list[Name] = []
    for each in claimants:
        if all(compare(each.name, name) is Likeness.CONTRADICTING for name in distinct):
            distinct.append(each.name)
    return len(distinct) >= SHARED_FROM


def _join_source_merges(claimants: Sequence[Claimant], groups: _Groups) -> None:
    known = {each.leaf for each in claimants}
    for each in claimants:
        if each.merged_into in known and each.merged_into:
            groups.join(each.leaf, each.merged_into)


def _join_equal_names(claimants: Sequence[Claimant], groups: _Groups) -> None:
    for at, one in enumerate(claimants):
        for other in claimants[at + 1 :]:
            if compare(one.name, other.name) is Likeness.EQUAL:
                groups.join(one.leaf, other.leaf)


def _join_members(claimants: Sequence[Claimant], groups: _Groups) -> None:
    """One member number is one person, unless the given names contradict: people marry, and keep their number."""
    for at, one in enumerate(claimants):
        for other in claimants[at + 1 :]:
            if one.member_identifiers & other.member_identifiers and given_names_agree(one.name, other.name):
                groups.join(one.leaf, other.leaf)


def _join_loose_names(
    claimants: Sequence[Claimant], telling: Mapping[str, Sequence[Claimant]], groups: _Groups
) -> None:
    """The fullest names first, so that `A Smith` finds `Anna Smith` and `Anna Maria Smith` already one."""
    for each in sorted(claimants, key=lambda one: (-one.name.specificity, -len(one.name.family), one.leaf)):
        candidates = {
            groups.find(other.leaf)
            for key in each.identifiers & telling.keys()
            for other in telling[key]
            if other.leaf != each.leaf and _says_more(other.name, each.name)
        }
        candidates.discard(groups.find(each.leaf))
        if len(candidates) == 1:
            groups.join(each.leaf, candidates.pop())


def _says_more(fuller: Name, looser: Name) -> bool:
    measure = (fuller.specificity, len(fuller.family)), (looser.specificity, len(looser.family))
    return compare(fuller, looser) is Likeness.LOOSE and measure[0] > measure[1]


def _listed(claimants: Sequence[Claimant], groups: _Groups) -> list[list[str]]:
    listed: dict[str, list[str]] = defaultdict(list)
    for each in claimants:
        listed[groups.find(each.leaf)].append(each.leaf)
    return sorted(listed.values())
