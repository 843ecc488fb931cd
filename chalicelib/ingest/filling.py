"""What staff fill in of the fields that an operator defined: checked, and kept with the record they speak through."""

from collections.abc import Iterator, Mapping

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant
from chalicelib.connectors.cards import scrub_text
from chalicelib.guests.custom import statement
from chalicelib.guests.statements import Statement
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.said import Sayings
from chalicelib.settings.custom_fields import CustomField, FieldValue

Asked = Mapping[str, FieldValue | None]
"""By the name of a field; None empties it."""


def fill(leaf: Leaf, asked: Asked, defined: Mapping[str, CustomField], at: Instant, actor: str) -> None:
    """All of it, or nothing; what says nothing new writes nothing. Raises NotFound, Conflict, TryAgain, and Invalid for
    what may not stand there."""
    values = {name: _clean(value) for name, value in asked.items()}
    if faults := [*_faults(values, defined)]:
        raise Invalid(*faults)
    if values:
        said = Statement(about="", by="staff", at=at, actor=actor)
        profiles.store_sayings(Sayings(leaf, tuple(statement(name, values[name], said) for name in sorted(values)), at))


def _faults(asked: Asked, defined: Mapping[str, CustomField]) -> Iterator[FieldError]:
    for name, value in asked.items():
        field = defined.get(name)
        if field is None:
            yield FieldError(f"fields.{name[:40]}", f"is no field; there is {known(defined, name)}", "fields.?")
        elif value is not None and (fault := field.fault_of(value)):
            yield FieldError(f"fields.{name}", fault, "fields.?")


def _clean(value: FieldValue | None) -> FieldValue | None:
    """Without a card's number; blanks alone are nothing."""
    return (scrub_text(value.strip()) or None) if isinstance(value, str) else value
