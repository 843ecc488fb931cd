"""Who must act on an error of the table is told by its kind."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from chalicelib.aws import clients, keys, table
from chalicelib.aws.keys import Key
from chalicelib.aws.retries import until_written
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import TryAgain

ROW = table.row(Key(keys.SEGMENTS, "s1"), rev=1)


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="x"),
        ReadTimeoutError(endpoint_url="x"),
        EndpointConnectionError(endpoint_url="x"),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "PutItem"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_passing_fault_is_one_to_try_again(aws: Settings, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(clients.dynamodb(), "put_item", fail)
    with pytest.raises(TryAgain):
        table.write(table.Put(ROW))


CONFLICT = {"Code": "TransactionConflict"}
CANCELLED = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": [CONFLICT]}


@pytest.mark.parametrize(
    "response", [{"Error": {"Code": "TransactionConflictException", "Message": ""}}, CANCELLED], ids=["one", "many"]
)
def test_who_meets_another_transaction_looks_again(
    aws: Settings, response: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [ClientError(response, "a write"), None]

    def refused_once(**_: object) -> None:
        if answer := answers.pop(0):
            raise answer

    monkeypatch.setattr(clients.dynamodb(), "put_item", refused_once)
    monkeypatch.setattr(clients.dynamodb(), "transact_write_items", refused_once)
    if "CancellationReasons" in response:
        until_written(lambda: table.transact([table.Put(ROW)]), "busy")
    else:
        until_written(lambda: table.write(table.Put(ROW)), "busy")
    assert answers == []


def test_a_condition_that_does_not_hold_is_told_by_its_position(aws: Settings) -> None:
    table.write(table.Put(ROW, table.ABSENT))
    with pytest.raises(table.ConditionFailed) as failed:
        table.transact([table.Put(table.row(Key(keys.SEGMENTS, "s2"), rev=1)), table.Put(ROW, table.ABSENT)])
    assert failed.value.failed == (1,)
    assert table.get(Key(keys.SEGMENTS, "s2")) is None
