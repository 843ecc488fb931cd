"""Text in any script: how it is written, and how it reads in plain letters. Pure."""

import unicodedata
from functools import lru_cache

LIGATURES = str.maketrans({"և": "եվ", "ﬓ": "մն", "ﬔ": "մե", "ﬕ": "մի", "ﬖ": "վն", "ﬗ": "մխ"})
"""Armenian: where case is folded first, the sign for `ev` falls into letters that read `ew`."""
OLD_EV = (("եւ", "եվ"), ("Եւ", "Եվ"), ("ԵՒ", "ԵՎ"))
"""The two letters that the sign was made of, as they are typed where a keyboard lacks it."""
ONE_LETTER = str.maketrans({"ς": "σ", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا", "ـ": None, "ı": "i", "ː": None})
"""Letters that are one to who types a name: final forms, Persian keys for Arabic letters, what stretches a word."""
MARKED = frozenset({"ARABIC", "HEBREW", "GREEK", "CYRILLIC", "LATIN"})
"""Scripts whose marks many leave out. In others they are vowels, or tell one syllable from another."""
BLOCKS = frozenset({"HAN", "KANA", "HANGUL"})
"""Scripts of which one sign is a syllable or a word, so that none is an initial."""
_SCRIPTS = {"CJK": "HAN", "IDEOGRAPHIC": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA", "KATAKANA-HIRAGANA": "KANA"}
_KANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}


@lru_cache(maxsize=2_000)
def plain(text: str) -> str:
    """ASCII in lower case. The case is folded last: some signs fall apart when it is folded."""
    if text.isascii():
        return text.lower()
    from anyascii import anyascii  # the tables are large, and the edge never needs them

    return str(anyascii(_joined(unicodedata.normalize("NFC", text)))).lower()


@lru_cache(maxsize=2_000)
def written(text: str) -> str:
    """In its own script, without what is a matter of typing: case, width, marks that may be left out, kana of either
    kind. Letters only, words parted by one blank."""
    folded = _joined(unicodedata.normalize("NFKC", text)).casefold().translate(ONE_LETTER).translate(_KANA)
    bare = unicodedata.normalize("NFC", "".join(_without_marks(folded)))
    return " ".join("".join(each if each.isalpha() or _is_mark(each) else " " for each in bare).split())


def scripts_of(text: str) -> frozenset[str]:
    """The scripts in it besides Latin, Chinese characters as HAN."""
    if text.isascii():
        return frozenset()
    return frozenset(_script(each) for each in unicodedata.normalize("NFKC", text) if each.isalpha()) - {"LATIN", ""}


def way_of_writing(text: str) -> str | None:
    """`simplified` or `traditional`, where Chinese characters tell: those that only one of the two old sets has."""
    ways = {way for each in text if (way := _way(each))}
    return ways.pop() if len(ways) == 1 else None


def in_both_ways(text: str) -> str:
    """Chinese characters that only one way of writing has, as they read: the other has another character there."""
    return "".join(plain(each) if _way(each) else each for each in text)


def _joined(text: str) -> str:
    for apart, together in OLD_EV:
        text = text.replace(apart, together)
    return text.translate(LIGATURES)


def _without_marks(text: str) -> list[str]:
    kept: list[str] = []
    script = ""
    for each in unicodedata.normalize("NFD", text):
        if not _is_mark(each):
            script = _script(each)
        elif script in MARKED:
            continue
        kept.append(each)
    return kept


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


@lru_cache(maxsize=4_000)
def _script(char: str) -> str:
    first = unicodedata.name(char, "").partition(" ")[0]
    return _SCRIPTS.get(first, first)


@lru_cache(maxsize=4_000)
def _way(char: str) -> str | None:
    is_simplified, is_traditional = _has("gb2312", char), _has("big5", char)
    if _script(char) != "HAN" or is_simplified == is_traditional:
        return None
    return "simplified" if is_simplified else "traditional"


def _has(charset: str, char: str) -> bool:
    try:
        return bool(char.encode(charset))
    except UnicodeEncodeError:
        return False
