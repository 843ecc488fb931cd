"""The account in memory goes back when a transaction is cancelled, and answers queries of one partition alone."""

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings

pytestmark = pytest.mark.moto
FIRST, SECOND, THIRD = (Key("here", name) for name in ("a", "b", "c"))


def test_a_cancelled_transaction_leaves_every_row_as_it_was(aws: Settings) -> None:
    before = [table.row(FIRST, rev=1, listed=["x"]), table.row(SECOND, rev=1)]
    for row in before:
        table.write(table.Put(row))
    writes: list[table.Write] = [
        table.Update(FIRST, "SET rev = :rev, listed = list_append(listed, :more)", {":rev": 2, ":more": ["y"]}),
        table.Delete(SECOND),
        table.Put(table.row(THIRD, rev=1)),
        table.Check(keys.DEPLOYMENT, table.ABSENT),
    ]
    with pytest.raises(table.ConditionFailed) as refused:
        table.transact(writes)
    assert refused.value.failed == (3,)
    assert list(table.query("here")) == before
    table.transact(writes[:3])
    assert list(table.query("here")) == [table.row(FIRST, rev=2, listed=["x", "y"]), table.row(THIRD, rev=1)]


def test_an_update_that_is_refused_changes_nothing(aws: Settings) -> None:
    table.write(table.Put(table.row(FIRST, rev=1)))
    with pytest.raises(table.ConditionFailed):
        table.write(table.Update(FIRST, "SET rev = :rev", {":rev": 2}, when=table.ABSENT))
    assert table.get(FIRST) == table.row(FIRST, rev=1)


def test_a_query_sees_its_partition_and_no_other(aws: Settings) -> None:
    for key in (THIRD, FIRST, Key("there", "a"), SECOND):
        table.write(table.Put(table.row(key)))
    assert [table.key_of(row) for row in table.query("here", after="a")] == [SECOND, THIRD]
    assert list(table.query("nowhere")) == []
    assert table.get(Key("nowhere", "a")) is None
