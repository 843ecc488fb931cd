"""Names of several people: couples and families that stand in one record. Pure."""

import html
import re

from chalicelib.identity import joined
from chalicelib.identity.scripts import scripts_of

AND = frozenset(
    {
        "&", "+", "and", "und", "u.", "et", "y", "e", "i", "en", "og", "och", "ja", "és", "ve", "и", "і", "й", "та",
        "да", "και", "κι", "և", "եւ", "ու", "და", "و", "ו", "और", "व", "एवं", "اور", "และ", "と", "및", "和", "与", "與",
        "及", "跟",
    }
)  # fmt: skip
"""What stands between two people's given names; letters in lower case, for `E` and `Y` are initials."""
BETWEEN_CAPITALS = frozenset(
    {
        "a", "u", "n", "'n", "'n'", "in", "ir", "un", "si", "și", "şi", "dhe", "eta", "agus", "và", "dan", "ed", "plus",
        "mit", "with",
    }
)  # fmt: skip
"""The same in Czech (`Jan a Marie`), Lithuanian, Vietnamese and their kind. Where a whole name is in lower case they
may be given names, or initials."""
IN_CAPITALS = frozenset(
    {"and", "und", "et", "och", "és", "ve", "και", "κι", "և", "եւ", "ու", "và", "și", "şi", "dhe", "и", "та"}
)
"""Those that are no initials and nobody's name when all is in capitals: `ALI VE AYŞE`."""
BETWEEN_FAMILIES = frozenset({"&", "+", "and", "und", "et", "og", "och"})
"""Fewer: `Ortega y Gasset`, `Costa e Silva` and `Puig i Cadafalch` are one family each."""
IN_ONE_FIELD = BETWEEN_FAMILIES | {
    "u.", "és", "ve", "ja", "en", "và", "dhe", "agus", "și", "şi", "и", "та", "και", "κι", "և", "եւ", "ու", "და", "و",
    "ו", "और", "اور", "และ", "と", "및", "和", "与", "與",
}  # fmt: skip
"""Where a source has one field for the whole name: without what may stand in one family's name."""
BEHIND_THE_FIRST = frozenset({"y", "e", "i", "a"})
"""`Jan a Marie Novákovi`, `José y María Gil`: as the second of four words or more."""
ESTATES = frozenset({"von", "zu", "vom", "zum", "thurn"})
"""One family, too: `von und zu Stein`, `Thurn und Taxis`."""
HOUSEHOLDS = frozenset(
    {
        "familie", "family", "fam", "famille", "familia", "famiglia", "família", "familj", "rodzina", "rodina",
        "család", "семья", "сім'я", "οικογένεια", "eheleute", "ehepaar", "époux", "państwo", "manželé", "عائلة", "家族",
        "가족", "부부", "ครอบครัว", "משפחת", "משפחה", "परिवार", "pamilya",
    }
)  # fmt: skip
TOGETHER = ("夫婦", "夫妇", "夫妻", "ご家族", "御一家")
"""Written to the name before it without a blank."""
COUPLES = re.compile(
    r"\b(?:mr|dr|prof|herrn?|monsieur|m|hr|sr|señor|signor|sig)\.?\s*(?:&|\+|\band|\bund|\bet|\by|\be|\bog|\boch|\ben)\s*"
    r"(?:mrs|ms|dr|frau|fr|madame|mme|sra|señora|signora|fru|mevr|mevrouw)\b",
    re.IGNORECASE,
)
"""`Mr/Mrs` and `Herr/Frau` are none: they stand in forms where nobody chose."""
TWO_IN_HAN = re.compile(r"[\u4e00-\u9fff]\s?[と・]\s?[\u4e00-\u9fff]")
"""Two given names; between kana, と may be a part of one, and ・ parts one foreign name from the next."""
FULL_WIDTH = str.maketrans(
    {"＆": "&", "﹠": "&", "＋": "+", "﹢": "+", "／": "/", "∕": "/", "⁄": "/", "|": "/", "｜": "/", ";": "/"}
)
ENTITY = re.compile(r"&(?:#|amp|plus|sol)|%2[6bf]", re.IGNORECASE)
CODED = {"%26": "&", "%2b": "+", "%2f": "/"}
SIGNS = re.compile(r"\s*([&+])\s*")
SLASH = re.compile(r"[^\W\d_]{2,}\s?/\s?[^\W\d_]{2,}")
FORMS = re.compile(
    r"\b(?:mrs?|ms|herr|frau|monsieur|mme|sra?|signora?|he|she)\b\.?\s?/|\b[sdac]/[olp]\b", re.IGNORECASE
)
"""`Mr/Mrs` stands in forms, and `s/o` is whose son somebody is."""


def are_several(salutation: str | None, given: str | None, family: str | None) -> bool:
    """Whether a name is a couple's or a family's: `John & Mary`, `Mr and Mrs Smith`, `Familie Müller`."""
    salutation, given, family = map(as_typed, (salutation, given, family))
    texts = [text for text in (salutation, given, family) if text]
    words = [word.strip(".,").casefold() for text in texts for word in text.split()]
    return (
        any(COUPLES.search(text) or text.endswith(TOGETHER) for text in texts)
        or (len(words) > 1 and not HOUSEHOLDS.isdisjoint({words[0], words[-1]}))
        or bool(TWO_IN_HAN.search(given))
        or _are_joined(given, AND, BETWEEN_CAPITALS)
        or (ESTATES.isdisjoint(words) and _are_families(family, is_alone=not given))
        or (bool(given and family and SLASH.search(given)) and not FORMS.search(given))
        or _are_joined_in_their_script(given, family)
    )


def as_typed(text: str | None) -> str:
    """What somebody meant to type: signs of other widths, and those that some program coded, even twice."""
    if text and ENTITY.search(text):
        text = html.unescape(html.unescape(ENTITY.sub(lambda found: CODED.get(found[0].lower(), found[0]), text)))
    return (text or "").translate(FULL_WIDTH)


def _are_families(family: str, *, is_alone: bool) -> bool:
    """`Smith & Jones`; where no given name is told, the field may hold the whole of it."""
    if not is_alone:
        return _are_joined(family, BETWEEN_FAMILIES)
    words = family.split()
    return _are_joined(family, IN_ONE_FIELD) or (
        len(words) > 3 and words[1] in BEHIND_THE_FIRST and _begin_large(words[0], words[2])
    )


def _are_joined(text: str, ands: frozenset[str], between_capitals: frozenset[str] = frozenset()) -> bool:
    """Whether it stands between two words: `Bob and` is cut off, and `Bob +1` brings nobody who is named."""
    words = SIGNS.sub(r" \1 ", text).split()
    between = [
        each for each in zip(words, words[1:], words[2:], strict=False) if _is_word(each[0]) and _is_word(each[2])
    ]
    return any(
        word in ands
        or (word.isupper() and word.lower() in ands & IN_CAPITALS)
        or (word in between_capitals and _begin_large(before, after))
        for before, word, after in between
    )


def _begin_large(*words: str) -> bool:
    return all(word[0].isupper() for word in words)


def _is_word(text: str) -> bool:
    return any(each.isalpha() for each in text)


def _are_joined_in_their_script(given: str, family: str) -> bool:
    """Where what means `and` is written to a word: in the given name, or in the only name there is."""
    scripts = scripts_of(given or family)
    return bool(scripts) and joined.are_joined(given or family, scripts, is_whole=not (given and family))
