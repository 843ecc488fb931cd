"""Bodies: strict JSON, bounded before it is parsed, then checked against a model with every fault by its field."""

import json
import math
import re
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.canonical.compact import values_in
from chalicelib.canonical.errors import FieldError, Invalid, TooLarge
from chalicelib.canonical.faults import Fault, by_field, names_in, told, told_as
from chalicelib.ingest.edge import MOST_VALUES

LARGEST = 4 * 1024 * 1024
DEEPEST = 64
LONGEST_NAME = 100
"""Characters of a field's name that are told back."""
SHOWN = 50
"""Faults told at once."""
# A text that never ends is one token, too: the scan stays linear whatever is sent.
TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[{]|[\]}]', re.DOTALL)
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

Json = Any
Model = TypeVar("Model", bound=BaseModel)


def parse(raw: bytes) -> Json:
    """Raises TooLarge, or Invalid with the field `body` and where in it."""
    _bound(raw)
    try:
        text = raw.decode("utf-8-sig")  # a byte order mark says nothing (RFC 8259, section 8.1)
    except UnicodeDecodeError as error:
        _refuse(f"is not UTF-8 at byte {error.start}")
    if not text.strip():
        _refuse("is empty: a JSON object is wanted")
    if nesting(text) > DEEPEST:
        _refuse(f"is nested more than {DEEPEST} deep")
    try:
        document = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        _refuse(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    except ValueError:  # Python's own limit for the digits of an integer
        _refuse("is not JSON that can be read: a number is too long")
    if ESCAPED_SURROGATE.search(text) and not _is_text(document):
        _refuse("has half of a surrogate pair: no text can hold it")
    return document


def _bound(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise TooLarge(f"A body may have {LARGEST} bytes.")
    if values_in(raw) > MOST_VALUES:
        raise TooLarge(f"A body may have {MOST_VALUES} values.")


def nesting(text: str) -> int:
    """The deepest nesting of brackets outside of texts."""
    depth = deepest = 0
    for token in TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest


def check(model: type[Model], document: Json) -> Model:
    """Raises Invalid, which names each field as the caller wrote it."""
    if not isinstance(document, dict):
        _refuse("must be a JSON object")
    try:
        # As JSON, where a text may be a date but 0 is not false: each field is of the type that is described.
        return model.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        faults = [(_path(each, document), each.words) for each in told(error, model)]
        names = names_in(model)
        found = by_field(faults).items()
        raise Invalid(*[_fault(path, words, names) for path, words in found][:SHOWN]) from None


def _fault(path: tuple[str, ...], words: str, names: frozenset[str]) -> FieldError:
    """Whoever asks is told their own words; a log is not."""
    said = ".".join(part[:LONGEST_NAME] for part in path)
    return FieldError(said or "body", words, told_as(path, names) or "body")


def _path(fault: Fault, document: Json) -> tuple[str, ...]:
    """Of a location, what the caller wrote: a part that the body lacks belongs to a union, or is what is missing."""
    found: list[str] = []
    node: Any = document
    for part in fault.location:
        is_field = (isinstance(node, dict) and part in node) or (isinstance(node, list) and isinstance(part, int))
        if is_field:
            found.append(str(part))
            node = node[part]
    return (*found, str(fault.location[-1])) if fault.is_missing else tuple(found)


def _refuse(message: str) -> NoReturn:
    raise Invalid(FieldError("body", message)) from None


def _no_constant(name: str) -> NoReturn:
    _refuse(f"has {name}, which JSON does not know")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse("has a number beyond what can be kept")
    return number


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Two values under one name: readers would differ in which they take."""
    document = dict(pairs)
    if len(document) < len(pairs):
        _refuse("has an object that names a field twice")
    return document


def _is_text(document: Json) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
