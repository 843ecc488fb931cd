"""What is wrong with a document, in words for who wrote it: pydantic finds it, and never speaks itself."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from chalicelib.canonical.choices import known

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]
Path = TypeVar("Path", str, tuple[str, ...])
ENUM_MEMBER = re.compile(r"<\w+\.\w+: ([^>]*)>")
"""As Python shows one where only some of an enumeration's words are taken."""
MOST_FAULTS = 1_000
"""Beyond these a document is not looked at more closely: each takes a thousand bytes."""
TOLD = 100
"""Faults for which words are found."""
HELPED = 10
"""Of these, names that are none and for which the nearest that are some are looked for: who misspells more of them
mends those and asks again."""
SENDERS = re.compile(r"(?!(?:[^0-9]*[0-9]){5})[A-Za-z0-9_-]{1,40}", re.ASCII)
"""What of a name that its sender made up is told back: what looks like one, and not like an address or a number."""
PLACE = re.compile("[0-9]{1,6}", re.ASCII)
"""Of an entry in a list."""
NO_TAG, EMPTY = "union_tag_not_found", "must not be empty"
UNKNOWN, NO_FIELD = "extra_forbidden", "is not a field of this"
NAME = "[key]"
"""How pydantic's location ends where the name of an entry is wrong, and not its value."""

WORDS: Mapping[str, str] = {
    "missing": "is required",
    "none_required": "must be null",
    "finite_number": "must be a finite number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "too_short": "must have at least {min_length} entries",
    "too_long": "may have at most {max_length} entries",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "string_unicode": "must be text without halves of surrogate pairs",
    "int_parsing_size": "is a number beyond what can be kept",
    "timezone_aware": "must name its time zone, such as 2026-02-01T14:00:00Z",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-02-01",
}
"""Pydantic's types of errors, with what they know of the bound."""
FORMS: Mapping[str, str] = {
    "string": "must be text",
    "int": "must be a whole number",
    "float": "must be a number",
    "decimal": "must be a decimal number",
    "bool": "must be true or false",
    "list": "must be a list",
    "tuple": "must be a list",
    "set": "must be a list",
    "frozen": "must be a list",
    "iterable": "must be a list",
    "dict": "must be an object",
    "mapping": "must be an object",
    "model": "must be an object",
    "dataclass": "must be an object",
    "date": "must be a date, such as 2026-02-01",
    "datetime": "must be an instant with its time zone, such as 2026-02-01T14:00:00Z",
    "time": "must be a time of day, such as 14:30",
    "url": "must be a web address",
    "uuid": "must be a UUID",
}
"""What was wanted, by how the type of the error begins."""
PATTERNS: Mapping[str, str] = {
    r"^[a-z0-9_-]{1,64}$": "must have 1 to 64 of a-z, 0-9, _ and -",
    r"^[a-z0-9_-]{1,16}$": "must have 1 to 16 of a-z, 0-9, _ and -",
    r"^[a-z0-9-]{1,16}$": "must have 1 to 16 of a-z, 0-9 and -",
    r"^(@week|@month|[a-z0-9-]{1,16})$": "must be @week, @month, or the id of a topic",
    r"^[a-z]{2,3}$": "must be a language by its two or three letters, such as de",
    r"^#[0-9a-f]{6}$": "must be a colour such as #1f5f8b",
    r"^[A-Z]{2}$": "must be a country by its two letters (ISO 3166-1), such as AT",
    r"^[A-Z]{3}$": "must be a currency by its three letters (ISO 4217), such as EUR",
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$": "must be a language by its code, such as de or pt-BR",
    r"^\+[1-9][0-9]{5,14}$": "must be a telephone number with its country, such as +4315550100",
    r"^[^\s@A-Z.,_+-]{2,40}$": "must be 2 to 40 small letters, as an address begins, such as reception",
    r"^https://[!-~]+$": "must be a web address that begins with https://",
    r"^https?://[!-~]+$": "must be a web address",
    r"^[!-~]+$": "must be of visible ASCII characters, without blanks",
    r"^\d{1,6}(\.\d{1,4})?$": 'must be a decimal number as text with at most four places, such as "1.5"',
    r"^[0-9]{1,9}(\.[0-9]{1,12})?$": 'must be a rate as text with at most twelve places, such as "0.92"',
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$": "must be an instant, such as 2026-02-01T14:00:00.000000Z",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "must be a time of day, such as 14:30",
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$": "must be a domain, such as mail.hotel.example",
}


class Fault(NamedTuple):
    """`location` is pydantic's: the tags and types of unions stand between the fields. No value is repeated."""

    location: Location
    words: str
    is_missing: bool


def told(error: ValidationError, model: object) -> list[Fault]:
    """Where in a document of `model` something is wrong, and what."""
    if error.error_count() > MOST_FAULTS:
        return [Fault((), f"has more than {MOST_FAULTS} faults", is_missing=False)]
    found = error.errors(include_url=False, include_input=False)[:TOLD]
    misnamed = {each["loc"][:-1] for each in found if each["loc"][-1:] == (NAME,)}
    unhelped = set([at for at, each in enumerate(found) if each["type"] == UNKNOWN][HELPED:])
    return [
        Fault(_place(each), NO_FIELD if at in unhelped else _words(each, model), each["type"] in {"missing", NO_TAG})
        for at, each in enumerate(found)
        if each["loc"] not in misnamed  # what stands under a name that is none is nobody's
    ]


def shown(path: Iterable[int | str]) -> str:
    """A path as its sender is told of it."""
    return ".".join(part if SENDERS.fullmatch(part) or PLACE.fullmatch(part) else "?" for part in map(str, path))


def told_as(path: Iterable[int | str], names: Collection[str]) -> str:
    """A path for logs and letters: with the names that are known, and not with those that somebody made up."""
    return ".".join(part if part in names or PLACE.fullmatch(part) else "?" for part in map(str, path))


@cache
def names_in(model: type[BaseModel]) -> frozenset[str]:
    """Of all fields that a document of `model` may have anywhere."""
    found: set[str] = set()
    waiting, seen = [model], {model}
    while waiting:
        for name, field in waiting.pop().model_fields.items():
            found |= {name, field.alias or name}
            inner = set(_models_within(field.annotation)) - seen
            seen |= inner
            waiting += inner
    return frozenset(found)


def _models_within(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_within(each)


def _place(error: "ErrorDetails") -> Location:
    """Pydantic says of a union that it has no such member: what is wrong is the field that names it. Of a name in an
    object it says so in a part of its own."""
    if error["loc"][-1:] == (NAME,):
        return error["loc"][:-1]
    named = error.get("ctx", {}).get("discriminator", "") if error["type"].startswith("union_tag_") else ""
    return (*error["loc"], named.strip("'")) if named.startswith("'") else error["loc"]


def by_field(faults: Iterable[tuple[Path, str]]) -> dict[Path, str]:
    """One message a field: where it may be one of several things, what each of them would need."""
    found: dict[Path, list[str]] = {}
    for field, words in faults:
        found.setdefault(field, []).append(words)
    return {field: ", or ".join(dict.fromkeys(each)) for field, each in found.items()}


def _words(error: "ErrorDetails", model: object) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == UNKNOWN:
        *outer, name = error["loc"]
        return f"{NO_FIELD}; there is {known(_fields(model, tuple(outer)), str(name))}"
    match kind:
        case "value_error" | "assertion_error":
            return str(context["error"])
        case "literal_error" | "enum":
            expected = ENUM_MEMBER.sub(r"\1", context["expected"].replace(" or ", ", "))
            return f"must be one of {expected.replace(chr(39), '')}"
        case "union_tag_invalid" | "union_tag_not_found":
            return _words_of_tag(error, model)
        case "string_pattern_mismatch":
            return PATTERNS.get(context["pattern"], "is not of the form that this field has")
    if kind in WORDS:
        return EMPTY if context.get("min_length") == 1 else WORDS[kind].format_map(context)
    return FORMS.get(kind.partition("_")[0], "is not what this field takes")


def _words_of_tag(error: "ErrorDetails", model: object) -> str:
    if error["type"] != NO_TAG:
        return f"must be one of {error['ctx']['expected_tags'].replace(chr(39), '')}"
    tags = _tags(_at(model, error["loc"]), str(_place(error)[-1]))
    return f"is required; there is {', '.join(tags)}" if tags else WORDS["missing"]


def _fields(model: object, location: Location) -> set[str]:
    """The names of an object's fields, by where it stands in a document of `model`."""
    return {field.alias or name for each in _at(model, location) for name, field in each.model_fields.items()}


def _at(model: object, location: Location) -> list[type[BaseModel]]:
    """What an object may be, by where it stands in a document of `model`."""
    here = list(_shapes(model))
    for part in location:
        # The tag of a union is a step that leads nowhere: it says which of its members is meant.
        tagged: list[object] = [each for each in _models(here) if part in _tags([each])] if len(here) > 1 else []
        here = tagged or [each for shape in here for each in _inside(shape, part)] or here
    return _models(here)


def _models(shapes: Iterable[object]) -> list[type[BaseModel]]:
    return [each for each in shapes if isinstance(each, type) and issubclass(each, BaseModel)]


def _tags(models: Iterable[type[BaseModel]], field: str = "") -> list[str]:
    """The words by which these tell themselves apart, in a field or in any."""
    named = (each for model in models for name, each in model.model_fields.items() if not field or name == field)
    return [str(word) for each in named if get_origin(each.annotation) is Literal for word in get_args(each.annotation)]


def _inside(shape: object, part: int | str) -> Iterator[object]:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            if part in {name, field.alias}:
                yield from _shapes(field.annotation)
    elif isinstance(part, int) or get_origin(shape) is dict:
        for each in get_args(shape)[-1:] if get_origin(shape) is dict else get_args(shape):
            yield from _shapes(each)


def _shapes(annotation: Any) -> Iterator[object]:
    """Every shape that a union, or what is written around one, allows."""
    if get_origin(annotation) is Annotated:
        yield from _shapes(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        for each in get_args(annotation):
            yield from _shapes(each)
    else:
        yield annotation
