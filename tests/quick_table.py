"""The table from dictionaries: the answers that moto's DynamoDB gives to what the hub asks, many times as fast.

It stands where botocore's calls are made, so that the hub's code down to the client is the real one. A parameter or an
expression that the hub does not use is an error here; tests/aws/test_quick_table.py asks both tables and compares.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

from benchmarks.expressions import Raw, Refused, holds, updated
from chalicelib.aws.indexes import INDEXES, PROJECTED
from chalicelib.aws.table import READ_AT_ONCE, WRITE_AT_ONCE
from tests.quick_table_checks import CONDITIONS, Refusal, check, check_keys, check_row, in_short, size_of

VALIDATOR: Final = ParamValidator()
PAGE: Final = 1_000_000
"""Bytes of a query's page, as moto counts them."""
BATCH: Final = 16 * 1024 * 1024
CONDITION_FAILED: Final = "ConditionalCheckFailedException"
TOO_MANY: Final = "Member must have length less than or equal to 100"
PUT, DELETE, UPDATE = CONDITIONS | {"Item"}, CONDITIONS | {"Key"}, CONDITIONS | {"Key", "UpdateExpression"}
WRITES: Final = {"Put": PUT, "Update": UPDATE, "Delete": DELETE, "ConditionCheck": DELETE}
QUERY: Final = {
    "TableName", "IndexName", "KeyConditionExpression", "ExpressionAttributeValues", "ProjectionExpression", "Limit",
    "ScanIndexForward", "ConsistentRead", "ExclusiveStartKey",
}  # fmt: skip


@dataclass
class QuickTable:
    """Rows by partition and sort key, as they travel. They are replaced, never altered: answers may hold the same."""

    name: str
    rows: dict[str, dict[str, Raw]] = field(default_factory=dict)

    def answers(self, client: BaseClient, operation: str) -> bool:
        """All that is written and read. How tables are made and described stays moto's."""
        return client.meta.service_model.service_name == "dynamodb" and operation in self._operations()

    def answer(self, client: BaseClient, operation: str, request: Any) -> Any:
        """As botocore reads DynamoDB's; raises its ClientError, and its ParamValidationError before."""
        shape: Any = client.meta.service_model.operation_model(operation).input_shape
        if VALIDATOR.validate(in_short(request), shape).has_errors():
            raise ParamValidationError(report=VALIDATOR.validate(request, shape).generate_report())
        try:
            return {**self._operations()[operation](request), "ResponseMetadata": {"HTTPStatusCode": 200}}
        except Refusal as refusal:
            kind: Any = client.exceptions.from_code(refusal.code)
            raise kind(refusal.told(), operation) from None

    def _operations(self) -> Mapping[str, Callable[[Any], Raw]]:
        return {
            "GetItem": self._get,
            "BatchGetItem": self._get_many,
            "Query": self._query,
            "Scan": self._scan,
            "PutItem": lambda request: self._write("Put", request),
            "UpdateItem": lambda request: self._write("Update", request),
            "DeleteItem": lambda request: self._write("Delete", request),
            "TransactWriteItems": self._transact,
        }

    # Reads

    def _get(self, request: Any) -> Raw:
        check(self.name, request, {"TableName", "Key", "ConsistentRead"})
        row = self._row(_key(request["Key"]))
        return {"Item": row} if row else {}

    def _row(self, key: tuple[str, str]) -> Raw | None:
        return self.rows.get(key[0], {}).get(key[1])

    def _get_many(self, request: Any) -> Raw:
        ((name, asked),) = request["RequestItems"].items()
        check(self.name, {"TableName": name, **asked}, {"TableName", "Keys", "ConsistentRead"})
        keys = [_key(each) for each in asked["Keys"]]
        _check_keys(keys, READ_AT_ONCE, "Provided list of item keys contains duplicates")
        found: list[Raw] = []
        left: list[Raw] = []
        size = 0
        for key, row in zip(asked["Keys"], map(self._row, keys), strict=True):
            fits = row is None or size + size_of(row) <= BATCH
            size += size_of(row) if row and fits else 0
            found += [row] if row and fits else []
            left += [] if fits else [key]
        return {"Responses": {name: found}, "UnprocessedKeys": {name: {"Keys": left}} if left else {}}

    def _query(self, request: Any) -> Raw:
        check(self.name, request, QUERY)
        pk, sk = _index_keys(request)
        asked, _, within = request["KeyConditionExpression"].partition(" AND ")
        assert asked == f"{pk} = :pk", f"the first that a query says is its partition: {asked}"
        check_keys(request["ExpressionAttributeValues"])
        partition = request["ExpressionAttributeValues"][":pk"]["S"]
        rows = list(self.rows.get(partition, {}).values()) if pk == "pk" else self._indexed(pk, sk, partition)
        ahead = _ahead(rows, [sk, "sk"] if pk != "pk" else [sk], request)
        found, last = _page(ahead, {**request, "KeyConditionExpression": within}, [pk, sk])
        shown = request["ProjectionExpression"].split(", ") if "ProjectionExpression" in request else None
        items = [{name: row[name] for name in shown if name in row} for row in found] if shown else found
        return {"Items": items, "Count": len(items), "ScannedCount": len(items), **last}

    def _indexed(self, pk: str, sk: str, partition: str) -> list[Raw]:
        shown = ("pk", "sk", pk, sk, PROJECTED)
        return [
            {name: row[name] for name in shown if name in row}
            for rows in self.rows.values()
            for row in rows.values()
            if sk in row and row.get(pk) == {"S": partition}
        ]

    def _scan(self, request: Any) -> Raw:
        check(self.name, request, {"TableName", "ConsistentRead", "Select", "ExclusiveStartKey"})
        rows = [row for partition in self.rows.values() for row in partition.values()]
        found, last = _page(_ahead(rows, ["pk", "sk"], request), request, [])
        return {"Count": len(found), **({} if request.get("Select") == "COUNT" else {"Items": found}), **last}

    # Writes

    def _write(self, action: str, request: Any) -> Raw:
        self._keep(_key_written(request), self._after(action, request))
        return {}

    def _transact(self, request: Any) -> Raw:
        writes = [next(iter(each.items())) for each in request["TransactItems"]]
        keys = [_key_written(each) for _, each in writes]
        _check_keys(keys, WRITE_AT_ONCE, "Transaction request cannot include multiple operations on one item")
        told: list[Any] = [self._told(action, each) for action, each in writes]
        failed = [isinstance(each, Refusal) for each in told]
        if any(failed):
            reasons = [{"Code": "ConditionalCheckFailed" if each else "None"} for each in failed]
            raise Refusal("TransactionCanceledException", "Transaction cancelled", reasons)
        for key, row in zip(keys, told, strict=True):
            self._keep(key, row)
        return {}

    def _told(self, action: str, request: Any) -> Raw | Refusal | None:
        """As moto does, only a condition is refused by its position."""
        try:
            return self._after(action, request)
        except Refusal as refusal:
            if refusal.code != CONDITION_FAILED:
                raise
            return refusal

    def _after(self, action: str, request: Any) -> Raw | None:
        """The row as the write leaves it. Raises Refusal."""
        check(self.name, request, WRITES[action])
        row = self._row(_key_written(request))
        if not holds(request, row):
            raise Refusal(CONDITION_FAILED, "The conditional request failed")
        match action:
            case "Put":
                return check_row(request["Item"], "Item size has exceeded the maximum allowed size")
            case "Update":
                return check_row(_updated(request, row), "Item size to update has exceeded the maximum allowed size")
            case "Delete":
                return None
        return row

    def _keep(self, key: tuple[str, str], row: Raw | None) -> None:
        if row is None:
            self.rows.get(key[0], {}).pop(key[1], None)
        else:
            self.rows.setdefault(key[0], {})[key[1]] = row


def _key(key: Any) -> tuple[str, str]:
    assert key.keys() == {"pk", "sk"}, f"the table's key is pk and sk, not {sorted(key)}"
    check_keys(key)
    return key["pk"]["S"], key["sk"]["S"]


def _key_written(request: Any) -> tuple[str, str]:
    return _key({name: (request.get("Key") or request["Item"])[name] for name in ("pk", "sk")})


def _check_keys(keys: list[tuple[str, str]], most: int, twice: str) -> None:
    if len(keys) > most:
        raise Refusal("ValidationException", TOO_MANY)
    if len(set(keys)) < len(keys):
        raise Refusal("ValidationException", twice)


def _updated(request: Any, row: Raw | None) -> Raw:
    try:
        after = updated(request, row)
    except Refused as refused:
        raise Refusal("ValidationException", str(refused)) from refused
    if _key(request["Key"]) != _key_written({"Item": after}):
        raise Refusal("ValidationException", "Cannot update attribute. This attribute is part of the key")
    return after


def _index_keys(request: Any) -> tuple[str, str]:
    if "IndexName" not in request:
        return "pk", "sk"
    assert not request.get("ConsistentRead"), "an index is read eventually consistent"
    (index,) = (each for each in INDEXES if each.name == request["IndexName"])
    return index.pk, index.sk


def _ahead(rows: list[Raw], by: list[str], request: Any) -> Iterable[Raw]:
    """Those behind the one to begin after, in order."""

    def order(row: Raw) -> list[str]:
        return [row[name]["S"] for name in by]

    newest_first = not request.get("ScanIndexForward", True)
    ordered = sorted(rows, key=order, reverse=newest_first)
    if (start := request.get("ExclusiveStartKey")) is None:
        return ordered
    return [row for row in ordered if (order(row) < order(start) if newest_first else order(row) > order(start))]


def _page(ahead: Iterable[Raw], request: Any, keys: list[str]) -> tuple[list[Raw], Raw]:
    """As much as a page takes of those that the condition asks for, and where the next one begins, if there is more.

    As moto does, the last page may say that there is more where what follows is not asked for.
    """
    page: list[Raw] = []
    size, most = 0, request.get("Limit")
    for row in ahead:
        if len(page) == most or size + size_of(row) > PAGE:
            return page, {"LastEvaluatedKey": {name: page[-1][name] for name in {"pk", "sk", *keys}}}
        if holds(request, row, "KeyConditionExpression"):
            page.append(row)
            size += size_of(row)
    return page, {}
