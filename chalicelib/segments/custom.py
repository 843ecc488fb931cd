"""What a segment asks of fields that an operator defined: what stands there may be of another kind by now. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError
from chalicelib.canonical.time import is_date
from chalicelib.guests.stats import Days
from chalicelib.guests.traits import Kind
from chalicelib.segments.model import Condition
from chalicelib.settings.custom_fields import CustomField, FieldKind

Custom = Mapping[str, CustomField]
"""By name, the fields that the settings define."""
NO_FIELDS: Custom = {}
FIELDS = "fields"
"""The trait whose parts they are."""
KIND_OF_FIELD: Mapping[FieldKind, Kind] = {
    "text": "text", "number": "number", "date": "date", "flag": "yes_no", "choice": "text",
}  # fmt: skip


def kinds_of(custom: Custom) -> dict[str, Kind]:
    """By the name that a condition gives it."""
    return {f"{FIELDS}.{name}": KIND_OF_FIELD[field.kind] for name, field in custom.items()}


def fault_of_choice(condition: Condition, path: str, custom: Custom) -> FieldError | None:
    """Of what no guest can have."""
    field = custom.get(condition.trait.removeprefix(f"{FIELDS}."))
    if field is None or field.kind != "choice" or condition.op not in {"eq", "ne", "in"}:
        return None
    given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    wrong = [str(each) for each in given if each not in field.choices]
    return FieldError(f"{path}.value", f"is no choice; there is {known(field.choices, wrong[0])}") if wrong else None


def days_of_field(value: object, days: Days, sign: int) -> int | None:
    """Days since or until a date; None where none stands there."""
    if not isinstance(value, str) or not is_date(value):
        return None
    return (days.elsewhere - date.fromisoformat(value)).days * sign


def may_be_compared(condition: Condition, known_: Any) -> bool:
    """Whether what stands in a field is of the type that is asked for: to Python true is 1. Of the hub's own traits it
    always is."""
    if condition.op == "exists" or not condition.trait.startswith(f"{FIELDS}."):
        return True
    asked = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return any(type(known_) is type(each) for each in asked)
