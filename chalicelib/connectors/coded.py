"""What a text says to who reads it as it was coded: percent signs, HTML, other widths, Base64. Pure."""

import binascii
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

SHORTEST = 20
"""Letters and digits in a row that may be Base64: fifteen characters take as many. Ids and names of events are shorter,
or have dashes."""
_SIGN = "[A-Za-z0-9+/_-]"
BASE64 = re.compile(
    rf"{_SIGN}{{{SHORTEST},}}+(?:\r?\n{_SIGN}{{{SHORTEST},}}+)*+(?:\r?\n{_SIGN}{{1,{SHORTEST - 1}}}(?!{_SIGN}))?"
)
"""In one line, or in several."""
ESCAPES = re.compile(r"%[0-9A-Fa-f]{2}|&[#A-Za-z]")
UNSEEN = "\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff"
"""Signs without a width. Within a name they part it for a program, and for nobody who reads it."""
_UNSEEN = re.compile(f"[{UNSEEN}]")
_LETTERS = bytes(0x61 if (chr(each).isalnum() and each < 0x80) or chr(each) in "+/" else 0x20 for each in range(256))
_RUN = b"a" * SHORTEST


def may_be_coded(raw: bytes, text: str) -> bool:
    """Whether a text may say something else in another reading. `raw` is its UTF-8, which is looked through sooner."""
    return (
        b"%" in raw
        or b"&" in raw
        or _RUN in raw.translate(_LETTERS)
        or (not raw.isascii() and (not unicodedata.is_normalized("NFKC", text) or bool(_UNSEEN.search(text))))
    )


def readings(text: str) -> Iterator[str]:
    """What a text comes to when it is decoded once, in each way that it may be coded in."""
    plain = in_plain(text)
    if plain != text:
        yield plain
    for found in BASE64.finditer(text):
        lines = found[0].split()
        pieces = [*lines, "".join(lines)] if len(lines) > 1 else lines
        yield from filter(None, map(_from_base64, pieces))


def in_plain(text: str) -> str:
    """Without escapes of URLs and HTML, and in signs of the usual width."""
    if ESCAPES.search(text):
        from html import unescape  # its table of names takes long to import, and most texts have no escape

        text = unescape(unquote(text))
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def _from_base64(text: str) -> str | None:
    """The text that Base64 of either alphabet stands for; None where it stands for none."""
    signs = text.replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(signs[: len(signs) - (len(signs) % 4 == 1)] + "==").replace(b"\0", b"").decode()
    except ValueError:
        return None
