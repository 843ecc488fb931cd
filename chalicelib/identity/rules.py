"""What records say for and against being one person's: plain values in, plain answers out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, product

from chalicelib.canonical.ids import ConnectionId, Digest, IdentifierKey, Leaf, PropertyId
from chalicelib.identity.birthdays import BirthDay
from chalicelib.identity.names import Likeness, Name, are_two_generations, compare, given_names_agree
from chalicelib.identity.nicknames import are_short_for_one
from chalicelib.identity.sketches import Sketch

SHARED_FROM = 4
"""An identifier seen with this many contradicting names belongs to nobody."""


@dataclass(frozen=True)
class Claimant:
    """What identity knows of one leaf: its name, the identifiers it carries, the leaf its source merged it into, when
    the person was born, and who says so: `hotel` is the one that alone speaks through the source, None for the group.
    """

    leaf: Leaf
    name: Name
    identifiers: frozenset[IdentifierKey] = frozenset()
    member_identifiers: frozenset[IdentifierKey] = frozenset()
    merged_into: Leaf | None = None
    birth: BirthDay | None = None
    hotel: PropertyId | None = None
    source: ConnectionId | None = None
    compared: Sketch | None = None
    """None where it lies in no block."""
    blocks: frozenset[Digest] = frozenset()

    def carrying(self, key: IdentifierKey) -> "Claimant":
        if is_number(key):
            return replace(self, member_identifiers=self.member_identifiers | {key})
        return replace(self, identifiers=self.identifiers | {key})

    @property
    def keys(self) -> frozenset[IdentifierKey]:
        return self.identifiers | self.member_identifiers


Carriers = Mapping[IdentifierKey, Sequence[Claimant]]


def is_shared(key: IdentifierKey, names: Mapping[Leaf, Name]) -> bool:
    """Whether an identifier is seen with so many contradicting names that it is nobody's."""
    contradict = _given_names_contradict if is_number(key) else _names_contradict
    distinct: list[Name] = []
    for _, name in sorted(names.items()):
        if not name.is_several and all(contradict(name, other) for other in distinct):
            distinct.append(name)
    return len(distinct) >= SHARED_FROM


def can_tie(key: IdentifierKey, one: Name, other: Name) -> bool:
    """Whether an identifier may ever join two that carry it by these names, whoever else does: never where one of them
    has no name, for an identifier alone is no proof."""
    return are_one_member(one, other) if is_number(key) else are_equal(one, other) or may_be_one(one, other)


def is_one_member(key: IdentifierKey, names: Iterable[Name]) -> bool:
    """Whether given names speak against nobody who carries a member number."""
    return is_number(key) and not any(_given_names_contradict(*pair) for pair in combinations(names, 2))


def are_one_member(one: Name, other: Name) -> bool:
    """Whether two names at one member number can be one person's. People marry: where both are called by a given name
    in full, the family name may be another."""
    if not (is_said(one) and is_said(other) and given_names_agree(one, other)):
        return False
    return compare(one, other) is not Likeness.CONTRADICTING or (_is_in_full(one) and _is_in_full(other))


def are_equal(one: Name, other: Name) -> bool:
    return compare(one, other) is Likeness.EQUAL


def may_be_one(one: Name, other: Name) -> bool:
    return are_equal(one, other) or says_more(one, other) or says_more(other, one)


def says_more(fuller: Name, looser: Name) -> bool:
    measure = (fuller.specificity, len(fuller.family)), (looser.specificity, len(looser.family))
    return is_said(looser) and compare(fuller, looser) is Likeness.LOOSE and measure[0] > measure[1]


def given_says_more(fuller: Name, looser: Name) -> bool:
    return are_one_member(fuller, looser) and fuller.specificity > looser.specificity


def have_one_given_name(one: Name, other: Name) -> bool:
    """Spelt the same, and not those of a father and his son, or of several people."""
    return bool(one.given) and one.given == other.given and given_names_agree(one, other)


def is_said(name: Name) -> bool:
    return bool(name.given or name.family)


def _is_in_full(name: Name) -> bool:
    return any(len(word) > 1 for word in name.given)


def contradiction_among(
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
        return _born_apart(first, second) or all(_are_two_names(*pair, has_one_number=has_one_number) for pair in names)

    return contradict


def _spellings(telling: Carriers) -> defaultdict[Leaf, set[Name]]:
    """How else a name is spelt in its own letters, by who has an identifier in common: `Lena` is a part of `Anna Lena`,
    and so of the `Annalena` who is the same."""
    found: defaultdict[Leaf, set[Name]] = defaultdict(set)
    for one, other in (pair for those in telling.values() for pair in combinations(those, 2)):
        if (one.name.own is None) is (other.name.own is None) and are_equal(one.name, other.name):
            found[one.leaf].add(other.name)
            found[other.leaf].add(one.name)
    return found


def _born_apart(one: Claimant, other: Claimant) -> bool:
    return one.birth is not None and other.birth is not None and one.birth != other.birth


def _are_two_names(one: Name, other: Name, *, has_one_number: bool) -> bool:
    """People marry: of two that have given names these decide, and of others a member number that both have. A short
    form contradicts nothing. A father and his son are two all the same."""
    likeness = compare(one, other)
    if likeness is Likeness.EQUAL:
        return False
    if one.given and other.given:
        return not (given_names_agree(one, other) or _is_a_short_form(one, other))
    return are_two_generations(one, other) or (likeness is Likeness.CONTRADICTING and not has_one_number)


def _is_a_short_form(one: Name, other: Name) -> bool:
    return are_short_for_one(one.given, other.given) and not are_two_generations(one, other)


def is_number(key: IdentifierKey) -> bool:
    return key.startswith("member:")


def addresses(claimant: Claimant) -> frozenset[IdentifierKey]:
    return claimant.identifiers


def numbers(claimant: Claimant) -> frozenset[IdentifierKey]:
    return claimant.member_identifiers


def carriers_among(claimants: Sequence[Claimant], keys_of: Callable[[Claimant], frozenset[IdentifierKey]]) -> Carriers:
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
