"""Conditions and updates of DynamoDB, as far as the hub writes them; any other expression is an error."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from operator import ge, gt, le, lt
from typing import Any

Raw = dict[str, Any]
"""One row as it travels: attribute name → {kind: value}."""
Asked = Mapping[str, Any]
"""A request: its expressions are read with its names and values."""
Clause = Callable[[Asked, Raw], bool]
NAME, VALUE = r"(#?\w+)", r"(:\w+)"
EXISTS = re.compile(rf"attribute_(not_)?exists\({NAME}\)")
BEGINS = re.compile(rf"begins_with\({NAME}, {VALUE}\)")
BETWEEN = re.compile(rf"{NAME} BETWEEN {VALUE} AND {VALUE}")
COMPARES = re.compile(rf"{NAME} (=|<=|<|>=|>) {VALUE}")
ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
JOINED = re.compile(r" (AND|OR) |$")
PART = re.compile(r"(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)")
PLUS = re.compile(rf"{NAME} \+ {VALUE}")


class Refused(ValueError):
    """DynamoDB would say that the expression does not fit the row."""


def holds(request: Asked, row: Raw | None, expression: str = "ConditionExpression") -> bool:
    """Whether a request's condition holds for the row as it is; no condition always does."""
    text = request.get(expression)
    return not text or any(all(clause(request, row or {}) for clause in option) for option in _options(text))


@cache
def _options(text: str) -> tuple[tuple[Clause, ...], ...]:
    """Clauses by the ORs between them."""
    options: list[list[Clause]] = [[]]
    at = 0
    while at < len(text):
        clause, end = _clause(text, at)
        options[-1].append(clause)
        joined = JOINED.match(text, end)
        if joined is None:
            raise _unknown(text)
        options += [[]] if joined[1] == "OR" else []
        at = joined.end()
    return tuple(map(tuple, options))


def _clause(text: str, at: int) -> tuple[Clause, int]:
    for pattern, clause_of in CLAUSES.items():
        if found := pattern.match(text, at):
            return clause_of(*found.groups()), found.end()
    raise _unknown(text)


def _exists(is_not: str | None, name: str) -> Clause:
    return lambda request, row: (_name(name, request) in row) is (is_not is None)


def _begins(name: str, value: str) -> Clause:
    def begins(request: Asked, row: Raw) -> bool:
        return bool(_text(row.get(_name(name, request))).startswith(_text(_value(value, request))))

    return begins


def _between(name: str, low: str, high: str) -> Clause:
    at_least, at_most = _compares(name, ">=", low), _compares(name, "<=", high)
    return lambda request, row: at_least(request, row) and at_most(request, row)


def _compares(name: str, operator: str, value: str) -> Clause:
    def compares(request: Asked, row: Raw) -> bool:
        known, asked = row.get(_name(name, request)), _value(value, request)
        if known is None or known.keys() != asked.keys():
            return False
        return known == asked if operator == "=" else ORDER[operator](_ordered(known), _ordered(asked))

    return compares


CLAUSES: dict[re.Pattern[str], Callable[..., Clause]] = {
    EXISTS: _exists,
    BEGINS: _begins,
    BETWEEN: _between,
    COMPARES: _compares,
}


def _ordered(attribute: Mapping[str, Any]) -> Any:
    return Decimal(attribute["N"]) if "N" in attribute else attribute["S"]


def _text(attribute: Mapping[str, Any] | None) -> str:
    return str((attribute or {}).get("S", ""))


def _name(name: str, request: Asked) -> str:
    return str(request["ExpressionAttributeNames"][name]) if name.startswith("#") else name


def _value(value: str, request: Asked) -> Raw:
    found: Raw = request["ExpressionAttributeValues"][value]
    return found


def updated(request: Asked, row: Raw | None) -> Raw:
    """The row after an update expression of SET, ADD and REMOVE. Raises Refused."""
    before = row or {}
    after = {**before, **request["Key"]}
    for action, name, value in _assignments(request["UpdateExpression"]):
        told = _name(name, request)
        if action == "REMOVE":
            after.pop(told, None)
        elif action == "ADD":
            after[told] = _sum(before.get(told, {"N": "0"}), _value(value, request))
        else:
            after[told] = _assigned(value, request, before)
    return after


def _assigned(value: str, request: Asked, row: Raw) -> Raw:
    plus = PLUS.fullmatch(value)
    if plus is None:
        return _value(value, request)
    if (known := row.get(_name(plus[1], request))) is None:
        raise Refused("The provided expression refers to an attribute that does not exist in the item")
    return _sum(known, _value(plus[2], request))


def _sum(first: Mapping[str, Any], second: Mapping[str, Any]) -> Raw:
    return {"N": str(int(first["N"]) + int(second["N"]))}


@cache
def _assignments(expression: str) -> tuple[tuple[str, str, str], ...]:
    """(action, name, value or "") in order."""
    found = PART.findall(expression)
    if " ".join(f"{action} {rest}" for action, rest in found) != expression:
        raise _unknown(expression)
    return tuple(_assignment(action, one) for action, rest in found for one in rest.split(", "))


def _assignment(action: str, text: str) -> tuple[str, str, str]:
    shape = {"SET": rf"{NAME} = ({VALUE}|{NAME} \+ {VALUE})", "ADD": rf"{NAME} {VALUE}", "REMOVE": rf"{NAME}()"}[action]
    if (found := re.fullmatch(shape, text)) is None:
        raise _unknown(text)
    return action, found[1], found[2]


def _unknown(expression: str) -> ValueError:
    return ValueError(f"the tables of tests and benchmarks do not know the expression {expression!r}")
