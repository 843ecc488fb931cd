"""Names in any script, made comparable; and whether two of them can be one person's."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD, _UMLAUT = re.compile("[a-z]+"), re.compile("ae|oe|ue")
_PLAIN = {"ae": "a", "oe": "o", "ue": "u"}
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sr", "sra", "mme", "sir"})


class Likeness(IntEnum):
    """How two names stand to each other. CONTRADICTING never joins; LOOSE joins when it leaves no choice."""

    CONTRADICTING = 0
    LOOSE = 1
    EQUAL = 2


@dataclass(frozen=True)
class Name:
    """Normalised words of a name; empty where the source has none."""

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()

    @property
    def specificity(self) -> int:
        """How much the name says: letters of the given name."""
        return sum(map(len, self.given))


def name_of(given: str | None, family: str | None) -> Name:
    return Name(_words(given or ""), _words(family or ""))


@lru_cache(maxsize=1_000)
def _transliterate(text: str) -> str:
    if text.isascii():
        return text
    from anyascii import anyascii  # the tables are large, and the edge never needs them

    return str(anyascii(text))


def _words(text: str) -> tuple[str, ...]:
    """Lower-case ASCII words; `Müller`, `Mueller` and `Muller` come out the same."""
    german = text.casefold().translate(GERMAN)
    ascii_only = _transliterate(german).casefold()
    words = _WORD.findall(ascii_only.replace("'", "").replace("-", " "))
    return tuple([_fold(word) for word in words if word not in _TITLES])


def _fold(word: str) -> str:
    return _UMLAUT.sub(lambda found: _PLAIN[found[0]], word)


def compare(one: Name, other: Name) -> Likeness:
    """Compare two names. Spelling mistakes are not forgiven here: Mario and Maria are one letter apart.

    Nothing equals a missing name, not even another one: two records without a name may be anybody.
    """
    if not (one.given + one.family and other.given + other.family):
        return Likeness.LOOSE
    if sorted(one.given + one.family) == sorted(other.given + other.family):
        return Likeness.EQUAL
    if "".join(one.given + one.family) == "".join(other.family + other.given):
        return Likeness.EQUAL
    return min(_compare_family(one.family, other.family), _compare_given(one.given, other.given))


def given_names_agree(one: Name, other: Name) -> bool:
    return bool(_compare_given(one.given, other.given))


def _compare_family(one: tuple[str, ...], other: tuple[str, ...]) -> Likeness:
    if one == other:
        return Likeness.EQUAL
    few, many = sorted((set(one), set(other)), key=len)
    return Likeness.LOOSE if few <= many else Likeness.CONTRADICTING


def _compare_given(one: tuple[str, ...], other: tuple[str, ...]) -> Likeness:
    if one == other:
        return Likeness.EQUAL
    few, many = sorted((one, other), key=len)
    if set(few) <= set(many) or _initials(one, other) or _initials(other, one):
        return Likeness.LOOSE
    return Likeness.CONTRADICTING


def _initials(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """`J` and `J P` are initials of `John Paul`."""
    return all(len(letter) == 1 for letter in short) and all(
        word.startswith(letter) for letter, word in zip(short, full, strict=False)
    )


PSEUDO_NAMES = frozenset(
    {
        "walkin", "walk in", "guest walk in", "walkin guest", "walk in guest", "tba", "tbd", "tbc", "house",
        "house account", "house use", "paymaster", "pay master", "posting master", "dummy", "no name", "noname",
        "unknown", "unknown guest", "group", "group master", "room", "guest room", "test", "anonymized anonymized",
    }
)  # fmt: skip
"""Profiles that front desks use when there is no person."""


def is_pseudo(name: Name) -> bool:
    return bool({" ".join(name.given + name.family), " ".join(name.family + name.given)} & _pseudo_names())


@cache
def _pseudo_names() -> frozenset[str]:
    """In the spelling of names: `guest` has lost its `e` there, as `Mueller` has."""
    return frozenset(" ".join(_words(name)) for name in PSEUDO_NAMES)
