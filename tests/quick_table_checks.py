"""What DynamoDB refuses whatever lies in the table, and how it says so: names, placeholders, attributes and sizes."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from benchmarks.expressions import Raw
from chalicelib.aws.indexes import INDEXES
from chalicelib.aws.table import LARGEST_ROW

CONDITIONS: Final = {"TableName", "ConditionExpression", "ExpressionAttributeValues", "ExpressionAttributeNames"}
EXPRESSIONS: Final = ("ConditionExpression", "UpdateExpression", "KeyConditionExpression", "ProjectionExpression")
PLACEHOLDER, WORD = re.compile(r"[#:]\w+"), re.compile(r"(?<![#:\w])[A-Za-z_]\w*")
GRAMMAR: Final = {"AND", "OR", "BETWEEN", "SET", "ADD", "REMOVE"}
KEYS: Final = ("pk", "sk", *(name for index in INDEXES for name in (index.pk, index.sk)))


ATTRIBUTES: Final = {"Key", "Item", "ExpressionAttributeValues", "ExclusiveStartKey"}
KINDS: Final = {"S": str, "N": str, "B": bytes, "BOOL": bool, "NULL": bool}


class Refusal(Exception):
    """An error of DynamoDB's, by its code."""

    def __init__(self, code: str, message: str, reasons: Sequence[Raw] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.reasons = list(reasons)

    def told(self) -> Raw:
        answer = {"Error": {"Code": self.code, "Message": str(self)}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        return {**answer, "CancellationReasons": self.reasons} if self.reasons else answer


def check(table: str, request: Mapping[str, Any], known: frozenset[str] | set[str]) -> None:
    """That a request is one that the table knows. Raises Refusal, and AssertionError for what the hub never asks."""
    if request["TableName"] != table:
        raise Refusal("ResourceNotFoundException", "Requested resource not found")
    assert request.keys() <= known, f"the quick table does not know {sorted(request.keys() - known)}"
    placeholders: set[str] = set()
    for text in [request[name] for name in EXPRESSIONS if name in request]:
        placeholders |= _placeholders(text)
    values = request.get("ExpressionAttributeValues", {})
    if placeholders != {*values, *request.get("ExpressionAttributeNames", ())}:
        raise Refusal("ValidationException", "an expression lacks a placeholder, or one is unused")


@cache
def _placeholders(expression: str) -> frozenset[str]:
    for word in set(WORD.findall(expression)) - GRAMMAR:
        if word.upper() in ReservedKeywords.get_reserved_keywords():
            raise Refusal("ValidationException", f"Attribute name is a reserved keyword: {word}")
    return frozenset(PLACEHOLDER.findall(expression))


def in_short(request: Any) -> Any:
    """Without attributes that are as they must be: most of a request, which botocore looks through slowly."""
    if type(request) is list:
        return [in_short(each) for each in request]
    if type(request) is not dict:
        return request
    return {name: _shown(name, value) for name, value in request.items()}


def _shown(name: str, value: Any) -> Any:
    if name == "Keys" and type(value) is list:
        return [{} if _are_sound(each) else each for each in value]
    return {} if name in ATTRIBUTES and _are_sound(value) else in_short(value)


def _are_sound(attributes: Any) -> bool:
    return type(attributes) is dict and all(type(name) is str and _is_sound(attributes[name]) for name in attributes)


def _is_sound(attribute: Any) -> bool:
    if type(attribute) is not dict or len(attribute) != 1:
        return False
    ((kind, value),) = attribute.items()
    match kind:
        case "L":
            return type(value) is list and all(map(_is_sound, value))
        case "M":
            return _are_sound(value)
    return type(value) is KINDS.get(kind)


def check_row(row: Raw, too_large: str) -> Raw:
    """A copy of the row. Raises Refusal."""
    check_keys({name: row[name] for name in KEYS if name in row})
    if size_of(row) > LARGEST_ROW:
        raise Refusal("ValidationException", too_large)
    return dict(row)


def check_keys(values: Mapping[str, Raw]) -> None:
    """What keys hold, and what is looked for in them, are texts that are not empty."""
    if not all(value.get("S") for value in values.values()):
        raise Refusal("ValidationException", f"One or more parameter values are not valid: {dict(values)}")


def size_of(row: Raw) -> int:
    """Bytes, as the developer guide counts them in "item sizes and formats"."""
    return sum(len(name.encode()) + _bytes(attribute) for name, attribute in row.items())


def _bytes(attribute: Raw) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(str(value).encode())
        case "B":
            return len(value)
        case "N":
            return (len(str(value).lstrip("-")) + 1) // 2 + 1 + str(value).startswith("-")
        case "L":
            return 3 + len(value) + sum(map(_bytes, value))
        case "M":
            return 3 + len(value) + size_of(value)
    return 1
