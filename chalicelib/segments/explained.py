"""Why a guest is in a segment or not: each part of the rule, whether it holds, and by which value. Pure."""

from dataclasses import dataclass
from typing import Any

from chalicelib.guests.model import Traits
from chalicelib.guests.stats import Days
from chalicelib.segments.model import AllOf, AnyOf, Condition, NoneOf, Rule
from chalicelib.segments.rules import matches, value_of


@dataclass(frozen=True)
class Explained:
    """A part of a rule, and the parts within it; `known` is what a condition was asked of."""

    rule: Rule
    holds: bool
    known: Any = None
    within: tuple["Explained", ...] = ()


def explained(rule: Rule, traits: Traits, days: Days) -> Explained:
    """Of each part `matches` itself says whether it holds: there is no second word about that."""
    within = tuple(explained(each, traits, days) for each in _parts(rule))
    known = value_of(rule.trait, traits, days) if isinstance(rule, Condition) else None
    return Explained(rule, matches(rule, traits, days), known, within)


def _parts(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case AllOf() | AnyOf():
            return rule.rules
        case NoneOf():
            return (rule.rule,)
        case Condition():
            return ()
