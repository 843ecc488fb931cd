"""What it takes to hold two records for one person's: what each field weighs, and from which score on. Pure.

The scores are bits: log2 of how much likelier one person is than two. `identity/weights` says how fields compare.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

FieldName = Literal[
    "given", "family", "names", "born", "postcode", "city", "street", "country", "phone", "email", "member"
]
Level = Literal["same", "nickname", "alike", "initial", "part", "some", "other", "swapped", "turned"]
"""How a field of two records compares."""
Bits = Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)]
Weights = Mapping[FieldName, Mapping[Level, float]]

SHIPPED_WEIGHTS: Weights = {
    "given": {"same": 6.5, "nickname": 4, "alike": 5, "initial": 2, "some": 1.5, "other": -5},
    "family": {"same": 8, "alike": 6.5, "part": 5, "some": 2.5, "other": -3.5},
    "names": {"swapped": 11.5},
    "born": {"same": 13, "turned": 9, "alike": 3, "some": -2, "other": -5},
    "postcode": {"same": 9, "alike": 3.5, "other": -3},
    "city": {"same": 3.5, "alike": 3.5, "other": -2.5},
    "street": {"same": 9, "alike": 8, "some": 2.5, "other": -2.5},
    "country": {"same": 1.5, "other": -3},
    "phone": {"same": 12, "other": -1.5},
    "email": {"same": 12},
    "member": {"same": 16},
}
"""As counted over the pairs of the four febrl sets of the Freely Extensible Biomedical Record Linkage project whose
people are known, and rounded; but what hotels' guests share more often than those people do weighs less (a city,
a given name), and countries, telephones, e-mail addresses and member numbers, which those sets lack, are estimates.
`hub identity audit` counts a hotel's own."""
REVIEW_FROM, AUTO_FROM = 20.0, 31.0
"""Of two records of a group of some hundred thousand guests about one in a million pairs is one person's, which speaks
against any pair by 20 bits: from there on one person is the likelier. 11 bits more, and one in two thousand is
wrong."""


class Matching(BaseModel):
    """When two records are one person's. From `auto_from` on, in bits, they are joined where nothing contradicts; from
    `review_from` on they are a merge candidate; below they are two.

    `weights` says what a field weighs at a level, in bits; what is left out weighs what the hub ships. Whoever lowers
    `auto_from` joins strangers: below 20 bits two people are the likelier.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    review_from: Annotated[float, Field(ge=10, le=100)] = REVIEW_FROM
    auto_from: Annotated[float, Field(ge=20, le=100, validate_default=True)] = AUTO_FROM
    weights: dict[FieldName, dict[Level, Bits]] = {}

    @field_validator("auto_from")
    @classmethod
    def _not_below_review(cls, auto_from: float, others: ValidationInfo) -> float:
        review_from = others.data.get("review_from")
        if review_from is not None and auto_from < review_from:
            raise ValueError("must not be below review_from")
        return auto_from

    @field_validator("weights")
    @classmethod
    def _of_levels_that_there_are(cls, weights: dict[FieldName, dict[Level, float]]) -> Any:
        for field, levels in weights.items():
            if unknown := sorted(levels.keys() - SHIPPED_WEIGHTS[field].keys()):
                raise ValueError(f"{field} has no level {unknown[0]}: it has {', '.join(SHIPPED_WEIGHTS[field])}")
        return weights

    def bits(self, field: FieldName, level: Level) -> float:
        """What a field weighs at one of its levels."""
        own = self.weights.get(field)
        return own[level] if own and level in own else SHIPPED_WEIGHTS[field][level]

    def weighing(self, weights: Weights) -> Self:
        """With these weights in place of those of the same names."""
        merged = {field: {**self.weights.get(field, {}), **weights.get(field, {})} for field in get_args(FieldName)}
        told = {**self.model_dump(), "weights": {field: levels for field, levels in merged.items() if levels}}
        return type(self).model_validate(told)


SHIPPED_MATCHING = Matching()
"""Where nothing is set."""
