"""What a segment is: a rule of a closed shape over a guest's traits."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from chalicelib.canonical.definitions import Definition
from chalicelib.canonical.ids import SegmentId
from chalicelib.canonical.snapshots import HUB_ID

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "exists"]
Text = Annotated[str, StringConstraints(max_length=200)]
Scalar = bool | int | Text
"""Dates are ISO 8601 text; amounts are integers in minor units."""


Value = Scalar | Annotated[tuple[Scalar, ...], Field(min_length=1, max_length=200)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Closed):
    """One question about one trait, such as {"trait": "stats.last_departure.days_since", "op": "gte", "value": 365}."""

    trait: Annotated[str, StringConstraints(max_length=60)]
    op: Operator
    value: Value = True


class AllOf(Closed):
    rules: Annotated[tuple["Rule", ...], Field(alias="and", min_length=1, max_length=100)]


class AnyOf(Closed):
    rules: Annotated[tuple["Rule", ...], Field(alias="or", min_length=1, max_length=100)]


class NoneOf(Closed):
    rule: Annotated["Rule", Field(alias="not")]


def _shape(rule: Any) -> str:
    """Which of the four shapes a rule has, so that what is wrong is said about that shape alone."""
    names = rule if isinstance(rule, dict) else {}
    by_type: dict[type, str] = {AllOf: "all-of", AnyOf: "any-of", NoneOf: "none-of"}
    by_name = {"and": "all-of", "or": "any-of", "not": "none-of"}
    return next((by_name[name] for name in by_name if name in names), by_type.get(type(rule), "condition"))


Rule = Annotated[
    Annotated[AllOf, Tag("all-of")]
    | Annotated[AnyOf, Tag("any-of")]
    | Annotated[NoneOf, Tag("none-of")]
    | Annotated[Condition, Tag("condition")],
    Discriminator(_shape),
]


class Segment(Definition):
    """One saved rule; a run pins the version that it was launched with."""

    id: Annotated[SegmentId, HUB_ID]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    rule: Rule
