"""A rule as one function of packed traits: a campaign asks it of a million guests, and no model is made for any."""

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import reduce
from typing import Any

from chalicelib.canonical.errors import XeniaError
from chalicelib.guests.model import Traits
from chalicelib.guests.preferences import spelled_out
from chalicelib.guests.stats import CALENDARS, NEEDED, OF_THE_DAY, Days, Stats, tells
from chalicelib.segments.custom import FIELDS, days_of_field, may_be_compared
from chalicelib.segments.model import AllOf, AnyOf, Condition, NoneOf, Rule
from chalicelib.segments.profiled import packed_check
from chalicelib.segments.rules import ORDER, STATS, of_stats, question_of, value_of

PREFERENCES = "preferences"
Match = Callable[[str | None], bool]
"""Whether a guest's packed traits, as they lie on the head, match; None is a guest without any."""
Known = Mapping[str, Any]
Asked = Callable[[Known], bool]
NOTHING = Traits()
HOTEL_OF: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (STATS, "first_arrival"): (STATS, "first_hotel"),
    (STATS, "last_departure"): (STATS, "last_hotel"),
}
"""Where the hotel of a date stands."""


class Untold(XeniaError):
    """The packed traits do not say how many days lie ahead of this guest: the stays do."""


def compiled(rule: Rule, days: Days) -> Match:
    """The same as `profiled.belongs` says of the traits, taken apart once. A match raises Untold where the answer turns
    on days that the head does not list."""
    asked, may_be_asked = _compiled(rule, days), packed_check(rule, days)
    loads = json.loads

    def match(packed: str | None) -> bool:
        known = loads(packed) if packed else {}
        return may_be_asked(known) and asked(known)

    return match


def _compiled(rule: Rule, days: Days) -> Asked:
    match rule:
        case AllOf():
            every = [_compiled(each, days) for each in rule.rules]
            return lambda known: all(asked(known) for asked in every)
        case AnyOf():
            some = [_compiled(each, days) for each in rule.rules]
            return lambda known: any(asked(known) for asked in some)
        case NoneOf():
            inner = _compiled(rule.rule, days)
            return lambda known: not inner(known)
        case Condition():
            return _condition(rule, days)


def _condition(condition: Condition, days: Days) -> Asked:
    value, holds = _value(condition.trait, days), _holds(condition)
    if condition.trait.startswith(f"{FIELDS}."):  # what stands there may be of another kind by now

        def asked(known: Known) -> bool:
            found = value(known)
            return holds(found if found is None or may_be_compared(condition, found) else None)

        return asked
    return lambda known: holds(value(known))


def _value(trait: str, days: Days) -> Callable[[Known], Any]:
    """What is known by the dotted name. Packed traits leave out what is as it is without any word."""
    path, currency, sign = question_of(trait)
    default = value_of(trait, NOTHING, days)
    if of_stats(path, OF_THE_DAY):
        return _of_the_day(trait, NEEDED.get(path[-1], CALENDARS), default, days)
    if path[0] == FIELDS:
        return _of_field(path, days, sign)
    if path[0] == PREFERENCES:
        return lambda known: spelled_out(known.get(PREFERENCES, "")).get(path[-1], default)
    if currency:
        return lambda known: _at(known, path, {}).get(currency, 0)
    if sign:
        hotel = HOTEL_OF.get(path)
        return lambda known: _days(_at(known, path, None), days.of(_at(known, hotel, None) if hotel else None), sign)
    if len(path) == 1:
        (name,) = path
        return lambda known: known.get(name, default)
    return lambda known: _at(known, path, default)


def _of_field(path: tuple[str, ...], days: Days, sign: int) -> Callable[[Known], Any]:
    if sign:
        return lambda known: days_of_field(_at(known, path, None), days, sign)
    return lambda known: _at(known, path, None)


def _of_the_day(trait: str, needed: AbstractSet[str], default: Any, days: Days) -> Callable[[Known], Any]:
    """Of most guests nothing lies ahead. For the others a model is made of what is needed alone. Raises Untold."""

    def value(known: Known) -> Any:
        kept = known.get(STATS) or {}
        if needed.isdisjoint(kept):
            return default
        stats = Stats.model_validate({name: kept[name] for name in needed if name in kept})
        if not tells(stats, days):
            raise Untold
        return value_of(trait, Traits(stats=stats), days)

    return value


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
