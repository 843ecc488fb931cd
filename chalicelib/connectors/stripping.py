"""Card numbers, and fields a vendor lists as not to be kept, go before anything is queued."""

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from itertools import accumulate
from math import isfinite
from typing import Any, NoReturn

REMOVED, DROPPED = "[card number removed]", "[removed]"
SHORTEST = 13
"""Digits of a card number."""
BETWEEN = "[ \\t\\r\\n\u00a0\u2000-\u200a\u202f\u3000\u2010-\u2015\u2212-]{0,3}"
"""What people put between the groups of a card number: blanks of any width, and dashes of any length."""
DIGIT_RUNS = re.compile(f"(\\+?)([0-9](?:{BETWEEN}[0-9]){{12,}})")
LONGEST_PHONE = 15
"""Digits of a telephone number in international form (ITU-T E.164), which a plus sign announces."""
GROUPS = re.compile("[0-9]+")
ESCAPES = re.compile(r"\\u[0-9A-Fa-f]{4}|\\[tnr]|%[0-7][0-9A-Fa-f]|\+(?=[0-9])")
BRANDS: tuple[tuple[re.Pattern[str], frozenset[int]], ...] = (
    (re.compile("4"), frozenset({13, 16, 19})),  # Visa
    (re.compile("5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), frozenset({16})),  # Mastercard
    (re.compile("3[47]"), frozenset({15})),  # American Express
    (re.compile("30[0-5]|3095|3[689]"), frozenset(range(14, 20))),  # Diners Club
    (re.compile("6011|64[4-9]|65|622"), frozenset(range(16, 20))),  # Discover
    (re.compile("35(?:2[89]|[3-8])"), frozenset(range(16, 20))),  # JCB
    (re.compile("62|81"), frozenset(range(16, 20))),  # UnionPay
    (re.compile("50(?:18|20|38)|5893|6304|6759|676[1-3]"), frozenset(range(13, 20))),  # Maestro
)
"""Issuer prefixes and lengths by ISO/IEC 7812 as the brands publish them; Luhn alone takes one digit run in ten."""
FIELDS_WITHIN = re.compile(r'[{<=]|\A[\s\ufeff]*[\["]')
"""What a text that holds fields of its own has: JSON, XML, a form. Names, addresses and sentences have none of it."""
BEFORE_JSON = " \t\r\n\ufeff"
JOINTS = b"_-. "
WITHOUT_JOINTS = str.maketrans("", "", JOINTS.decode())
"""What stands between the words of a field's name, if anything."""
PLAIN_DIGITS = {zero + digit: str(digit) for zero in (0xFF10, 0x0660, 0x06F0, 0x0966) for digit in range(10)}
"""Full-width, Arabic, Persian and Hindi digits."""
DOUBTFUL = re.compile(rf"[\\\n\ufeff\ufffe\uffff{''.join(map(chr, PLAIN_DIGITS))}]")
"""With any of these nothing is queued as it came: escapes, which may stand for anything, and which quotes within a text
need; lines; marks that no JSON begins with, and what SQS refuses; digits that are not plain."""
ZEROS, AMONG_DIGITS = bytes.maketrans(b"123456789", b"0" * 9), b" \t\r-" + bytes(range(0x80, 0x100))
"""To see a run of digits: each of them as a zero, without what may stand between (blanks, dashes, all but ASCII)."""
DOUBLED = str.maketrans("0123456789", "0246813579")
"""Luhn's doubling, digits of the product summed."""


def is_card_number(digits: str) -> bool:
    """Whether a run of digits is a card number: a known issuer's prefix, that brand's length, and the Luhn check."""
    return len(digits) in _lengths(digits[:4]) and len(set(digits)) > 1 and _passes_luhn(digits)


@cache
def _lengths(prefix: str) -> frozenset[int]:
    """How many digits a card number may have that begins with these four."""
    return frozenset(length for issuer, lengths in BRANDS if issuer.match(prefix) for length in lengths)


def _passes_luhn(digits: str) -> bool:
    backwards = digits[::-1]
    return sum(map(int, backwards[::2] + backwards[1::2].translate(DOUBLED))) % 10 == 0


def scrub_text(text: str) -> str:
    """Replace every card number in a text, written in one run or in groups with blanks or dashes.

    Digits of other scripts become plain ones: a full-width card number is a card number.
    """
    if len(text) < SHORTEST:
        return text
    return DIGIT_RUNS.sub(_scrub_run, text if text.isascii() else text.translate(PLAIN_DIGITS))


def _scrub_run(found: re.Match[str]) -> str:
    """Try every sequence of whole groups in the run: a room number may stand before the card number.

    A plus sign announces a telephone number: a tenth of the German ones would pass for a Visa card of 13 digits.
    """
    plus, run = found.groups()
    groups = [each.span() for each in GROUPS.finditer(run)]
    digits = "".join(GROUPS.findall(run))
    if plus and len(digits) <= LONGEST_PHONE:
        return found[0]
    offsets = list(accumulate((end - start for start, end in groups), initial=0))
    group_at = {offset: number for number, offset in enumerate(offsets)}
    parts: list[str] = []
    at = number = 0
    while number < len(groups):
        following = _group_after_card(digits, offsets[number], group_at)
        if following:
            parts += [run[at : groups[number][0]], REMOVED]
            at = groups[following - 1][1]
        number = following or number + 1
    return "".join([plus, *parts, run[at:]])


def _group_after_card(digits: str, start: int, group_at: Mapping[int, int]) -> int | None:
    """The number of the group that follows the card number at `start`; None where none begins there.

    The longest is taken: the first sixteen digits of nineteen pass the Luhn check now and then.
    """
    ends = (start + length for length in sorted(_lengths(digits[start : start + 4]), reverse=True))
    return next((group_at[end] for end in ends if end in group_at and is_card_number(digits[start:end])), None)


def scrub_unreadable(raw: bytes, dropped: Collection[str]) -> str:
    """What is no JSON as text, without card numbers and without whatever follows the name of a dropped field.

    Zero bytes go first: in UTF-16 one stands between any two digits. Escapes of JSON and of forms are read, for nothing
    else would see a card number through them.
    """
    text = ESCAPES.sub(_escaped, raw.replace(b"\0", b"").decode("utf-8", "replace"))
    return scrub_text(_without_fields(text, dropped))


def _escaped(found: re.Match[str]) -> str:
    """The character that an escape stands for; a plus sign stands for a blank in forms."""
    escape = found[0]
    if escape[0] == "%" or escape[1:2] == "u":
        char = chr(int(escape.lstrip("%\\u"), 16))
        return " " if char < " " or "\ud800" <= char <= "\udfff" else char
    return " "


def _without_fields(text: str, dropped: Collection[str]) -> str:
    """A text without what follows the name of a dropped field, whatever the quotes and signs between."""
    return _values_of(frozenset(dropped)).sub(rf"\1{DROPPED}", text) if dropped else text


@cache
def _values_of(fields: frozenset[str]) -> re.Pattern[str]:
    """A field's name and its value: up to the end of its quotes, which a text within a text escapes, or of the line."""
    spelt = sorted(_without_joints(fields), key=len, reverse=True)
    names = "|".join("[_. -]?".join(map(re.escape, name)) for name in spelt)
    escaped = r"""(?P<escapes>\\{1,64})"(?:(?!(?<!\\)(?P=escapes)").)*"""
    return re.compile(
        rf"""(?i)((?:{names})(?:\\{{0,64}}["'])?\s*[:=>]\s*)({escaped}|"(?:[^"\\]|\\.)*"?|[^,;&}}\r\n]*)"""
    )


def is_clean(raw: bytes, dropped: Collection[str]) -> bool:
    """Whether nothing of this JSON is to go, so that it may be queued as it came; where that takes a closer look, it is
    not: most notices hold neither a dropped field's name nor as many digits as a card number."""
    text = raw.translate(None, JOINTS).decode().casefold()
    return not (
        DOUBTFUL.search(text)
        or b"0" * SHORTEST in raw.translate(ZEROS, AMONG_DIGITS)
        or any([name in text for name in _without_joints(frozenset(dropped))])  # noqa: C419 (a list is faster)
    )


def strip(document: Any, dropped: Collection[str], ids: Collection[str]) -> Any:
    """Copy a JSON document without the dropped fields and without card numbers.

    JSON numbers and the fields in `ids` are kept: a tenth of all epoch milliseconds pass the Luhn check.
    """
    if isinstance(document, str):
        return _strip_text(document, dropped, ids)
    if isinstance(document, dict):
        gone = _without_joints(frozenset(dropped))
        return {
            scrub_text(name): value if name.lower() in ids and _is_plain(value) else strip(value, dropped, ids)
            for name, value in document.items()
            if name.lower().translate(WITHOUT_JOINTS) not in gone
        }
    return [strip(each, dropped, ids) for each in document] if isinstance(document, list) else document


def _strip_text(text: str, dropped: Collection[str], ids: Collection[str]) -> str:
    """A document that is sent as a text is stripped like any other; what only looks like one, as a text."""
    if not FIELDS_WITHIN.search(text):
        return scrub_text(text)
    try:
        inner = strip(_within_text().decode(text.lstrip(BEFORE_JSON)), dropped, ids)
    except (ValueError, RecursionError):
        return scrub_text(_without_fields(text, dropped))
    return json.dumps(inner, ensure_ascii=False, separators=(",", ":"))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and not FIELDS_WITHIN.search(value)


@cache
def _without_joints(names: frozenset[str]) -> frozenset[str]:
    """`access_token`, `AccessToken` and `access-token` are one field."""
    return frozenset(name.translate(WITHOUT_JOINTS) for name in names)


def parse(body: bytes) -> Any:
    """Read strict JSON. Raises ValueError for invalid UTF-8, numbers beyond a float's range, and too deep nesting.

    A byte order mark says nothing in UTF-8, and some senders write one: it may be passed over (RFC 8259, section 8.1).
    """
    try:
        return _strict().decode(body.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError("the document is nested too deeply") from error


@cache
def _strict() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)


@cache
def _within_text() -> json.JSONDecoder:
    """In a text a card number is one also where no quotes stand around it."""
    return json.JSONDecoder(parse_constant=_refuse, parse_float=_scrubbed_number, parse_int=_scrubbed_number)


def _scrubbed_number(text: str) -> float | str:
    if scrub_text(text) != text:
        return REMOVED
    return int(text) if text.lstrip("-").isdigit() else _finite(text)


def _finite(text: str) -> float:
    value = float(text)
    return value if isfinite(value) else _refuse(text[:20])


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
