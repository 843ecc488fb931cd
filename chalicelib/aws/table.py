"""The one door to the table: reads, and writes that say their condition."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.aws import clients, indexes
from chalicelib.aws.codec import Item, Value, from_item, item_size, to_attribute, to_item
from chalicelib.aws.faults import ConditionFailed, Contended, PassingFaults
from chalicelib.aws.indexes import Index
from chalicelib.aws.keys import Key
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import settings
from chalicelib.canonical.errors import ROW_TOO_LARGE, Rejected, TryAgain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = [
    "ABSENT", "PRESENT", "Check", "ConditionFailed", "Contended", "Delete", "Put", "Update", "When", "Write", "get",
    "get_many", "key_of", "key_written", "query", "query_index", "row", "transact", "unchanged_since", "write",
]  # fmt: skip
"""What the table's faults are is told with it."""
READ_AT_ONCE = 100
"""Keys a BatchGetItem takes."""
WRITE_AT_ONCE = 100
"""Rows a transaction takes."""
LARGEST_ROW = 400 * 1024
"""Bytes."""


@dataclass(frozen=True)
class When:
    """A condition: `When("rev = :rev", {":rev": 3})`; `names` are for reserved words."""

    expression: str
    values: Mapping[str, Value] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


ABSENT = When("attribute_not_exists(pk)")
PRESENT = When("attribute_exists(pk)")


def unchanged_since(rev: int | None) -> When:
    """The row is at the revision that it was read at; None stands for a row that was not there."""
    return ABSENT if rev is None else When("rev = :rev", {":rev": rev})


@dataclass(frozen=True)
class Put:
    """`replaces` is the row that lies there, as far as it may be in an index: the meter bills these by the change."""

    item: Mapping[str, Value]
    when: When | None = None
    replaces: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class Update:
    """`size` is the row's expected size in bytes, for the meter: an update does not know its row."""

    key: Key
    expression: str
    values: Mapping[str, Value] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    when: When | None = None
    size: int = 512


def setting(key: Key, values: Mapping[str, Value], when: When, size: int) -> Update:
    """The update that sets these attributes, whatever their names, and leaves all others as they are."""
    return Update(
        key,
        "SET " + ", ".join(f"#{name} = :{name}" for name in values),
        {f":{name}": value for name, value in values.items()},
        {f"#{name}": name for name in values},
        when,
        size,
    )


@dataclass(frozen=True)
class Delete:
    key: Key
    when: When | None = None
    size: int = 512
    replaces: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class Check:
    key: Key
    when: When
    size: int = 512


Write = Put | Update | Delete | Check


def differences(was: Mapping[Key, Item], is_: Mapping[Key, Item]) -> list[Write]:
    """What makes some rows of others, by their keys; their lock is a row beside them."""
    changed: list[Write] = [Put(item, replaces=was.get(key)) for key, item in is_.items() if was.get(key) != item]
    return [*changed, *(Delete(key, replaces=item) for key, item in was.items() if key not in is_)]


def row(key: Key, **attributes: Value) -> Item:
    return {"pk": key.pk, "sk": key.sk, **{name: value for name, value in attributes.items() if value is not None}}


def key_of(item: Mapping[str, Value]) -> Key:
    return Key(str(item["pk"]), str(item["sk"]))


def key_written(write: Write) -> Key:
    return key_of(write.item) if isinstance(write, Put) else write.key


def get(key: Key, *, consistent: bool = True, brief: bool = False) -> Item | None:
    """`brief` waits three seconds for the answer, at most, and asks once."""
    meter().called("GetItem")
    with PassingFaults():
        found = _client(brief=brief).get_item(TableName=settings().table, Key=_key(key), ConsistentRead=consistent)
    return from_item(found["Item"]) if "Item" in found else None


def get_many(keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
    """Read rows by key; absent ones are absent from the answer."""
    found: dict[Key, Item] = {}
    wanted = [_key(key) for key in dict.fromkeys(keys)]
    while wanted:
        asked, wanted = wanted[:READ_AT_ONCE], wanted[READ_AT_ONCE:]
        meter().called("BatchGetItem")
        request: Any = {settings().table: {"Keys": asked, "ConsistentRead": consistent}}
        with PassingFaults():
            answer = clients.dynamodb().batch_get_item(RequestItems=request)
        for raw in answer["Responses"].get(settings().table, []):
            item = from_item(raw)
            found[key_of(item)] = item
        left: Any = answer.get("UnprocessedKeys") or {}
        unprocessed = left.get(settings().table, {}).get("Keys", [])
        if len(unprocessed) == len(asked):
            raise TryAgain("the table read nothing of a batch")
        wanted += unprocessed
    return found


def query(
    pk: str,
    prefix: str = "",
    *,
    after: str | None = None,
    up_to: str | None = None,
    limit: int | None = None,
    at_once: int | None = None,
    newest_first: bool = False,
    consistent: bool = True,
    only: Sequence[str] = (),
) -> Iterator[Item]:
    """Yield the rows of one partition in the order of their sort keys, page by page as far as they are asked for.

    They lie `after` a sort key and `up_to` one, which is included and must not sort before the prefix. `limit` rows are
    read at most, `at_once` in one call. Of each row the attributes `only` are given, where they are named; it is billed
    whole.
    """
    condition, values = "pk = :pk", {":pk": to_attribute(pk)}
    projected: Any = {"ProjectionExpression": ", ".join(only)} if only else {}
    if up_to is not None:
        condition = f"{condition} AND sk BETWEEN :sk AND :to"
        values |= {":sk": to_attribute(prefix), ":to": to_attribute(up_to)}
    elif prefix:
        condition, values = f"{condition} AND begins_with(sk, :sk)", {**values, ":sk": to_attribute(prefix)}
    ask: Callable[..., Any] = partial(
        clients.dynamodb().query,
        TableName=settings().table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ScanIndexForward=not newest_first,
        ConsistentRead=consistent,
        **projected,
    )
    yield from _pages(ask, _key(Key(pk, after)) if after else None, limit, at_once)


def query_index(
    index: Index,
    pk: str,
    prefix: str = "",
    *,
    after: str | None = None,
    limit: int | None = None,
    at_once: int | None = None,
) -> Iterator[Item]:
    """Yield what an index shows of the rows of one of its partitions: `after` a sort key of it, or those with a prefix.
    `limit` rows are read at most, `at_once` in one call.

    An index follows its table within moments: what was written just now may not be there yet.
    """
    condition, values = f"{index.pk} = :pk", {":pk": to_attribute(pk)}
    if prefix:
        condition, values = f"{condition} AND begins_with({index.sk}, :sk)", {**values, ":sk": to_attribute(prefix)}
    elif after:
        condition, values = f"{condition} AND {index.sk} > :after", {**values, ":after": to_attribute(after)}
    ask: Callable[..., Any] = partial(
        clients.dynamodb().query,
        TableName=settings().table,
        IndexName=index.name,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
    )
    yield from _pages(ask, None, limit, at_once)


def _pages(ask: Callable[..., Any], start: Any, limit: int | None, at_once: int | None = None) -> Iterator[Item]:
    left = limit
    while True:
        extra: dict[str, Any] = {"ExclusiveStartKey": start} if start else {}
        meter().called("Query")
        with PassingFaults():
            page = ask(**extra, **({"Limit": most} if (most := left or at_once) else {}))
        yield from map(from_item, page["Items"])
        start = page.get("LastEvaluatedKey")
        left = left - len(page["Items"]) if left is not None else None
        if not start or left == 0:
            return


def _client(*, brief: bool) -> "DynamoDBClient":
    return clients.brief_dynamodb() if brief else clients.dynamodb()


def write(one: Put | Update | Delete, *, brief: bool = False) -> None:
    """Write one row; `brief` waits three seconds for the answer, at most, and asks once. Raises ConditionFailed or
    TryAgain."""
    meter().called(type(one).__name__ + "Item")
    _bill(one, transaction=False)
    client = _client(brief=brief)
    act: Any = {Put: client.put_item, Update: client.update_item, Delete: client.delete_item}[type(one)]
    with PassingFaults():
        act(**_request(one))


def transact(writes: Sequence[Write]) -> None:
    """Write up to 100 rows, all or none. Raises ConditionFailed (with the positions) or TryAgain."""
    meter().called("TransactWriteItems")
    for each in writes:
        _bill(each, transaction=True)
    items: Any = [{_ACTION[type(each)]: _request(each)} for each in writes]
    with PassingFaults():
        clients.dynamodb().transact_write_items(TransactItems=items)


_ACTION = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}


def _key(key: Key) -> Any:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _bill(one: Write, *, transaction: bool) -> None:
    """Tell the meter. Raises Rejected for a row that is larger than the table takes: no repetition makes it smaller."""
    size = item_size(one.item) if isinstance(one, Put) else one.size
    if isinstance(one, Put) and size > LARGEST_ROW:
        raise Rejected(ROW_TOO_LARGE, str(one.item["pk"]).partition("#")[0])
    meter().wrote(size, transaction=transaction)
    meter().wrote_indexes(_index_units(one))


def _index_units(one: Write) -> int:
    """The hub's updates and checks touch no index."""
    if isinstance(one, (Update, Check)):
        return 0
    return indexes.units(one.replaces, one.item if isinstance(one, Put) else None)


def _request(one: Write) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": settings().table}
    values: dict[str, Value] = {}
    names: dict[str, str] = {}
    if isinstance(one, Put):
        request["Item"] = to_item(one.item)
    else:
        request["Key"] = _key(one.key)
    if isinstance(one, Update):
        request["UpdateExpression"] = one.expression
        values |= one.values
        names |= one.names
    if one.when:
        request["ConditionExpression"] = one.when.expression
        values |= one.when.values
        names |= one.when.names
    if values:
        request["ExpressionAttributeValues"] = to_item(values)
    if names:
        request["ExpressionAttributeNames"] = names
    return request
