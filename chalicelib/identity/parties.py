"""Names of several people: couples and families that stand in one record. Pure."""

import re

AND = frozenset(
    {"&", "+", "and", "und", "u.", "et", "y", "e", "i", "en", "og", "och", "ja", "és", "ve", "и", "та", "και", "と"}
)
"""What stands between two people's given names; letters in lower case, for `E` and `Y` are initials."""
IN_CAPITALS = frozenset({"AND", "UND", "ET"})
BETWEEN_FAMILIES = frozenset({"&", "+", "and", "und", "et", "og", "och"})
"""Fewer: `Ortega y Gasset`, `Costa e Silva` and `Puig i Cadafalch` are one family each."""
ESTATES = frozenset({"von", "zu", "vom", "zum", "thurn"})
"""One family, too: `von und zu Stein`, `Thurn und Taxis`."""
HOUSEHOLDS = frozenset(
    {
        "familie", "family", "fam", "famille", "familia", "famiglia", "família", "familj", "rodzina", "rodina",
        "család", "семья", "сім'я", "οικογένεια", "eheleute", "ehepaar", "époux", "państwo", "manželé", "عائلة", "家族",
        "가족", "부부", "ครอบครัว",
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
FULL_WIDTH = str.maketrans({"＆": "&", "＋": "+"})
SIGNS = re.compile(r"\s*([&+])\s*")
SLASH = re.compile(r"[^\W\d_]{2,}\s?/\s?[^\W\d_]{2,}")
FORMS = re.compile(r"\b(?:mr|herr|monsieur|sr|signor)\b\.?\s?/", re.IGNORECASE)


def are_several(salutation: str | None, given: str | None, family: str | None) -> bool:
    """Whether a name is a couple's or a family's: `John & Mary`, `Mr and Mrs Smith`, `Familie Müller`."""
    texts = [text.translate(FULL_WIDTH) for text in (salutation, given, family) if text]
    words = [word.strip(".,").casefold() for text in texts for word in text.split()]
    return (
        any(COUPLES.search(text) or text.endswith(TOGETHER) for text in texts)
        or (len(words) > 1 and not HOUSEHOLDS.isdisjoint({words[0], words[-1]}))
        or bool(TWO_IN_HAN.search(given or ""))
        or _are_joined(given or "", AND)
        or (_are_joined(family or "", BETWEEN_FAMILIES) and ESTATES.isdisjoint(words))
        or (bool(given and family and SLASH.search(given)) and not FORMS.search(given or ""))
    )


def _are_joined(text: str, ands: frozenset[str]) -> bool:
    """Whether it stands between two words: `Bob and` is cut off, and `Bob +1` brings nobody who is named."""
    words = SIGNS.sub(r" \1 ", text.translate(FULL_WIDTH)).split()
    between = zip(words, words[1:], words[2:], strict=False)
    return any(_is_and(word, ands) and _is_word(before) and _is_word(after) for before, word, after in between)


def _is_and(word: str, ands: frozenset[str]) -> bool:
    return word in ands or (word in IN_CAPITALS and word.lower() in ands)


def _is_word(text: str) -> bool:
    return any(each.isalpha() for each in text)
