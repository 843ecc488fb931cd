"""Card numbers, and fields a vendor lists as not to be kept, go before anything is queued."""

import json
import re
from collections.abc import Collection
from functools import cache
from math import isfinite
from typing import Any, NoReturn

from chalicelib.connectors.cards import REMOVED, may_hold_one, scrub_number
from chalicelib.connectors.cards import scrub_text as without_cards
from chalicelib.connectors.coded import UNSEEN, in_plain, may_be_coded, readings

DROPPED = "[removed]"
SIGNED_IN = frozenset({"authorization", "proxyauthorization", "cookie", "setcookie"})
"""Headers that sign somebody in: no vendor's notice has them by right."""
HEADERS = re.compile(r"(?i)\b((?:proxy-?)?authorization|(?:set-?)?cookie)([\"']?\s*[:=]\s*)(?!\[removed\]$)[^\r\n]+")
"""Up to the end of the line: in a cookie's a semicolon parts one secret from the next."""
TOKENS = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}|(?i:\b(bearer)[ +]+)[\w.~+/=-]{16,}")
"""JSON Web Tokens, and what is borne."""
MOST_READINGS = 3
"""One within another: a form that holds Base64 of a document with escapes."""
ESCAPES = re.compile(r"\\u[0-9A-Fa-f]{4}|\\[tnr]|%[0-7][0-9A-Fa-f]|\+(?=[0-9])")
FIELDS_WITHIN = re.compile(r'[{<=]|\A[\s\ufeff]*[\["]')
"""What a text that holds fields of its own has: JSON, XML, a form. Names, addresses and sentences have none of it."""
FIELD_NAME = re.compile("[A-Za-z0-9_]{1,40}")
NAMED_WITHIN = re.compile(rf"{FIELDS_WITHIN.pattern}|\w[\"']?\s*:")
"""The same with what is written as `AccessToken: …`; ids may have a colon, too, and are left alone."""
BEFORE_JSON = " \t\r\n\ufeff"
JOINTS = b"_-. "
WITHOUT_JOINTS = str.maketrans("", "", JOINTS.decode())
"""What stands between the words of a field's name, if anything."""
DOUBTFUL = re.compile(rf"[\\\n\ufffe\uffff{UNSEEN}]")
"""With any of these nothing is queued as it came: escapes, which may stand for anything, and which quotes within a text
need; lines; marks that no JSON begins with, and what SQS refuses. Digits that are not plain are doubtful, too."""
MOST_UNREADABLE = 64 * 1024
"""Bytes that are kept of what cannot be read: enough to see what it was meant to be."""


def scrub_unreadable(raw: bytes, dropped: Collection[str]) -> str:
    """What is no JSON as text, without card numbers and without whatever follows the name of a dropped field.

    Zero bytes go first: in UTF-16 one stands between any two digits. Escapes of JSON and of forms are read, for nothing
    else would see a card number through them.
    """
    text = ESCAPES.sub(_escaped, raw[:MOST_UNREADABLE].replace(b"\0", b"").decode("utf-8", "replace"))
    return _uncoded(_without_fields(text, dropped), dropped)


def _escaped(found: re.Match[str]) -> str:
    """The character that an escape stands for; a plus sign stands for a blank in forms."""
    escape = found[0]
    if escape[0] == "%" or escape[1:2] == "u":
        char = chr(int(escape.lstrip("%\\u"), 16))
        return " " if char < " " or "\ud800" <= char <= "\udfff" else char
    return " "


def _without_fields(text: str, dropped: Collection[str]) -> str:
    """A text without what follows the name of a dropped field, whatever the quotes and signs between."""
    text = HEADERS.sub(rf"\1\2{DROPPED}", text)
    return _values_of(frozenset(dropped)).sub(rf"\1{DROPPED}", text) if dropped else text


def scrub_text(text: str) -> str:
    """A text without card numbers and tokens."""
    return without_cards(TOKENS.sub(DROPPED, text) if len(text) > len("bearer ") else text)


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
        or may_hold_one(raw, text)
        or may_be_coded(raw, text)
        or any([name in text for name in _gone(frozenset(dropped))])  # noqa: C419 (a list is faster)
    )


def strip(document: Any, dropped: Collection[str], ids: Collection[str]) -> Any:
    """Copy a JSON document without the dropped fields and without card numbers, be they texts or numbers.

    The fields in `ids` are kept: an id stays an id.
    """
    if isinstance(document, str):
        return _strip_text(document, dropped, ids)
    if isinstance(document, int | float) and not isinstance(document, bool):
        return scrub_number(document)
    if isinstance(document, dict):
        gone = _gone(frozenset(dropped))
        return {
            _strip_text(name, dropped, ids): value
            if name.lower() in ids and _is_plain(value)
            else strip(value, dropped, ids)
            for name, value in document.items()
            if not _is_one_of(name, gone)
        }
    return [strip(each, dropped, ids) for each in document] if isinstance(document, list) else document


def is_listed(document: Any, names: frozenset[str]) -> bool:
    """Whether a document has no other fields than these."""
    if isinstance(document, dict):
        return document.keys() <= names and all(is_listed(each, names) for each in document.values())
    return not isinstance(document, list) or all(is_listed(each, names) for each in document)


def listed_only(document: Any, names: Collection[str]) -> Any:
    """Copy a document in which a field that is not listed has lost its value. Its name stays, so that its sender can be
    told of it, where it looks like one."""
    if isinstance(document, dict):
        return {
            name if FIELD_NAME.fullmatch(name) else "?": listed_only(value, names) if name in names else DROPPED
            for name, value in document.items()
        }
    return [listed_only(each, names) for each in document] if isinstance(document, list) else document


def _strip_text(text: str, dropped: Collection[str], ids: Collection[str]) -> str:
    """A document that is sent as a text is stripped like any other; what only looks like one, as a text."""
    if not NAMED_WITHIN.search(text):
        return _uncoded(text, dropped, ids)
    try:
        inner = strip(_within_text().decode(text.lstrip(BEFORE_JSON)), dropped, ids)
    except (ValueError, RecursionError):
        return _uncoded(_without_fields(text, dropped), dropped, ids)
    return json.dumps(inner, ensure_ascii=False, separators=(",", ":"))


def _uncoded(text: str, dropped: Collection[str], ids: Collection[str] = ()) -> str:
    """Without card numbers, and all of it gone where one of them, or a dropped field, stands in it coded."""
    left = scrub_text(text)
    if not may_be_coded(left.encode("utf-8", "replace"), left):
        return left
    is_read = len(left) <= MOST_UNREADABLE and not _hides(left, dropped, ids, MOST_READINGS)
    return left if is_read else DROPPED


def _hides(text: str, dropped: Collection[str], ids: Collection[str], depth: int) -> bool:
    """Whether another reading of it has what is to go. One that grows (a single sign may stand for eighteen) is not
    looked through."""
    return depth > 0 and any(
        len(reading) > MOST_UNREADABLE or _holds(reading, dropped, ids) or _hides(reading, dropped, ids, depth - 1)
        for reading in readings(text)
    )


def _holds(text: str, dropped: Collection[str], ids: Collection[str]) -> bool:
    """Whether something is to go of a text as it stands there."""
    try:
        inner = _strict().decode(text.lstrip(BEFORE_JSON))
        return bool(strip(inner, dropped, ids) != inner)
    except (ValueError, RecursionError):
        return scrub_text(left := _without_fields(text, dropped)) != left or left != text


def _is_one_of(name: str, gone: frozenset[str]) -> bool:
    """Whether a field is one of these, also where its name is coded."""
    plain = name if name.isascii() and "%" not in name and "&" not in name else in_plain(name).casefold()
    return plain.lower().translate(WITHOUT_JOINTS) in gone


def _is_plain(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and not FIELDS_WITHIN.search(value))


@cache
def _gone(dropped: frozenset[str]) -> frozenset[str]:
    return _without_joints(dropped) | SIGNED_IN


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
