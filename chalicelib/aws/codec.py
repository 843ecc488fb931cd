"""Items between Python and DynamoDB: text, integers, booleans, bytes, null, lists and maps. Floats are refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from zlib import compress, decompress

Value: TypeAlias = "str | int | bool | bytes | Sequence[Value] | Mapping[str, Value] | None"
Item: TypeAlias = dict[str, Any]
"""One row; what its attributes are is known to the `store.py` that reads it."""


WRITE_UNIT = 1024
"""Bytes of a row that one write unit pays for."""
DEFLATED = "deflated"


def to_attribute(value: Value) -> dict[str, Any]:
    match value:
        case str():
            return {"S": str(value)}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple() | Sequence():
            return {"L": [to_attribute(each) for each in value]}
        case Mapping():
            return {"M": to_item(value)}
    raise TypeError(f"no attribute holds a {type(value).__name__}")


def to_item(values: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    return {name: {"S": value} if type(value) is str else to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "B" | "BOOL":
            return value
        case "N":
            return int(value)
        case "NULL":
            return None
        case "M":
            return from_item(value)
        case "L":
            return [from_attribute(each) for each in value]
    raise TypeError(f"the hub writes no attribute of kind {kind}")


def from_item(item: Mapping[str, Mapping[str, Any]]) -> Item:
    return {name: attribute["S"] if "S" in attribute else from_attribute(attribute) for name, attribute in item.items()}


def size_of(value: Value) -> int:
    """Bytes that DynamoDB bills, by the developer guide's "item sizes and formats"."""
    match value:
        case str():
            return len(value.encode())
        case None | bool():
            return 1
        case bytes():
            return len(value)
        case int():
            return (len(str(abs(value))) + 1) // 2 + 1 + (value < 0)
        case list() | tuple() | Sequence():
            return 3 + len(value) + sum(map(size_of, value))
        case Mapping():
            return 3 + len(value) + item_size(value)
    raise TypeError(f"no attribute holds a {type(value).__name__}")


def within_a_unit(item: Item, *names: str) -> Item:
    """Deflate the named texts, together, where the row would cost a second write unit: few rows are so long."""
    if item_size(item) <= WRITE_UNIT:
        return item
    kept = {name: item[name] for name in names if name in item}
    texts = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    rest = {name: value for name, value in item.items() if name not in names}
    return {**rest, DEFLATED: compress(texts.encode(), 9)}


def inflated(item: Item) -> Item:
    """The row with its texts, deflated or not."""
    return {**item, **json.loads(decompress(item[DEFLATED]))} if DEFLATED in item else item


def joined(*packed: str) -> str:
    """Several JSON objects, as packed attributes hold them, as one; of what stands in two, the last word counts."""
    return "{" + ",".join([text[1:-1] for text in packed if text != "{}"]) + "}"


def item_size(item: Mapping[str, Value]) -> int:
    """The same of a row, or of what a map holds. Names and texts, which are most of it, are measured in one."""
    texts, others = list(item), 0
    for value in item.values():
        if isinstance(value, str):
            texts.append(value)
        else:
            others += size_of(value)
    return len("".join(texts).encode()) + others
