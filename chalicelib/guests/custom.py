"""What stands in the fields of a guest that an operator defined. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from chalicelib.canonical.ids import Scope
from chalicelib.guests.model import Head
from chalicelib.guests.preferred import Preferred, counting
from chalicelib.guests.statements import FIELDS, Form, Statement
from chalicelib.settings.custom_fields import CustomField, FieldValue


class Filled(NamedTuple):
    """A value, and whose word it is."""

    value: FieldValue
    told: Preferred


def filled(
    records: Iterable[Head], fields: Mapping[str, CustomField], own: Collection[Scope] = ()
) -> dict[str, Filled]:
    """By name, of the fields that are defined, what may stand there as they are defined by now."""
    saying = [head for head in records if any(each.about.startswith(FIELDS) for each in head.statements)]
    found = counting(saying, own, {f"{FIELDS}{name}" for name in fields}) if saying else {}
    values = {name: Filled(read(told), told) for name in fields if (told := found.get(f"{FIELDS}{name}"))}
    return {
        name: each for name, each in values.items() if each.told.values and fields[name].fault_of(each.value) is None
    }


def read(told: Preferred) -> FieldValue:
    text = next(iter(told.values), "")
    match told.form:
        case "number":
            return int(text)
        case "flag":
            return text == "true"
        case "text":
            return text


def written(value: FieldValue) -> tuple[Form, str]:
    """How a statement keeps it."""
    if isinstance(value, bool):
        return "flag", str(value).lower()
    return ("number", str(value)) if isinstance(value, int) else ("text", value)


def statement(name: str, value: FieldValue | None, like: Statement) -> Statement:
    """That it stands in this field, or that nothing does: said as `like` was."""
    form, text = written("" if value is None else value)
    return like.saying(f"{FIELDS}{name}", form, () if value is None else (text,))
