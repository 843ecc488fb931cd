"""A mapping that Lambda is still busy with is waited for, and no longer than it is worth."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.aws.settings import Settings
from infra import mappings

UPDATE = "update_event_source_mapping"
MAPPING = "12345678-1234-1234-1234-123456789012"
WANTED = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.fixture
def lambda_(aws: Settings) -> Iterator[Stubber]:
    with Stubber(boto3.client("lambda")) as stub:
        yield stub


def change(stub: Stubber) -> list[float]:
    """Returns the pauses that were made."""
    pauses: list[float] = []
    client: Any = stub.client
    mappings.change(client, MAPPING, WANTED, pauses.append)
    return pauses


def test_a_mapping_that_is_still_being_made_is_waited_for(lambda_: Stubber) -> None:
    for code in ("ResourceInUseException", "ResourceConflictException"):
        lambda_.add_client_error(UPDATE, code)
    lambda_.add_response(UPDATE, {}, {"UUID": MAPPING, **WANTED})
    assert change(lambda_) == [mappings.PAUSE_SECONDS] * 2
    lambda_.assert_no_pending_responses()


def test_waiting_ends_and_says_why(lambda_: Stubber) -> None:
    for _ in range(mappings.TRIES):
        lambda_.add_client_error(UPDATE, "ResourceInUseException")
    with pytest.raises(ClientError, match="ResourceInUseException"):
        change(lambda_)


def test_any_other_refusal_is_told_at_once(lambda_: Stubber) -> None:
    lambda_.add_client_error(UPDATE, "ResourceNotFoundException")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        change(lambda_)
