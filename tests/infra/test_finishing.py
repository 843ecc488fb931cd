"""What `finish` sets after a deployment, and what it tells whoever deploys."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from chalicelib.aws.settings import Settings
from chalicelib.properties.model import Branding
from chalicelib.settings import installation, store
from infra import concurrency, finishing, workers
from tests import conftest
from tests.conftest import PUBLIC_URL, SENDER

Limits = Callable[[], dict[str, int]]


@pytest.fixture
def limits(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> Limits:
    """Functions and mappings that are there without Lambda's emulator: what each queue's mapping was set to."""
    set_to: dict[str, int] = {}
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def played(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        match operation:
            case "ListEventSourceMappings":
                return {"EventSourceMappings": [{"UUID": arguments["FunctionName"]}]}
            case "UpdateEventSourceMapping":
                assert arguments["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
                set_to[arguments["UUID"].removeprefix("xenia-test-")] = arguments["ScalingConfig"]["MaximumConcurrency"]
                return {}
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", played)
    return lambda: set_to


@pytest.mark.parametrize("lambdas", [10, 49])
def test_where_an_account_has_too_few_lambdas_every_queue_gets_the_least_and_it_is_said_how_to_ask_for_more(
    limits: Limits, monkeypatch: pytest.MonkeyPatch, lambdas: int
) -> None:
    monkeypatch.setattr(conftest, "LAMBDAS", lambdas)
    done = finishing.finish("test")
    assert limits() == {each.function: 2 for each in workers.readers()}
    (warning,) = done.warnings
    assert f"only {lambdas} functions" in warning
    assert "Service Quotas" in warning
    assert "L-B99A9384" in warning


@pytest.mark.parametrize("lambdas", [50, 75, 100, 223])
def test_half_of_a_small_account_is_left_to_the_edge(
    limits: Limits, monkeypatch: pytest.MonkeyPatch, lambdas: int
) -> None:
    monkeypatch.setattr(conftest, "LAMBDAS", lambdas)
    done = finishing.finish("test")
    assert (done.queues, done.warnings) == (len(workers.readers()), ())
    assert limits().keys() == {each.function for each in workers.readers()}
    assert sum(limits().values()) <= lambdas / 2
    assert min(limits().values()) >= concurrency.LEAST
    assert max(limits(), key=lambda each: limits()[each]) == "ingest_notices"


def test_an_established_account_runs_what_the_handlers_ask_for(limits: Limits) -> None:
    finishing.finish("test")
    assert limits() == workers.concurrency()


def test_limits_that_are_given_come_first(limits: Limits) -> None:
    finishing.finish("test", {"fetch_notices": 3})
    assert limits() == {**workers.concurrency(), "fetch_notices": 3}


def test_the_least_is_what_aws_takes() -> None:
    shape = boto3.Session().client("lambda", "eu-central-1").meta.service_model.shape_for("MaximumConcurrency")
    assert shape.metadata["min"] == concurrency.LEAST


def test_finishing_without_functions_counts_none_and_keeps_other_settings(aws: Settings) -> None:
    assert finishing.finish("test", public_url="https://hub.hotel.test", sender=None).queues == 0
    assert installation.get().public_url == "https://hub.hotel.test"
    assert installation.get().raw_bucket
    assert store.get().group.sender == SENDER


def test_finishing_sets_the_groups_sender_and_postal_address_and_no_other_setting(aws: Settings) -> None:
    before = store.get()
    finishing.finish("test", sender="Haus <info@haus.example>", postal_address="Gasse 2, Wien")
    assert store.get().group == Branding(sender="Haus <info@haus.example>", postal_address="Gasse 2, Wien")
    assert store.get().numbered(before.version or 0).model_copy(update={"group": before.group}) == before
    assert installation.get().public_url == PUBLIC_URL


def test_a_sender_that_is_no_address_finishes_nothing(aws: Settings) -> None:
    with pytest.raises(ValueError, match=r"group\.sender"):
        finishing.finish("test", public_url="https://hub.hotel.test", sender="Haus")
    assert installation.get().public_url == PUBLIC_URL


@pytest.mark.parametrize(
    "url",
    ["hub.hotel.test", "http://hub.hotel.test", "https://", "https:///x", "https://a b.test", "https://hub.test/?x=1",
     "https://me@hub.test", "ftp://hub.test", "https://hötel.test", "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_that_mails_cannot_lead_to_finishes_nothing(aws: Settings, url: str) -> None:
    before = store.get()
    with pytest.raises(ValueError, match="public_url"):
        finishing.finish("test", public_url=url, sender="Haus <info@haus.example>")
    assert (installation.get().public_url, store.get()) == (PUBLIC_URL, before)


@pytest.mark.parametrize(
    "url", ["https://hub.hotel.test", "https://x.execute-api.eu-central-1.amazonaws.com/api", "http://localhost:4566/x"]
)
def test_what_is_set_by_now_is_told_whether_it_was_given_or_not(aws: Settings, url: str) -> None:
    done = finishing.finish("test", public_url=url, sender="Haus <info@haus.example>")
    assert (done.public_url, done.sender) == (url, "Haus <info@haus.example>")
    assert done.postal_address == store.get().group.postal_address
    again = finishing.finish("test", postal_address="Gasse 2, Wien")
    assert (again.public_url, again.sender, again.postal_address) == (url, done.sender, "Gasse 2, Wien")


def test_a_group_without_a_name_for_its_mail_is_told_so(limits: Limits) -> None:
    (warning,) = finishing.finish("test", sender="", postal_address="").warnings
    assert "no sender and no postal address" in warning
