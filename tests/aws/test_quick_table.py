"""The table from dictionaries answers as moto's does: both are asked what the hub asks, and what they say compared."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import HealthCheck, given, settings, strategies

from chalicelib.aws import clients, indexes, keys, table
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.aws.table import ABSENT, PRESENT, Check, Delete, Put, Update, When
from tests import tables
from tests.exhaustive import examples
from tests.quick_table import QuickTable

pytestmark = pytest.mark.moto
KINDS: dict[str, Any] = {
    "text": "Zoë", "blank": "", "number": -12, "bytes": b"\x00\xff", "yes": True, "no": False, "nothing": [None],
    "list": ["x", 1, {"y": [b"z"]}], "map": {"a": {"b": 2}, "c": []},
}  # fmt: skip
HERE = [Key("here", name) for name in ("a", "ab", "b", "ba", "c")]
PAGE = 300_000
"""Bytes of a row of which three make a page."""
CODES = {"TypeError": "ConditionalCheckFailed"}


class Both:
    """Stands for botocore: asks moto and the quick table, and answers as moto did."""

    def __init__(self, name: str, call: Callable[..., Any]) -> None:
        self.quick = QuickTable(name)
        self.call = call
        self.asked = 0

    def asks(self, client: BaseClient, operation: str, arguments: Any) -> Any:
        if not self.quick.answers(client, operation):
            return self.call(client, operation, arguments)
        self.asked += 1
        expected, found = (
            told(lambda: self.call(client, operation, arguments)),
            told(lambda: self.quick.answer(client, operation, arguments)),
        )
        assert said(found) == said(expected), (operation, arguments)
        if isinstance(expected, ClientError):
            raise expected
        return expected


def asked_of(both: Both) -> Callable[[BaseClient, str, Any], Any]:
    """A function, so that a client binds itself to it."""

    def call(client: BaseClient, operation: str, arguments: Any) -> Any:
        return both.asks(client, operation, arguments)

    return call


def told(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except ClientError as error:
        return error


def said(answer: Any) -> Any:
    """What the hub reads of an answer: rows, whether there are more, and of an error its kinds and one of its words."""
    if isinstance(answer, ClientError):
        response: Any = answer.response
        # To DynamoDB a text is not less than a number, which moto cannot compare.
        codes = [CODES.get(reason["Code"], reason["Code"]) for reason in response.get("CancellationReasons", [])]
        return response["Error"]["Code"], codes, "has exceeded the maximum allowed size" in str(response)
    rows = answer.get("Items", answer.get("Item"))
    batches = {name: sorted(map(repr, found)) for name, found in answer.get("Responses", {}).items()}
    return rows, answer.get("Count"), answer.get("LastEvaluatedKey"), batches, answer.get("UnprocessedKeys") or None


@pytest.fixture
def both(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """Whatever is asked from here on is asked of both, and in the end the same lies in both."""
    asked = Both(aws.table, BaseClient._make_api_call)  # type: ignore[attr-defined]
    for row in tables.rows().values():
        asked.quick.answer(clients.dynamodb(), "PutItem", table._request(Put(row)))
    monkeypatch.setattr(BaseClient, "_make_api_call", asked_of(asked))
    yield asked
    tables.rows()


def fill(*names: Key, **attributes: Any) -> None:
    for key in names:
        table.write(Put(table.row(key, **attributes)))


def refused(act: Callable[[], object]) -> ClientError | Exception | None:
    """The error, if there is one: that both have the same is seen by `Both`."""
    try:
        act()
    except Exception as error:
        if isinstance(error, AssertionError):
            raise
        return error
    return None


NO_ATTRIBUTES: tuple[Any, ...] = (
    {"S": 1}, {"N": 1}, {"B": 1}, {"X": "a"}, {"BOOL": "yes"}, {"M": {"a": {"S": 1}}},
    {"M": []}, {"L": [{"S": "a"}, {"B": 2}]}, {"L": {}}, "text", None,
)  # fmt: skip


@pytest.mark.parametrize("none", NO_ATTRIBUTES, ids=str)
def test_what_is_no_attribute_is_refused_in_the_same_words(none: Any, both: Both) -> None:
    """Before it is asked: what is as it must be is not looked at twice there."""
    client, name, key = clients.dynamodb(), both.quick.name, {"pk": {"S": "here"}, "sk": {"S": "a"}}
    for operation, arguments in {
        "PutItem": {"TableName": name, "Item": {**key, "a": none}},
        "GetItem": {"TableName": name, "Key": {**key, "sk": none}},
        "BatchGetItem": {"RequestItems": {name: {"Keys": [key, {**key, "sk": none}]}}},
        "Query": {"TableName": name, "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": none}},
        "TransactWriteItems": {"TransactItems": [{"Put": {"TableName": name, "Item": {**key, "a": none}}}]},
    }.items():
        words = [refused(partial(ask, client, operation, arguments)) for ask in (both.call, both.quick.answer)]
        assert isinstance(words[0], ParamValidationError)
        assert str(words[0]) == str(words[1])


def test_every_kind_of_attribute_comes_back_as_it_was_put(both: Both) -> None:
    fill(HERE[0], **KINDS)
    assert table.get(HERE[0]) == table.row(HERE[0], **KINDS)
    assert table.get(HERE[1]) is None
    assert table.get_many([HERE[1], HERE[0]]) == {HERE[0]: table.row(HERE[0], **KINDS)}


CONDITIONS = [
    ABSENT,
    PRESENT,
    When("rev = :rev", {":rev": 3}),
    When("rev = :rev", {":rev": "3"}),
    When("version < :version", {":version": "5"}),
    When("version < :version", {":version": 5}),
    When("rev < :rev", {":rev": 10}),
    When("rev <= :rev", {":rev": 3}),
    When("attribute_not_exists(pk) OR version < :version", {":version": "5"}),
    When("attribute_not_exists(expires_at) OR expires_at <= :now", {":now": 7}),
    When("nonce = :nonce AND attribute_not_exists(#text)", {":nonce": "n"}, {"#text": "text"}),
    When("attribute_exists(pk) AND attribute_not_exists(decisions)"),
    When("#state = :state AND #at = :at", {":state": "claimed", ":at": 1}, {"#state": "state", "#at": "at"}),
]
ROWS: list[dict[str, Any] | None] = [
    None, {}, {"rev": 3, "version": "4"}, {"rev": 9, "version": "5"}, {"version": 4}, {"expires_at": 7},
    {"expires_at": 8}, {"nonce": "n"}, {"nonce": "n", "text": ""}, {"decisions": ""}, {"state": "claimed", "at": 1},
    {"rev": "3"}, {"rev": -1, "version": ""},
]  # fmt: skip


@pytest.mark.parametrize("when", CONDITIONS, ids=lambda when: f"{when.expression} {when.values}")
def test_a_condition_holds_for_the_same_rows(when: When, both: Both) -> None:
    held = 0
    for row in ROWS:
        for write in (Put(table.row(HERE[0], new=1), when), Delete(HERE[0], when), Check(HERE[0], when)):
            table.write(Delete(HERE[0]))
            if row is not None:
                fill(HERE[0], **row)
            held += refused(partial(table.transact, [write])) is None
    assert 0 < held < 3 * len(ROWS)


UPDATES = [
    Update(HERE[0], "SET a = :a, b = :b", {":a": 1, ":b": {"c": None}}),
    Update(HERE[0], "SET #state = :state, rev = rev + :one", {":state": "paused", ":one": 1}, {"#state": "state"}),
    Update(HERE[0], "SET settings = :settings REMOVE a, b", {":settings": "{}"}),
    Update(HERE[0], "ADD refused :one", {":one": 1}),
    Update(HERE[0], "ADD chunks :one, #n1 :n1", {":one": 1, ":n1": -4}, {"#n1": "n1"}),
    Update(HERE[0], "SET a = :a", {":a": 1}, when=PRESENT),
    Update(HERE[0], "SET sk = :a", {":a": "c"}),
    Update(HERE[0], "SET more = :more", {":more": "x" * 410_000}),
]


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.expression)
@pytest.mark.parametrize("row", [{}, {"a": 7, "rev": 2, "refused": 5, "chunks": -1}])
def test_an_update_leaves_the_same_row(update: Update, row: dict[str, Any], both: Both) -> None:
    for act in (lambda: table.write(update), lambda: table.transact([update])):
        fill(HERE[0], **row)
        refused(act)
        table.get(HERE[0])


@pytest.mark.parametrize("update", [UPDATES[0], *UPDATES[2:6]], ids=lambda update: update.expression)
def test_an_update_makes_the_same_row(update: Update, both: Both) -> None:
    refused(lambda: table.write(update))
    assert (table.get(HERE[0]) is None) is (update.when == PRESENT)


def test_an_update_that_is_refused_makes_no_row_though_it_does_in_moto(aws: Settings) -> None:
    quick, client = QuickTable(aws.table), clients.dynamodb()
    with pytest.raises(ClientError, match="does not exist in the item"):
        quick.answer(client, "UpdateItem", table._request(UPDATES[1]))
    assert quick.rows == {}


def test_a_transaction_is_kept_whole_or_not_at_all(both: Both) -> None:
    fill(*HERE[:2], rev=1)
    one = When("rev = :rev", {":rev": 1})
    good: list[table.Write] = [
        Put(table.row(HERE[0], rev=2), one),
        Delete(HERE[1], one),
        Check(HERE[2], ABSENT),
        Put(table.row(HERE[3])),
    ]
    too_large = Update(HERE[4], "SET a = :a", {":a": "x" * 410_000})
    for bad in (Check(HERE[4], PRESENT), too_large, good[0]):
        assert refused(partial(table.transact, [*good, bad]))
        assert sorted(tables.rows().keys() & set(HERE)) == HERE[:2]
    table.transact(good)
    assert sorted(tables.rows().keys() & set(HERE)) == [HERE[0], HERE[3]]


def test_a_call_takes_a_hundred_rows_and_each_once(both: Both) -> None:
    many = [Key("many", f"{number:03}") for number in range(101)]
    assert refused(lambda: table.transact([Put(table.row(key)) for key in many]))
    table.transact([Put(table.row(key)) for key in many[:100]])
    asked: list[Any] = [{"pk": {"S": key.pk}, "sk": {"S": key.sk}} for key in many]
    client = clients.dynamodb()
    for wrong in (asked, [asked[0], asked[0]]):
        assert refused(partial(client.batch_get_item, RequestItems={both.quick.name: {"Keys": wrong}}))
    assert len(table.get_many(many)) == 100


QUERIES: list[dict[str, Any]] = [
    {}, {"prefix": "a"}, {"prefix": "b", "limit": 1}, {"limit": 2}, {"after": "ab"}, {"after": "aa", "limit": 2},
    {"newest_first": True}, {"newest_first": True, "after": "ba"}, {"newest_first": True, "prefix": "a", "limit": 1},
    {"up_to": "b", "prefix": "a"}, {"up_to": "b", "prefix": "ab"}, {"up_to": "b", "prefix": "a", "after": "a"},
    {"at_once": 1}, {"at_once": 2},
    {"at_once": 2, "newest_first": True}, {"at_once": 1, "prefix": "a"}, {"only": ["sk", "rev"]}, {"limit": 5},
    {"prefix": "nothing"}, {"up_to": "b", "prefix": "ab", "at_once": 1, "newest_first": True}, {"consistent": False},
]  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("how", QUERIES, ids=str)
@pytest.mark.parametrize("size", [1, PAGE], ids=["short rows", "rows of pages"])
def test_a_query_reads_the_same_pages(how: dict[str, Any], size: int, both: Both) -> None:
    fill(*HERE, rev=1, text="x" * size)
    fill(Key("her", "ea"), Key("here2", "a"))
    before, read = both.asked, list(table.query("here", **how))
    assert [row["sk"] for row in read] == sorted((row["sk"] for row in read), reverse="newest_first" in how)
    assert both.asked > before
    assert list(table.query("nowhere", **how)) == []


@pytest.mark.parametrize(
    "how",
    [{}, {"after": "2"}, {"at_once": 2}, {"limit": 2}, {"after": "9"}, {"prefix": "7"}, {"prefix": "7", "limit": 1}],
    ids=str,
)
def test_an_index_shows_the_same_rows(how: dict[str, Any], both: Both) -> None:
    for number, key in enumerate(HERE):
        fill(key, pk1="shelf", sk1=f"{9 - number}", projected="{}", hidden=1)
    fill(Key("there", "a"), pk1="shelf", sk1="75", projected="{}", pk2="shelf", sk2="1")
    fill(Key("there", "b"), pk1="other", sk1="1")
    fill(Key("there", "c"), pk2="shelf", sk2="0")
    for index in indexes.INDEXES:
        shown = list(table.query_index(index, "shelf", **how))
        assert all("hidden" not in row for row in shown)
    assert len(list(table.query_index(indexes.INDEX_1, "shelf"))) == 6


def test_all_that_lies_in_the_table_is_scanned_and_counted(both: Both) -> None:
    fill(*HERE, Key("a", "z"), **KINDS)
    found = clients.dynamodb().scan(TableName=both.quick.name, Select="COUNT", ConsistentRead=True)
    assert found["Count"] == len(tables.rows()) == len(HERE) + 2


WRONG: list[Callable[[], object]] = [
    lambda: table.get(Key("here", "")),
    lambda: list(table.query("here", up_to="b")),
    lambda: list(table.query("")),
    lambda: table.write(Put({"pk": "here", "sk": ""})),
    lambda: table.write(Put({"pk": "here", "sk": 1})),
    lambda: table.write(Put(table.row(HERE[0], pk1=""))),
    lambda: table.write(Put(table.row(HERE[0]), When("status = :status", {":status": "x"}))),
    lambda: table.write(Update(HERE[0], "SET status = :status", {":status": "x"})),
    lambda: table.write(Update(HERE[0], "SET a = :a", {})),
    lambda: clients.dynamodb().get_item(TableName="xenia-other", Key={"pk": {"S": "a"}, "sk": {"S": "a"}}),
]


@pytest.mark.parametrize("ask", WRONG)
def test_both_refuse_what_dynamodb_does(ask: Callable[[], object], both: Both) -> None:
    fill(HERE[0])
    assert isinstance(refused(ask), ClientError)


STRICTER = [
    (Put(table.row(HERE[0]), When("attribute_not_exists(pk)", {":x": 1})), "unused"),
    (Put(table.row(HERE[0]), When("a = :a")), "lacks a placeholder"),
    (Put(table.row(HERE[0], pk1=1)), "not valid"),
]


@pytest.mark.parametrize(("put", "why"), STRICTER, ids=lambda case: case if isinstance(case, str) else "")
def test_it_refuses_what_dynamodb_does_and_moto_does_not(put: Put, why: str, aws: Settings) -> None:
    with pytest.raises(ClientError, match=why):
        QuickTable(aws.table).answer(clients.dynamodb(), "PutItem", table._request(put))


def test_what_it_does_not_know_is_an_error_and_no_answer(aws: Settings) -> None:
    quick, client = QuickTable(aws.table), clients.dynamodb()
    key = {"pk": {"S": "a"}, "sk": {"S": "a"}}
    with pytest.raises(ValueError, match="contains"):
        quick.answer(client, "PutItem", table._request(Put(table.row(HERE[0]), When("contains(a, :a)", {":a": "x"}))))
    with pytest.raises(AssertionError, match="ProjectionExpression"):
        quick.answer(client, "GetItem", {"TableName": aws.table, "Key": key, "ProjectionExpression": "a"})


some_key = strategies.sampled_from(HERE)
some_when = strategies.sampled_from([None, *CONDITIONS])
some_row = strategies.sampled_from([row for row in ROWS if row is not None])
some_write = strategies.one_of(
    strategies.builds(lambda key, row, when: Put(table.row(key, **row), when), some_key, some_row, some_when),
    strategies.builds(Delete, some_key, some_when),
    strategies.builds(Check, some_key, strategies.sampled_from(CONDITIONS)),
    strategies.builds(
        lambda key, update, when: Update(key, update.expression, update.values, update.names, when),
        some_key, strategies.sampled_from(UPDATES[:6]), some_when,
    ),
)  # fmt: skip


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=strategies.lists(strategies.lists(some_write, min_size=1, max_size=4), max_size=8))
def test_whatever_is_written_in_any_order_the_same_is_left(batches: list[list[table.Write]], both: Both) -> None:
    tables.empty()
    for batch in batches:
        refused(partial(table.transact, batch))
    left = json.dumps(sorted(map(str, table.query("here"))))
    assert left == json.dumps(sorted(map(str, table.get_many(HERE).values())))
    list(table.query(keys.DEPLOYMENT.pk))
