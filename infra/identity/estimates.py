"""From a trained model of Splink to weights as the settings hold them: plain values in, plain values out."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, cast

from chalicelib.settings.matching import SHIPPED_WEIGHTS, FieldName, Level, Weights

MOST_BITS = 20.0
"""Of one weight, either way: what a setting takes."""
FEWEST_MATCHES = 200
"""Pairs that are one person's with hardly a doubt: from fewer nothing is learned."""


def weights_of(model: Mapping[str, Any], matches: int) -> Weights:
    """In bits, of each level that both kinds of pairs were seen at; none where there are too few `matches`. What is
    less than the same never weighs more, and what is another thing never more than anything else does."""
    if matches < FEWEST_MATCHES:
        return {}
    found = {field: dict(_levels(field, told)) for told in model["comparisons"] if (field := _field(told))}
    ordered = {field: _in_order(levels) for field, levels in found.items()}
    return {field: levels for field, levels in ordered.items() if levels}


def _field(comparison: Mapping[str, Any]) -> FieldName | None:
    name = comparison["output_column_name"]
    return cast("FieldName", name) if name in SHIPPED_WEIGHTS else None


def _levels(field: FieldName, comparison: Mapping[str, Any]) -> Iterator[tuple[Level, float]]:
    for told in comparison["comparison_levels"]:
        level = told.get("label_for_charts")
        chances = told.get("m_probability"), told.get("u_probability")
        if level in SHIPPED_WEIGHTS[field] and all(isinstance(each, float) and each > 0 for each in chances):
            bits = math.log2(chances[0] / chances[1])
            yield cast("Level", level), round(max(-MOST_BITS, min(MOST_BITS, bits)), 1)


def _in_order(levels: Mapping[Level, float]) -> dict[Level, float]:
    """None at all where the same would weigh less than another thing: then nothing was learned of the field."""
    most, least = levels.get("same", MOST_BITS), levels.get("other", -MOST_BITS)
    return {level: min(max(bits, least), most) for level, bits in levels.items()} if least < most else {}


def even_at(model: Mapping[str, Any]) -> float | None:
    """The score, in bits, at which two records are as likely one person's as two people's."""
    chance = model.get("probability_two_random_records_match")
    return round(math.log2((1 - chance) / chance), 1) if isinstance(chance, float) and 0 < chance < 1 else None
