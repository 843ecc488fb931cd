"""Names in any script, made comparable; and whether two of them can be one person's."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from itertools import combinations

from chalicelib.identity.parties import are_several, as_typed
from chalicelib.identity.scripts import BLOCKS, in_both_ways, plain, scripts_of, way_of_writing, written

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "ss"})
_WORD, _UMLAUT = re.compile("[a-z]+"), re.compile("ae|oe|ue")
_PLAIN = {"ae": "a", "oe": "o", "ue": "u"}
_FIRST_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sr", "sra", "mme", "sir"})
_TITLES = _FIRST_TITLES | {
    "mx", "mister", "dra", "drs", "doctor", "doktor", "professor", "herrn", "hr", "fraulein", "fraeulein", "senor",
    "senora", "senorita", "srta", "signor", "signora", "signorina", "dott", "dottssa", "monsieur", "madame", "madam",
    "mlle", "mademoiselle", "dhr", "mevr", "mevrouw", "phd", "esq", "gn", "gospodin", "gospozha",
}  # fmt: skip
"""No word that anybody is called by: Don, Prince, Major, Master, Lady, Ing and Md are given names, too."""
_DEGREES = re.compile(
    r"\bdr\.?(?:\s?(?:med|phil|jur|iur|rer|nat|pol|oec|ing|habil|dent|vet|h\.\s?c)\b\.?)+"
    r"|\b(?:dipl|mag|ing|mudr|judr|mgr|bc|m\.?sc|b\.?sc|ll\.?m)\.(?:-ing\.)?"
)
"""What is a title with a dot only, or behind another one."""
_HONORIFICS = re.compile(
    r"(?<=\w)\s?(?:様|さま|さん|殿|先生|女士|小姐|님|씨)$"
    r"|^(?:г-н|г-жа|господин|госпожа|д-р|κος|κα|κ\.|κύριος|κυρία|δρ\.?|מר|גברת|גב['׳]|ד[\"״]ר|פרופ['׳]"
    r"|د\.|الدكتورة?|الأستاذة?|السيدة|श्री|श्रीमती|डॉ\.?)\s+"
    r"|^(?:คุณ|นางสาว|น\.ส\.|นาย|นาง|ดร\.)\s?(?=[ก-ฮเ-ไ])",
    re.IGNORECASE,
)
"""In other scripts than Latin. السيد is a given name, too; and คุณากร only begins like a title."""
_GENERATION = re.compile(
    r"(?<=\w)[\s,]+(?:(?P<second>jr|jnr|junior|ii|2nd|jun(?=\.))|(?P<first>sr|snr|senior|sen(?=\.))|(?P<third>iii|3rd)"
    r"|(?P<fourth>iv|4th))\.?$",
    re.IGNORECASE,
)
_GENERATIONS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


class Likeness(IntEnum):
    """How two names stand to each other. CONTRADICTING never joins; LOOSE joins when it leaves no choice."""

    CONTRADICTING = 0
    LOOSE = 1
    EQUAL = 2


Words = tuple[str, ...]


@dataclass(frozen=True)
class Spelling:
    """The words of a name in one way to spell it. `in_blocks` where one sign is a syllable or a word."""

    given: Words = ()
    family: Words = ()
    in_blocks: bool = False

    @property
    def all(self) -> Words:
        return self.given + self.family

    @property
    def turned(self) -> Words:
        return self.family + self.given

    def in_both_ways(self) -> "Spelling":
        given, family = (tuple(map(in_both_ways, words)) for words in (self.given, self.family))
        return Spelling(given, family, self.in_blocks)


@dataclass(frozen=True)
class OwnScript:
    """A name in the script that it is written in. Where Chinese characters tell by which of two ways, `in_both` is what
    both have in common."""

    scripts: frozenset[str]
    spelling: Spelling
    way: str | None = None
    in_both: Spelling = Spelling()


@dataclass(frozen=True)
class Name:
    """Normalised words of a name; empty where the source has none. `generation`: 1 is the senior, 2 the junior."""

    given: Words = ()
    family: Words = ()
    generation: int | None = None
    is_several: bool = False
    own: OwnScript | None = None

    @property
    def specificity(self) -> int:
        """How much the name says: letters of the given name, and the generation."""
        return sum(map(len, self.given)) + (self.generation is not None)


@lru_cache(maxsize=10_000)
def name_of(given: str | None, family: str | None) -> Name:
    given_text, family_text = _bare(as_typed(given)), _bare(as_typed(family))
    return Name(
        given=_words(given_text),
        family=_words(family_text),
        generation=_generation_in(family) or _generation_in(given),
        is_several=are_several(None, given, family),
        own=_own(given_text, family_text),
    )


def generation_of(text: str | None) -> int | None:
    """What a source calls the generation: Jr, II and 2nd are one."""
    return _generation_in(f"x {text}") if text else None


def _generation_in(text: str | None) -> int | None:
    found = _GENERATION.search(text.strip()) if text else None
    return _GENERATIONS[found.lastgroup] if found and found.lastgroup else None


def _bare(text: str) -> str:
    """Without what politeness and generation add."""
    return _GENERATION.sub("", _HONORIFICS.sub("", text.strip()))


def words_of(text: str | None, *, titled: bool = False) -> Words:
    """The words of a part of a name as they are compared; with what may be a title where `titled` is asked for."""
    bare = _bare(as_typed(text))
    return tuple(_spelt(bare, frozenset(), _DEGREES)) if titled else _words(bare)


def is_title(word: str) -> bool:
    return word in _TITLES


def _words(text: str) -> Words:
    """Lower-case ASCII words; `Müller`, `Mueller` and `Muller` come out the same."""
    return tuple(_spelt(text, _TITLES, _DEGREES))


def _spelt(text: str, titles: frozenset[str], degrees: re.Pattern[str] | None = None) -> list[str]:
    ascii_only = plain(text.translate(GERMAN))
    ascii_only = degrees.sub(" ", ascii_only) if degrees else ascii_only
    words = _WORD.findall(ascii_only.replace("'", "").replace("-", " "))
    return [_fold(word) for word in words if word not in titles]


def _fold(word: str) -> str:
    return _UMLAUT.sub(lambda found: _PLAIN[found[0]], word)


def _own(given: str, family: str) -> OwnScript | None:
    """None for what is in Latin letters alone."""
    scripts = scripts_of(given + family)
    if not scripts:
        return None
    spelling = Spelling(_own_words(given), _own_words(family), bool(scripts & BLOCKS))
    return OwnScript(scripts, spelling, way_of_writing("".join(spelling.all)), spelling.in_both_ways())


def _own_words(text: str) -> Words:
    words = written(text).split()
    read = (word if scripts_of(word) else _fold(plain(word)) for word in words)
    return tuple(word for word in read if word not in _TITLES)


def spelling_in_ids(given: str | None, family: str | None) -> str:
    """What of a name stands in the id of a record that has none: never changed, for ids are permanent."""
    spelt = " ".join(word for text in (given, family) for word in _spelt(text or "", _FIRST_TITLES))
    own = _own(given or "", family or "")
    return f"{spelt}|{' '.join(own.spelling.all)}" if own else spelt


@lru_cache(maxsize=10_000)
def compare(one: Name, other: Name) -> Likeness:
    """Compare two names. Spelling mistakes are not forgiven here: Mario and Maria are one letter apart.

    Nothing equals a missing name, not even another one: two records without a name may be anybody. Two names in one
    script are compared in it: much that is written differently reads the same.
    """
    if one.is_several or other.is_several:
        is_same_party = one.is_several is other.is_several and sorted(_all(one)) == sorted(_all(other))
        return Likeness.EQUAL if is_same_party and _compare_generation(one, other) else Likeness.CONTRADICTING
    if not (_all(one) and _all(other)):
        return Likeness.LOOSE
    return min(_compare(*_in_one_script(one, other)), _compare_generation(one, other))


@lru_cache(maxsize=10_000)
def given_names_agree(one: Name, other: Name) -> bool:
    if one.is_several or other.is_several:
        return compare(one, other) is Likeness.EQUAL
    return bool(_compare_given(*_in_one_script(one, other)) and _compare_generation(one, other))


def are_two_generations(one: Name, other: Name) -> bool:
    return _compare_generation(one, other) is Likeness.CONTRADICTING


def _compare_generation(one: Name, other: Name) -> Likeness:
    """A father seldom writes Sr: who has none may be either."""
    if one.generation == other.generation:
        return Likeness.EQUAL
    return Likeness.CONTRADICTING if one.generation and other.generation else Likeness.LOOSE


def _all(name: Name) -> Words:
    return name.given + name.family


def _in_one_script(one: Name, other: Name) -> tuple[Spelling, Spelling]:
    if not (one.own and other.own and one.own.scripts == other.own.scripts):
        return Spelling(one.given, one.family), Spelling(other.given, other.family)
    if one.own.way and other.own.way and one.own.way != other.own.way:
        return one.own.in_both, other.own.in_both
    return one.own.spelling, other.own.spelling


def _compare(one: Spelling, other: Spelling) -> Likeness:
    if sorted(one.all) == sorted(other.all) or _in_a_row(one) == _in_a_row(other):
        return Likeness.EQUAL
    if "".join(one.all) == "".join(other.turned) or "".join(one.turned) == "".join(other.all):
        return Likeness.EQUAL
    return min(_compare_family(one.family, other.family), _compare_given(one, other))


def _in_a_row(name: Spelling) -> str:
    """All letters, unless an initial could then be taken for the end of another word."""
    return "".join(name.all) if _may_run_together(name.given, name) else " ".join(name.all)


def _may_run_together(words: Words, name: Spelling) -> bool:
    return name.in_blocks or all(len(word) > 1 for word in words)


def _compare_family(one: Words, other: Words) -> Likeness:
    if "".join(one) == "".join(other):
        return Likeness.EQUAL
    return Likeness.LOOSE if _is_part(one, other) or _is_part(other, one) else Likeness.CONTRADICTING


def _compare_given(one: Spelling, other: Spelling) -> Likeness:
    if one.given == other.given:
        return Likeness.EQUAL
    apart_or_together = _may_run_together(one.given, one) and _may_run_together(other.given, other)
    if apart_or_together and "".join(one.given) == "".join(other.given):
        return Likeness.EQUAL
    is_part = _is_part if apart_or_together else _is_some
    if is_part(one.given, other.given) or is_part(other.given, one.given):
        return Likeness.LOOSE
    may_be_initials = not one.in_blocks and (_initials(one.given, other.given) or _initials(other.given, one.given))
    return Likeness.LOOSE if may_be_initials else Likeness.CONTRADICTING


def _is_some(few: Words, many: Words) -> bool:
    return set(few) <= set(many)


def _is_part(few: Words, many: Words) -> bool:
    """Whether a name is some words of another, however these are parted: `Annamaria` of `Anna Maria Luisa`."""
    return _is_some(few, many) or {*few} <= (pieces := _pieces(many)) or "".join(few) in pieces


def _pieces(words: Words) -> set[str]:
    """What neighbouring words come to; of many words these are few that anybody would write together."""
    ends = combinations(range(min(len(words), 8) + 1), 2)
    return {"".join(words[start:end]) for start, end in ends}


def _initials(short: Words, full: Words) -> bool:
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
