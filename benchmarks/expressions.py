"""Conditions and updates of DynamoDB, as far as the hub writes them; any other expression is an error."""

import re
from collections.abc import Mapping
from typing import Any

Raw = dict[str, Any]
"""One row as it travels: attribute name → {kind: value}."""
EXISTS = re.compile(r"attribute_(not_)?exists\((#?\w+)\)")
COMPARES = re.compile(r"(#?\w+) (=|<) (:\w+)")
PART = re.compile(r"(SET|ADD) (.*?)(?= (?:SET|ADD) |$)")
PLUS = re.compile(r"(#?\w+) \+ (:\w+)")


def holds(request: Mapping[str, Any], row: Raw | None) -> bool:
    """Whether a write's condition holds for the row as it is; no condition always does."""
    expression = request.get("ConditionExpression")
    if not expression:
        return True
    return any(
        all(_clause(clause.strip(), request, row) for clause in option.split(" AND "))
        for option in expression.split(" OR ")
    )


def _clause(clause: str, request: Mapping[str, Any], row: Raw | None) -> bool:
    if exists := EXISTS.fullmatch(clause):
        is_there = row is not None and _name(exists[2], request) in row
        return is_there is (exists[1] is None)
    compares = COMPARES.fullmatch(clause)
    if compares is None:
        raise ValueError(f"the benchmarks' table does not know the condition {clause!r}")
    known = (row or {}).get(_name(compares[1], request))
    asked = request["ExpressionAttributeValues"][compares[3]]
    if known is None:
        return False
    return bool(known == asked if compares[2] == "=" else _comparable(known) < _comparable(asked))


def _comparable(attribute: Mapping[str, Any]) -> Any:
    return int(attribute["N"]) if "N" in attribute else attribute["S"]


def _name(name: str, request: Mapping[str, Any]) -> str:
    return str(request["ExpressionAttributeNames"][name]) if name.startswith("#") else name


def updated(request: Mapping[str, Any], row: Raw | None) -> Raw:
    """The row after an update expression of SET and ADD."""
    after = {**(row or {}), **request["Key"]}
    values = request.get("ExpressionAttributeValues", {})
    for action, assignments in PART.findall(request["UpdateExpression"]):
        for assignment in assignments.split(", "):
            name, value = assignment.split(" = ") if action == "SET" else assignment.split(" ")
            plus = PLUS.fullmatch(value) or (PLUS.fullmatch(f"{name} + {value}") if action == "ADD" else None)
            after[_name(name, request)] = _sum(plus, request, after) if plus else values[value]
    return after


def _sum(plus: re.Match[str], request: Mapping[str, Any], row: Raw) -> Raw:
    before = int(row.get(_name(plus[1], request), {"N": "0"})["N"])
    return {"N": str(before + int(request["ExpressionAttributeValues"][plus[2]]["N"]))}
