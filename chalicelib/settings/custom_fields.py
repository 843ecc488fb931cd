"""Fields of a guest that an operator defines: what they are called, and what may stand in them. Pure."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.canonical.time import is_date

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
FieldKind = Literal["text", "number", "date", "flag", "choice"]
FieldValue = bool | int | str
Choice = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
MOST_LETTERS = 60
"""Of a text: it lies on the guest's head, of which a kilobyte is written with every stay."""
LARGEST = 10**9
MOST_FIELDS = 10


class CustomField(BaseModel):
    """A field of a guest. `label` is what people read, `kind` what may stand in it: a text of at most 60 letters, a
    whole number, a date, a flag (true or false), or one of the `choices`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    kind: FieldKind
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _has_choices_where_it_is_one(self) -> Self:
        if (self.kind == "choice") is not bool(self.choices):
            raise ValueError("choices belong to a field of the kind choice, and to no other")
        return self

    def fault_of(self, value: FieldValue) -> str | None:
        """What is wrong with a value; None where it may stand there."""
        match self.kind:
            case "flag":
                return None if isinstance(value, bool) else "must be true or false"
            case "number":
                is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
                return None if is_number else f"must be a whole number of at most {LARGEST}"
            case "date":
                return None if isinstance(value, str) and is_date(value) else "must be a date, such as 2026-02-01"
            case "choice":
                return None if value in self.choices else f"must be one of {', '.join(self.choices)}"
            case "text":
                is_text = isinstance(value, str) and 0 < len(value) <= MOST_LETTERS
                return None if is_text else f"must be a text of at most {MOST_LETTERS} letters"
