"""In which encoding a file is written: what its first bytes prove, and else what its letters look like."""

import codecs
from collections.abc import Mapping
from typing import Literal, NamedTuple

Sure = Literal["certain", "likely", "guessed"]
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
ENCODINGS = (
    "utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859-15",
    "cp437", "cp850", "mac-roman",
)  # fmt: skip
"""Those that a caller may say."""
LETTERS: Mapping[str, str] = {
    "cp1252": "äöüßÄÖÜéèêëàâáãåçñóòôõúùûíìîïøæœÉÈÀÇÑÅØ",
    "cp1250": "ąćęłńóśźżĄĆĘŁŚŻáčďéěíňřšťúůýžČŘŠŽőűăşţđ",
    "cp1254": "çğıöşüÇĞİÖŞÜâî",
}
"""Letters that texts in this encoding are made of; where two do equally well, the first."""
SCRIPTS: Mapping[str, str] = {"cp1253": "αειοςσντρκλπυμηάέήίόύώ", "cp1251": "оеаинтсрвлкмдпуя"}
"""The most frequent letters of those whose words have no ASCII letter."""
FIRST_HIGH = 0x80
DENSE = 0.5


class Encoding(NamedTuple):
    """`skips` are the bytes before the first letter."""

    name: str
    sure: Sure
    skips: int = 0


def encoding_of(head: bytes, said: str | None = None) -> Encoding:
    """Of a file that begins so; `said` is what its owner says of it."""
    for mark, name in BOMS:
        if head.startswith(mark) and said in {None, name}:
            return Encoding(name, "certain", len(mark))
    if said:
        return Encoding(said, "certain")
    if wide := _wide(head):
        return Encoding(wide, "likely")
    if is_utf8(head):
        return Encoding("utf-8", "certain")
    return _by_letters(head)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ASCII signs is zero."""
    low, high = head[0::2].count(0), head[1::2].count(0)
    if max(low, high) * 4 < len(head):
        return None
    return "utf-16-le" if high > low else "utf-16-be"


def is_utf8(head: bytes) -> bool:
    """Also where the last sign is cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _by_letters(head: bytes) -> Encoding:
    high = [at for at, byte in enumerate(head) if byte >= FIRST_HIGH]
    beside = sum(1 for at in high if at + 1 < len(head) and head[at + 1] >= FIRST_HIGH)
    if beside > DENSE * len(high):
        return Encoding(max(SCRIPTS, key=lambda name: _share(head, name, SCRIPTS[name])), "guessed")
    best = max(LETTERS, key=lambda name: _share(head, name, LETTERS[name]))
    return Encoding(best, "likely" if best == "cp1252" else "guessed")


def _share(head: bytes, name: str, letters: str) -> int:
    """How many of the signs beyond ASCII are such letters."""
    told = bytes(byte for byte in head if byte >= FIRST_HIGH).decode(name, "replace")
    return sum(sign in letters for sign in told)
