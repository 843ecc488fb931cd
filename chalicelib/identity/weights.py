"""How much speaks for two records being one person's, field by field: Fellegi and Sunter's weights. Pure.

Each field compares at a level, and each level weighs log2(m / u) bits: m is how often records of one person compare
so, u how often those of two people do (Fellegi and Sunter, A Theory for Record Linkage, 1969). What one of the two does
not say weighs nothing. The sum says how much likelier one person is than two, beyond how likely that was before.
`settings/matching` has the weights.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.identity.names import Likeness, Name, Words, compare, given_names_agree
from chalicelib.identity.nicknames import are_short_for_one
from chalicelib.identity.sketches import Sketch
from chalicelib.settings.matching import SHIPPED_MATCHING, FieldName, Level, Matching

Compared = tuple[FieldName, Level]
ALIKE_FROM, SOME_FROM = 0.9, 0.8
"""Similarities by Jaro and Winkler: a slip of the hand, and what is a coincidence of letters more often than not."""

HOUSEHOLD = frozenset({"street", "postcode", "city", "phone", "email"})
MOST_OF_A_HOUSEHOLD = 18.0
"""Bits: whoever shares a house shares its street, its town and often its telephone."""


class Evidence(NamedTuple):
    """What one field says, in bits."""

    field: FieldName
    level: Level
    bits: float


class Weighed(NamedTuple):
    """What speaks for and against two records being one person's."""

    evidence: tuple[Evidence, ...]
    by: Matching = SHIPPED_MATCHING
    """From which score on they are."""

    @property
    def bits(self) -> float:
        """The fields of one household count together, up to a limit: they hang together."""
        shared = sum(each.bits for each in self.evidence if each.field in HOUSEHOLD)
        alone = sum(each.bits for each in self.evidence if each.field not in HOUSEHOLD)
        return alone + min(shared, MOST_OF_A_HOUSEHOLD)

    def with_common(self, kind: FieldName) -> "Weighed":
        """Where the two have an address or a number in common, of which the sketches do not say."""
        beside = tuple(each for each in self.evidence if each.field != kind)
        return self._replace(evidence=(*beside, Evidence(kind, "same", self.by.bits(kind, "same"))))

    @property
    def is_one(self) -> bool:
        """Likely enough that nobody need look."""
        return self.bits >= self.by.auto_from

    @property
    def may_be_one(self) -> bool:
        """Rather one than two: somebody should look. Whose given names are quite others are people of one house."""
        levels = {each.field: each.level for each in self.evidence}
        return self.bits >= self.by.review_from and (levels.get("given") != "other" or levels.get("born") == "same")


def weigh(one: Sketch, other: Sketch, by: Matching) -> Weighed:
    """The same whichever comes first."""
    return Weighed(tuple(Evidence(*told, by.bits(*told)) for told in levels(one, other)), by)


@lru_cache(maxsize=20_000)
def levels(one: Sketch, other: Sketch) -> tuple[Compared, ...]:
    """How each field compares that both say; the same whichever comes first."""
    first, second = sorted((one, other), key=repr)
    return (*_names(first.name, second.name), *_fields(first, second))


def _names(one: Name, other: Name) -> Iterator[Compared]:
    if _are_swapped(one, other):
        yield "names", "swapped"
        return
    if one.given and other.given:
        yield "given", _given(one, other)
    if one.family and other.family:
        yield "family", _family(one, other)


def _are_swapped(one: Name, other: Name) -> bool:
    crossed = (one.given, other.family), (one.family, other.given)
    straight = (one.given, other.given), (one.family, other.family)
    return all(map(all, crossed)) and _are_alike(crossed) and not _are_alike(straight)


def _are_alike(pairs: Iterable[tuple[Words, Words]]) -> bool:
    return all(_level(_run(one), _run(other)) in {"same", "alike"} for one, other in pairs)


def _given(one: Name, other: Name) -> Level:
    """By the rules that names are always compared by, and where they find two, by their letters."""
    if _run(one.given) == _run(other.given) or compare(one, other) is Likeness.EQUAL:
        return "same"
    if given_names_agree(one, other):
        return "initial" if 1 in {len(_run(one.given)), len(_run(other.given))} else "nickname"
    if are_short_for_one(one.given, other.given):
        return "nickname"
    return _level(_run(one.given), _run(other.given))


def _family(one: Name, other: Name) -> Level:
    level = "same" if compare(one, other) is Likeness.EQUAL else _level(_run(one.family), _run(other.family))
    is_part = set(one.family) <= set(other.family) or set(other.family) <= set(one.family)
    return "part" if level in {"some", "other"} and is_part else level


def _run(words: Words) -> str:
    return "".join(words)


def _level(one: str, other: str) -> Level:
    from jellyfish import jaro_winkler_similarity

    if one == other:
        return "same"
    similarity = jaro_winkler_similarity(one, other)
    return "alike" if similarity >= ALIKE_FROM else "some" if similarity >= SOME_FROM else "other"


def _fields(one: Sketch, other: Sketch) -> Iterator[Compared]:
    for field, compared in COMPARED.items():
        said: tuple[str | None, str | None] = getattr(one, field), getattr(other, field)
        if said[0] and said[1]:
            yield field, compared(said[0], said[1])


def _born(one: str, other: str) -> Level:
    """Days in ISO: the same, day and month the other way round, one sign of them another, or one part the same."""
    if one == other:
        return "same"
    if sorted(one.split("-")) == sorted(other.split("-")) and one[:4] == other[:4]:
        return "turned"
    return "alike" if _slips(one, other) == 1 else "some" if one[:4] == other[:4] or one[5:] == other[5:] else "other"


def _code(one: str, other: str) -> Level:
    return "same" if one == other else "alike" if _slips(one, other) == 1 else "other"


def _slips(one: str, other: str) -> int:
    from jellyfish import damerau_levenshtein_distance

    return damerau_levenshtein_distance(one, other)


def _is_same(one: str, other: str) -> Level:
    return "same" if one == other else "other"


def _city(one: str, other: str) -> Level:
    level = _level(one, other)
    return "other" if level == "some" else level


COMPARED: Mapping[FieldName, Callable[[str, str], Level]] = {
    "born": _born,
    "postcode": _code,
    "city": _city,
    "street": _level,
    "country": _is_same,
    "phone": _is_same,
}
