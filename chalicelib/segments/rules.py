"""Whether a rule makes sense, and whether a guest matches it."""

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import is_date
from chalicelib.guests.model import Traits
from chalicelib.guests.stats import HOTELS, OF_THE_DAY, Days, GuestState, Stats
from chalicelib.guests.traits import IDENTIFYING, Kind, kinds
from chalicelib.properties.world import country_fault, currencies, currencies_ever
from chalicelib.segments import custom as fields
from chalicelib.segments.custom import FIELDS, NO_FIELDS, Custom
from chalicelib.segments.model import AllOf, AnyOf, Condition, NoneOf, Rule

MOST_DEPTH = 8
MOST_CONDITIONS, MOST_GROUPS = 100, 50
"""More than anybody puts together by hand; a page that shows them all to be changed is still one that loads."""
MOST_BYTES = 120_000
"""Beside a template of 240,000 this fits in the one row that a run keeps of both: those end at 409,600."""

STATS = "stats"
"""The trait whose parts depend on the day."""
Answer = Callable[[Stats, Days], Any]
KINDS = kinds()
CURRENCY = re.compile(r"[A-Z]{3}")
DAYS = {"days_since": 1, "days_until": -1}
"""Days between a date trait and today are numbers of their own."""

COUNTRIES, AT_HOTELS, STATE = ("country", "address.country"), "stats.properties", "stats.state"
WANTED: dict[Kind, str] = {
    "text": "text", "number": "a whole number", "date": "a date, such as 2026-02-01", "yes_no": "true or false",
    "list": "text", "amounts": "text",
}  # fmt: skip
"""Of what type a value is."""

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip
NAMING = frozenset({"eq", "ne", "in", "contains"})
"""Operators whose value is what a trait is, or is not."""
TAKES: dict[Kind, frozenset[str]] = {
    "text": frozenset({"eq", "ne", "in", "contains", "exists"}),
    "number": frozenset({"eq", "ne", "in", "exists", *ORDER}),
    "date": frozenset({"eq", "ne", "in", "exists", *ORDER}),
    "yes_no": frozenset({"eq", "ne", "exists"}),
    "list": frozenset({"contains", "exists"}),
    "amounts": frozenset(),
}


def check(rule: Rule, custom: Custom = NO_FIELDS) -> None:
    """`custom` are the fields that the settings define. Raises Invalid for unknown traits, operators and values that do
    not fit a trait, and rules that are too large."""
    faults = [fault for fault in _faults(rule, "rule", 1, custom) if fault]
    faults += too_many(sum(1 for _ in conditions(rule)), _groups(rule))
    if len(rule.model_dump_json(by_alias=True).encode()) > MOST_BYTES:
        faults.append(FieldError("rule", f"has more than {MOST_BYTES} bytes"))
    if faults:
        raise Invalid(*faults[:20])


def too_many(conditions: int, groups: int) -> list[FieldError]:
    """What is wrong with a rule of so many parts."""
    bounds = ((conditions, MOST_CONDITIONS, "conditions"), (groups, MOST_GROUPS, "groups"))
    return [FieldError("rule", f"has more than {most} {called}") for count, most, called in bounds if count > most]


def check_hotels(rule: Rule, there_is: Collection[PropertyId]) -> None:
    """Raises Invalid for hotels that the hub does not have: nobody could ever have been there."""
    named = [
        (path, each.value) for path, each in _placed(rule, "rule") if each.trait == AT_HOTELS and each.op in NAMING
    ]
    told = "is no property of the hub; there is {}"
    faults = [
        FieldError(f"{at}.value", told.format(known(there_is, str(id_)))) for at, id_ in named if id_ not in there_is
    ]
    if faults:
        raise Invalid(*faults[:20])


def names_somebody(rule: Rule) -> bool:
    """Whether it holds what may tell who somebody is, such as an address; an age or a name that is there does not."""
    return any(
        each.op in NAMING and (each.trait in IDENTIFYING or each.trait.startswith(f"{FIELDS}."))
        for each in conditions(rule)
    )


def _faults(rule: Rule, path: str, depth: int, custom: Custom) -> Iterator[FieldError | None]:
    if depth > MOST_DEPTH:
        yield FieldError(path, f"is nested more than {MOST_DEPTH} deep")
        return
    match rule:
        case Condition():
            yield _fault(rule, path, custom)
        case NoneOf():
            yield from _faults(rule.rule, f"{path}.not", depth + 1, custom)
        case AllOf() | AnyOf():
            name = "and" if isinstance(rule, AllOf) else "or"
            for at, each in enumerate(rule.rules):
                yield from _faults(each, f"{path}.{name}.{at}", depth + 1, custom)


def _groups(rule: Rule) -> int:
    match rule:
        case Condition():
            return 0
        case NoneOf():
            return 1 + _groups(rule.rule)
        case AllOf() | AnyOf():
            return 1 + sum(map(_groups, rule.rules))


def conditions(rule: Rule) -> Iterator[Condition]:
    """All of a rule, however deep."""
    return (condition for _, condition in _placed(rule, ""))


def _placed(rule: Rule, path: str) -> Iterator[tuple[str, Condition]]:
    """Each condition, with where it stands."""
    match rule:
        case Condition():
            yield path, rule
        case NoneOf():
            yield from _placed(rule.rule, f"{path}.not")
        case AllOf() | AnyOf():
            name = "and" if isinstance(rule, AllOf) else "or"
            for at, each in enumerate(rule.rules):
                yield from _placed(each, f"{path}.{name}.{at}")


def _fault(condition: Condition, path: str, custom: Custom) -> FieldError | None:
    kind = kind_of(condition.trait, custom)
    if kind is None:
        return FieldError(
            f"{path}.trait", f"is no trait; there is {known([*KINDS, *fields.kinds_of(custom)], condition.trait)}"
        )
    if condition.op not in TAKES[kind]:
        return FieldError(f"{path}.op", f"cannot be asked of {condition.trait}, which takes {known(TAKES[kind])}")
    if not _fits(condition, kind):
        return FieldError(f"{path}.value", _wanted(condition, kind))
    return _fault_of_codes(condition, path) or fields.fault_of_choice(condition, path, custom)


def _wanted(condition: Condition, kind: Kind) -> str:
    """Of what type the value must be, and how days are asked for where somebody gave a number for a date."""
    asked = f"for {condition.op} of {condition.trait}"
    if condition.op == "exists":
        return f"must be {WANTED['yes_no']} {asked}"
    form = f"a list, each {WANTED[kind]}" if condition.op == "in" else WANTED[kind]
    days = f"; {' and '.join(f'{condition.trait}.{name}' for name in DAYS)} are numbers" if kind == "date" else ""
    return f"must be {form} {asked}{days}"


def _fault_of_codes(condition: Condition, path: str) -> FieldError | None:
    """What no guest can have, for there is no such country or currency."""
    currency = question_of(condition.trait).currency
    if currency and currency not in currencies_ever():
        return FieldError(f"{path}.trait", f"is of no currency (ISO 4217); there is {known(currencies(), currency)}")
    given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    states = given if condition.trait == STATE and condition.op in {"eq", "ne", "in"} else ()
    if unknown := [str(each) for each in states if each not in set(GuestState)]:
        return FieldError(f"{path}.value", f"is no state; there is {known(set(GuestState), unknown[0])}")
    codes = given if condition.trait in COUNTRIES and condition.op in {"eq", "ne", "in"} else ()
    fault = next(filter(None, map(_country_fault, codes)), None)
    return FieldError(f"{path}.value", fault) if fault else None


def _country_fault(code: object) -> str | None:
    named = str(code)
    return country_fault(named) if len(named) == len("AT") else "must be a country by its two letters, such as AT"


def kind_of(trait: str, custom: Custom = NO_FIELDS) -> Kind | None:
    """An amount of one currency and days since or until a date are numbers; amounts alone are nothing to ask for."""
    asked = question_of(trait)
    dotted = ".".join(asked.path)
    found = KINDS.get(dotted) or fields.kinds_of(custom).get(dotted)
    if asked.currency or asked.sign:
        return "number" if found == ("amounts" if asked.currency else "date") else None
    return None if found == "amounts" else found


def _fits(condition: Condition, kind: Kind) -> bool:
    value = condition.value
    if condition.op == "exists":
        return isinstance(value, bool)
    if condition.op == "in":
        return isinstance(value, tuple) and all(_is(kind, each) for each in value)
    return _is(kind, value)


def _is(kind: Kind, value: object) -> bool:
    match kind:
        case "yes_no":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool)
        case "date":
            return isinstance(value, str) and is_date(value)
        case "text" | "list":
            return isinstance(value, str)
        case "amounts":
            return False


def matches(rule: Rule, traits: Traits, days: Days) -> bool:
    """A missing trait answers no question, but for `ne` and `exists: false`. Revenue that was never made is 0."""
    match rule:
        case AllOf():
            return all(matches(each, traits, days) for each in rule.rules)
        case AnyOf():
            return any(matches(each, traits, days) for each in rule.rules)
        case NoneOf():
            return not matches(rule.rule, traits, days)
        case Condition():
            return _holds(rule, value_of(rule.trait, traits, days))


class Question(NamedTuple):
    """What a trait's dotted name asks for. `sign` is 1 for days since a date, -1 for days until one, else 0."""

    path: tuple[str, ...]
    currency: str | None = None
    sign: int = 0


@lru_cache(maxsize=1_000)
def question_of(trait: str) -> Question:
    """A rule asks the same of each guest: its names are taken apart once."""
    *path, last = trait.split(".")
    if last in DAYS:
        return Question(tuple(path), sign=DAYS[last])
    if path and CURRENCY.fullmatch(last):
        return Question(tuple(path), currency=last)
    return Question((*path, last))


def value_of(trait: str, traits: Traits, days: Days) -> Any:
    """What is known of a guest, by the dotted name, as of each hotel's own day; dates as ISO text, which sorts as time
    does. Days since or until a date are counted at the hotel whose date it is."""
    path, currency, sign = question_of(trait)
    value = _answer(path, traits, days)
    if path[0] == FIELDS:
        return fields.days_of_field(value, days, sign) if sign else value
    if currency:
        return value.get(currency, 0)
    if sign:
        return (days.of(_hotel(path, traits, days)) - value).days * sign if value else None
    return value.isoformat() if isinstance(value, date) else value


def _answer(path: tuple[str, ...], traits: Traits, days: Days) -> Any:
    if of_the_day := of_stats(path, OF_THE_DAY):
        return of_the_day(traits.stats, days)
    if path[0] == FIELDS:
        return (traits.fields or {}).get(path[-1])
    value: Any = traits
    for part in path:
        value = getattr(value, part, None)
    return value


def _hotel(path: tuple[str, ...], traits: Traits, days: Days) -> PropertyId | None:
    hotel = of_stats(path, HOTELS)
    return hotel(traits.stats, days) if hotel else None


def of_stats(path: tuple[str, ...], by_name: Mapping[str, Answer]) -> Answer | None:
    """What answers for a part of the sums, such as `stats.next_arrival`; None for what needs no answer of its own."""
    *outer, last = path
    return by_name.get(last) if outer == [STATS] else None


def _holds(condition: Condition, known: Any) -> bool:
    value: Any = condition.value
    if condition.op == "exists":
        nothing = 0 if question_of(condition.trait).currency else None
        return bool(value) is (known not in (None, "", (), nothing))
    if condition.op == "ne":
        return bool(known != value) or not fields.may_be_compared(condition, known)
    if known is None or not fields.may_be_compared(condition, known):
        return False
    if condition.op == "eq":
        return bool(known == value)
    if condition.op == "in":
        return known in value
    if condition.op == "contains":
        return bool(value in known)
    return bool(ORDER[condition.op](known, value))
