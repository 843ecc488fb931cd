"""A table that counts: it answers at botocore's before-send, and computes most of its rows instead of storing them.

Units are counted here by the developer guide's rules from the rows themselves, not by the hub's meter: the larger of
the row before and after, a transaction twice, a failed condition like a write. Writes lie in an overlay.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-unit-calculations.html
"""

import json
from base64 import b64decode
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from math import ceil
from typing import Any, Protocol

from benchmarks.expressions import Raw, holds, updated
from benchmarks.wire import Answer

WRITE_UNIT, READ_UNIT = 1024, 4096
INDEXES = ("1", "2")
"""Of infra/template.yaml: `index-1` over `pk1` and `sk1`, and so on."""
PAGE = 1024 * 1024
"""Bytes after which a query's page ends."""
ERROR = "com.amazonaws.dynamodb.v20120810#"


class Computed(Protocol):
    """Rows that follow from their key."""

    def row(self, pk: str, sk: str) -> Raw | None: ...
    def sort_keys(self, pk: str) -> Sequence[str]:
        """All of a partition, in order."""
        ...


class Nothing:
    def row(self, pk: str, sk: str) -> Raw | None:
        del pk, sk
        return None

    def sort_keys(self, pk: str) -> Sequence[str]:
        del pk
        return ()


@dataclass
class Units:
    """Request units since the last `take`."""

    read: float = 0
    write: int = 0

    def take(self) -> "Units":
        taken = Units(self.read, self.write)
        self.read, self.write = 0, 0
        return taken


def size_of(attribute: Mapping[str, Any]) -> int:
    """Bytes of an attribute's value as DynamoDB bills it."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(str(value).encode())
        case "N":
            digits = str(value).lstrip("-")
            return (len(digits) + 1) // 2 + 1 + int(digits != value)
        case "B":
            return len(b64decode(value))
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + size_of(each) for each in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + size_of(each) for name, each in value.items())
    raise ValueError(f"the benchmarks' table knows no attribute of kind {kind}")


def row_size(row: Raw | None) -> int:
    return sum(len(name.encode()) + size_of(value) for name, value in (row or {}).items())


@dataclass
class Table:
    """Rows of the overlay lie by partition and sort key; None is a deleted one."""

    computed: Computed = field(default_factory=Nothing)
    overlay: dict[str, dict[str, Raw | None]] = field(default_factory=dict)
    units: Units = field(default_factory=Units)
    by_partition: Counter[str] | None = None
    """Set it to a counter, and write units are also counted by partition key; those of the indexes are not."""

    def reply(self, operation: str, body: bytes) -> Answer:
        return self._operations()[operation](json.loads(body))

    def _operations(self) -> dict[str, Callable[[Any], Answer]]:
        return {
            "GetItem": self._get,
            "BatchGetItem": self._get_many,
            "Query": self._query,
            "PutItem": lambda request: self._write([{"Put": request}]),
            "UpdateItem": lambda request: self._write([{"Update": request}]),
            "DeleteItem": lambda request: self._write([{"Delete": request}]),
            "TransactWriteItems": lambda request: self._write(request["TransactItems"], times=2),
        }

    def row(self, pk: str, sk: str) -> Raw | None:
        rows = self.overlay.get(pk)
        return rows[sk] if rows and sk in rows else self.computed.row(pk, sk)

    def forget(self, prefix: str) -> None:
        """Drop written rows that nothing will read again: a long run must not fill the memory of what it measures."""
        for pk in [pk for pk in self.overlay if pk.startswith(prefix)]:
            del self.overlay[pk]

    # Reads

    def _get(self, request: Any) -> Answer:
        row = self._read(request["Key"], consistent=request.get("ConsistentRead", False))
        return _json({"Item": row} if row else {})

    def _get_many(self, request: Any) -> Answer:
        ((name, asked),) = request["RequestItems"].items()
        consistent = asked.get("ConsistentRead", False)
        found = [row for key in asked["Keys"] if (row := self._read(key, consistent=consistent))]
        return _json({"Responses": {name: found}, "UnprocessedKeys": {}})

    def _read(self, key: Raw, *, consistent: bool) -> Raw | None:
        row = self.row(key["pk"]["S"], key["sk"]["S"])
        self._bill_read(row_size(row), consistent=consistent)
        return row

    def _bill_read(self, size: int, *, consistent: bool) -> None:
        self.units.read += max(1, ceil(size / READ_UNIT)) * (1 if consistent else 0.5)

    def _query(self, request: Any) -> Answer:
        if "IndexName" in request:
            return self._of_index(request)
        values = request["ExpressionAttributeValues"]
        pk = values[":pk"]["S"]
        names = self._sort_keys(pk, values[":sk"]["S"] if ":sk" in values else "")
        if ":to" in values:
            names = names[: bisect_right(names, values[":to"]["S"])]
        after = request.get("ExclusiveStartKey")
        if not request.get("ScanIndexForward", True):
            names = names[::-1]
            start = next((at for at, name in enumerate(names) if name < after["sk"]["S"]), len(names)) if after else 0
        else:
            start = bisect_right(names, after["sk"]["S"]) if after else 0
        return self._page(pk, names[start:], request)

    def _page(self, pk: str, names: Sequence[str], request: Any) -> Answer:
        rows: list[Raw] = []
        size, most = 0, request.get("Limit", len(names))
        for name in names[:most]:
            row = self.row(pk, name)
            rows += [row] if row else []
            size += row_size(row)
            if size > PAGE:
                break
        self._bill_read(size, consistent=request.get("ConsistentRead", False))
        is_last = len(rows) == len(names)
        last = {} if is_last or not rows else {"LastEvaluatedKey": {"pk": rows[-1]["pk"], "sk": rows[-1]["sk"]}}
        if "ProjectionExpression" in request:
            asked = set(request["ProjectionExpression"].split(", "))
            rows = [{name: row[name] for name in asked & row.keys()} for row in rows]
        return _json({"Items": rows, "Count": len(rows), "ScannedCount": len(rows), **last})

    def _of_index(self, request: Any) -> Answer:
        """Of what was written: no computed row is in an index."""
        pk, sk = (f"{key}{request['IndexName'].removeprefix('index-')}" for key in ("pk", "sk"))
        values, start = request["ExpressionAttributeValues"], request.get("ExclusiveStartKey")
        begins, after = (values.get(name, {"S": ""})["S"] for name in (":sk", ":after"))
        entries = [_projected(row, (pk, sk)) for rows in self.overlay.values() for row in rows.values()]
        there = [each for each in entries if each is not None and each[pk] == values[":pk"]]
        places = {(each[sk]["S"], each["pk"]["S"], each["sk"]["S"]): each for each in there}
        first = (start[sk]["S"], start["pk"]["S"], start["sk"]["S"]) if start else (after, "~", "~")
        found = [each for place, each in sorted(places.items()) if place[0].startswith(begins) and place > first]
        items = found[: request.get("Limit", len(found))]
        self._bill_read(sum(map(row_size, items)), consistent=False)
        more = {name: items[-1][name] for name in ("pk", "sk", pk, sk)} if len(items) < len(found) else None
        last = {"LastEvaluatedKey": more} if more else {}
        return _json({"Items": items, "Count": len(items), "ScannedCount": len(items), **last})

    def _sort_keys(self, pk: str, prefix: str) -> list[str]:
        written = self.overlay.get(pk, {})
        computed = [name for name in self.computed.sort_keys(pk) if name not in written]
        stored = sorted(name for name, row in written.items() if row)
        names = list(merge(computed, stored)) if computed else stored
        return [name for name in names if name.startswith(prefix)] if prefix else names

    # Writes

    def _write(self, writes: Sequence[Any], times: int = 1) -> Answer:
        requests = [request for each in writes for request in each.values()]
        before = [self.row(*_key_of(request)) for request in requests]
        after = [_after(each, row) for each, row in zip(writes, before, strict=True)]
        for request, old, new in zip(requests, before, after, strict=True):
            units = max(1, ceil(max(row_size(old), row_size(new)) / WRITE_UNIT)) * times
            self.units.write += units
            if self.by_partition is not None:
                self.by_partition[_key_of(request)[0]] += units
        passed = [holds(request, row) for request, row in zip(requests, before, strict=True)]
        if not all(passed):
            return _refused(passed, in_transaction=times == 2)
        for each, request, row in zip(writes, requests, after, strict=True):
            if "ConditionCheck" not in each:
                self.units.write += sum(_index_units(name, self.row(*_key_of(request)), row) for name in INDEXES)
                pk, sk = _key_of(request)
                self.overlay.setdefault(pk, {})[sk] = row
        return _json({})


def _after(write: Any, row: Raw | None) -> Raw | None:
    ((action, request),) = write.items()
    match action:
        case "Put":
            item: Raw = request["Item"]
            return item
        case "Update":
            return updated(request, row)
        case "Delete":
            return None
    return row


def _index_units(number: str, before: Raw | None, after: Raw | None) -> int:
    """An entry that is made, changed or removed is written once, one whose key changes twice; nothing doubles that.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
    """
    keys = f"pk{number}", f"sk{number}"
    old, new = (_projected(row, keys) for row in (before, after))
    if old == new:
        return 0
    moves = old and new and any(old[key] != new[key] for key in keys)
    sizes = [ceil(row_size(entry) / WRITE_UNIT) for entry in (old, new) if entry]
    return sum(sizes) if moves else max(sizes)


def _projected(row: Raw | None, keys: tuple[str, str]) -> Raw | None:
    is_there = row is not None and all(key in row for key in keys)
    return {name: row[name] for name in ("pk", "sk", *keys, "projected") if name in row} if row and is_there else None


def _key_of(request: Any) -> tuple[str, str]:
    key = request.get("Key") or request["Item"]
    return key["pk"]["S"], key["sk"]["S"]


def _refused(passed: Sequence[bool], *, in_transaction: bool) -> Answer:
    if not in_transaction:
        return _json({"__type": f"{ERROR}ConditionalCheckFailedException", "message": "no"}, 400)
    reasons = [{"Code": "None" if each else "ConditionalCheckFailed"} for each in passed]
    kind = f"{ERROR}TransactionCanceledException"
    return _json({"__type": kind, "Message": "no", "CancellationReasons": reasons}, 400)


def _json(content: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(content, separators=(",", ":")).encode(), status)
