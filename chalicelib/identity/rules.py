"""Which leaves are one guest: a pure function of what the leaves say, so that no order of arrival changes it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, product

from chalicelib.canonical.ids import IdentifierKey, Leaf
from chalicelib.identity.birthdays import BirthDay
from chalicelib.identity.groups import Groups
from chalicelib.identity.model import Decision, Pair, Verdict, pair_of
from chalicelib.identity.names import Likeness, Name, compare, given_names_agree

SHARED_FROM = 4
"""An identifier seen with this many contradicting names belongs to nobody."""


@dataclass(frozen=True)
class Claimant:
    """What identity knows of one leaf: its name, the identifiers it carries, the leaf its source merged it into, and
    when the person was born."""

    leaf: Leaf
    name: Name
    identifiers: frozenset[IdentifierKey] = frozenset()
    member_identifiers: frozenset[IdentifierKey] = frozenset()
    merged_into: Leaf | None = None
    birth: BirthDay | None = None

    def carrying(self, key: IdentifierKey) -> "Claimant":
        if _is_number(key):
            return replace(self, member_identifiers=self.member_identifiers | {key})
        return replace(self, identifiers=self.identifiers | {key})


Carriers = Mapping[IdentifierKey, Sequence[Claimant]]


def group(
    claimants: Sequence[Claimant], shared: Iterable[IdentifierKey] = (), decisions: Iterable[Decision] = ()
) -> tuple[list[list[Leaf]], set[IdentifierKey]]:
    """Partition leaves into guests. Returns (groups of sorted leaves, identifiers that are shared now).

    Equal names at one identifier join. A looser name (an initial, a missing part) joins when all that it could be is
    one person; where it could be two, it stays apart. A source's own merge always joins. Identifiers in `shared`, and
    those found shared here, join nothing. No record bridges two whose given names, generations or dates of birth
    contradict: a record that is tied to both joins neither.

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
    groups = Groups(_contradiction_among(ordered, telling, numbers.keys()), _apart(decided.values()))
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
        if not name.is_several and all(contradict(name, other) for other in distinct):
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


def _contradiction_among(
    claimants: Sequence[Claimant], telling: Carriers, numbers: AbstractSet[IdentifierKey]
) -> Callable[[Leaf, Leaf], bool]:
    known = {each.leaf: each for each in claimants}
    gone = {each.leaf for each in claimants if each.merged_into in known}
    spellings = _spellings(telling)

    @cache
    def contradict(one: Leaf, other: Leaf) -> bool:
        """What a source merged away says who somebody was, and no longer who they are."""
        if one in gone or other in gone:
            return False
        first, second = known[one], known[other]
        has_one_number = not numbers.isdisjoint(first.member_identifiers & second.member_identifiers)
        names = product({first.name, *spellings[one]}, {second.name, *spellings[other]})
        return _born_apart(first, second) or all(_names_of_two(*pair, has_one_number=has_one_number) for pair in names)

    return contradict


def _spellings(telling: Carriers) -> defaultdict[Leaf, set[Name]]:
    """How else a name is spelt in its own letters, by who has an identifier in common: `Lena` is a part of `Anna Lena`,
    and so of the `Annalena` who is the same."""
    found: defaultdict[Leaf, set[Name]] = defaultdict(set)
    for one, other in (pair for those in telling.values() for pair in combinations(those, 2)):
        if (one.name.own is None) is (other.name.own is None) and _are_equal(one.name, other.name):
            found[one.leaf].add(other.name)
            found[other.leaf].add(one.name)
    return found


def _born_apart(one: Claimant, other: Claimant) -> bool:
    return one.birth is not None and other.birth is not None and one.birth != other.birth


def _names_of_two(one: Name, other: Name, *, has_one_number: bool) -> bool:
    """People marry: of two that have given names these decide, and of others a member number that both have."""
    likeness = compare(one, other)
    if likeness is Likeness.EQUAL:
        return False
    if one.given and other.given:
        return not given_names_agree(one, other)
    return likeness is Likeness.CONTRADICTING and not has_one_number


def _is_number(key: IdentifierKey) -> bool:
    return key.startswith("member:")


def _contradiction(key: IdentifierKey) -> Callable[[Name, Name], bool]:
    return _given_names_contradict if _is_number(key) else _names_contradict


def _addresses(claimant: Claimant) -> frozenset[IdentifierKey]:
    return claimant.identifiers


def _numbers(claimant: Claimant) -> frozenset[IdentifierKey]:
    return claimant.member_identifiers


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


def _join_as_decided(claimants: Sequence[Claimant], decisions: Iterable[Decision], groups: Groups) -> None:
    """The newest first: where others are kept apart, the last word of a person is the one that can be followed."""
    known = {each.leaf for each in claimants}
    for each in sorted(decisions, key=lambda one: (one.version, one.leaves), reverse=True):
        if each.verdict is Verdict.JOIN and known.issuperset(each.leaves):
            groups.join_as_said(*each.leaves, sworn=True)


def _join_source_merges(claimants: Sequence[Claimant], groups: Groups) -> None:
    known = {each.leaf for each in claimants}
    for each in claimants:
        if each.merged_into in known and each.merged_into:
            groups.join_as_said(each.leaf, each.merged_into)


def _ties(telling: Carriers, may_be_one: Callable[[Name, Name], bool], groups: Groups) -> Iterator[Pair]:
    """Pairs that an identifier and their names tie, as often as there are such identifiers; without those of whom is
    known that they are two."""
    for one, other in (pair for those in telling.values() for pair in combinations(those, 2)):
        tied = pair_of(one.leaf, other.leaf)
        if may_be_one(one.name, other.name) and not groups.contradict(*tied) and not groups.are_apart(*tied):
            yield tied


def _are_equal(one: Name, other: Name) -> bool:
    return compare(one, other) is Likeness.EQUAL


def _may_be_one(one: Name, other: Name) -> bool:
    return _are_equal(one, other) or _says_more(one, other) or _says_more(other, one)


def _join_equal_names(telling: Carriers, groups: Groups) -> None:
    groups.join_ties(_ties(telling, _are_equal, groups))


def _join_members(claimants: Sequence[Claimant], telling: Carriers, groups: Groups) -> None:
    """One member number is one person, unless given names at it contradict: then equal ones are, and a looser one (an
    initial, none at all) joins when all that it could be is one person."""
    groups.join_ties(pair for those in telling.values() for pair in _one_member(those, groups))
    _join_to_the_only_one(claimants, telling, _numbers, _given_says_more, groups)


def _one_member(claimants: Sequence[Claimant], groups: Groups) -> Iterator[Pair]:
    pairs = list(combinations(claimants, 2))
    is_one = not any(_given_names_contradict(one.name, other.name) for one, other in pairs)
    for one, other in pairs:
        tied = pair_of(one.leaf, other.leaf)
        is_same = is_one or _have_one_given_name(one.name, other.name)
        if is_same and not groups.contradict(*tied):
            yield tied


def _have_one_given_name(one: Name, other: Name) -> bool:
    """Spelt the same, and not those of a father and his son, or of several people."""
    return bool(one.given) and one.given == other.given and given_names_agree(one, other)


def _join_loose_names(claimants: Sequence[Claimant], telling: Carriers, groups: Groups) -> None:
    unclear = groups.unclear(_ties(telling, _may_be_one, groups))
    _join_to_the_only_one(claimants, telling, _addresses, _says_more, groups, unclear)


def _join_to_the_only_one(
    claimants: Sequence[Claimant],
    telling: Carriers,
    keys_of: Callable[[Claimant], frozenset[IdentifierKey]],
    says_more: Callable[[Name, Name], bool],
    groups: Groups,
    unclear: AbstractSet[Pair] = frozenset(),
) -> None:
    """The fullest names first, so that `A Smith` finds `Anna Smith` and `Anna Maria Smith` already one."""
    for each in sorted(claimants, key=lambda one: (-one.name.specificity, -len(one.name.family), one.leaf)):
        fuller = {
            other.leaf
            for key in keys_of(each) & telling.keys()
            for other in telling[key]
            if other.leaf != each.leaf
            and says_more(other.name, each.name)
            and not groups.are_two(other.leaf, each.leaf)
        }
        candidates = {groups.find(leaf) for leaf in fuller} - {groups.find(each.leaf)}
        if len(candidates) == 1 and not {pair_of(each.leaf, leaf) for leaf in fuller} <= unclear:
            groups.join(each.leaf, candidates.pop())


def _says_more(fuller: Name, looser: Name) -> bool:
    measure = (fuller.specificity, len(fuller.family)), (looser.specificity, len(looser.family))
    return compare(fuller, looser) is Likeness.LOOSE and measure[0] > measure[1]


def _given_says_more(fuller: Name, looser: Name) -> bool:
    return given_names_agree(fuller, looser) and fuller.specificity > looser.specificity


def _listed(claimants: Sequence[Claimant], groups: Groups) -> list[list[Leaf]]:
    listed: dict[Leaf, list[Leaf]] = defaultdict(list)
    for each in claimants:
        listed[groups.find(each.leaf)].append(each.leaf)
    return sorted(listed.values())
