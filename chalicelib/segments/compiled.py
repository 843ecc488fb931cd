"""A rule as one function of packed traits: a campaign asks it of a million guests, and no model is made for any."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Any

from chalicelib.guests.model import Traits
from chalicelib.segments.model import AllOf, AnyOf, Condition, NoneOf, Rule
from chalicelib.segments.rules import ORDER, question_of, value_of

Match = Callable[[str | None], bool]
"""Whether a guest's packed traits, as they lie on the head, match; None is a guest without any."""
Known = Mapping[str, Any]
Asked = Callable[[Known], bool]
NOTHING = Traits()


def compiled(rule: Rule, today: date) -> Match:
    """The same as `rules.matches` says of the traits, taken apart once."""
    asked = _compiled(rule, today)
    loads = json.loads
    return lambda packed: asked(loads(packed) if packed else {})


def _compiled(rule: Rule, today: date) -> Asked:
    match rule:
        case AllOf():
            every = [_compiled(each, today) for each in rule.rules]
            return lambda known: all(asked(known) for asked in every)
        case AnyOf():
            some = [_compiled(each, today) for each in rule.rules]
            return lambda known: any(asked(known) for asked in some)
        case NoneOf():
            inner = _compiled(rule.rule, today)
            return lambda known: not inner(known)
        case Condition():
            return _condition(rule, today)


def _condition(condition: Condition, today: date) -> Asked:
    value, holds = _value(condition.trait, today), _holds(condition)
    return lambda known: holds(value(known))


def _value(trait: str, today: date) -> Callable[[Known], Any]:
    """What is known by the dotted name. Packed traits leave out what is as it is without any word."""
    path, currency, sign = question_of(trait)
    default = value_of(trait, NOTHING, today)
    if currency:
        return lambda known: _at(known, path, {}).get(currency, 0)
    if sign:
        return lambda known: _days(_at(known, path, None), today, sign)
    if len(path) == 1:
        (name,) = path
        return lambda known: known.get(name, default)
    return lambda known: _at(known, path, default)


def _at(known: Known, path: tuple[str, ...], default: Any) -> Any:
    """Raises nothing: what is not there is as if nobody had said anything."""
    *outer, last = path
    inner: Any = reduce(lambda found, name: found.get(name) or {}, outer, known)
    return inner.get(last, default)


def _days(text: str | None, today: date, sign: int) -> int | None:
    return (today - date.fromisoformat(text)).days * sign if text else None


def _holds(condition: Condition) -> Callable[[Any], bool]:
    value: Any = condition.value
    match condition.op:
        case "exists":
            empty = (None, "", (), 0 if question_of(condition.trait).currency else None)
            return lambda known: bool(value) is (known not in empty)
        case "ne":
            return lambda known: bool(known != value)
        case "eq":
            return lambda known: known is not None and bool(known == value)
        case "in":
            return lambda known: known is not None and known in value
        case "contains":
            return lambda known: known is not None and value in known
        case "gt" | "gte" | "lt" | "lte":
            order = ORDER[condition.op]
            return lambda known: known is not None and bool(order(known, value))
