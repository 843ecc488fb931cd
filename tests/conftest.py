"""An AWS account in memory for each test, with everything that infra would have made."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any, Final

import hypothesis
import pytest
from botocore.client import BaseClient
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

from chalicelib.access.allowances import allowances
from chalicelib.aws import bus, clients, indexes, keys, queues, retries, secrets, table
from chalicelib.aws.codec import Item
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import RESTORED_TABLE, Settings, settings
from chalicelib.canonical.facts import Fact
from chalicelib.connections import noted
from chalicelib.ingest import conversations, edge, opened
from chalicelib.jobs import actions as jobs
from chalicelib.properties.model import Branding
from chalicelib.settings import store as settings_store
from chalicelib.settings.model import HubSettings
from infra import stages
from infra.workers import queues as queues_of_workers
from tests import kept_clients, quick_bucket, quick_moto, rights
from tests.exhaustive import Thoroughness, examples, is_left_out, some_of
from tests.quick_table import QuickTable

STAGE = "test"
REGION: Final = "eu-central-1"
ACCOUNT = "123456789012"
RAW_BUCKET = f"xenia-test-raw-{ACCOUNT}"
PUBLIC_URL = "https://hub.example.com"
SENDER = "Hotel Example <news@hotel.example>"
POSTAL_ADDRESS = "Hotel Example, Main Street 1, 1010 Vienna, Austria"

quick_moto.install()
kept_clients.install()
clients.LEAN = clients.PATIENT  # what the hub asks is looked at here, argument by argument, and not again in a function
OF_SES: Final = (clients.ses, clients.ses_account)
retries.rest = lambda seconds: None  # nobody rests between two tries: a test that counts pauses brings its own clock
LAMBDAS = 1000
"""How many functions the account may run at once: moto does not know GetAccountSettings."""
_UNSET_OF_TABLES = "throughput", "streams", "sse_specification", "deletion_protection_enabled", "warm_throughput"
_ONE_AT_A_TIME = RLock()
_CALL = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's own funnel of every call


def _one_call_at_a_time(quick: QuickTable | None) -> Callable[[BaseClient, str, dict[str, Any]], Any]:
    """No table is isolated here, moto's neither: threads may interleave between calls, never within one."""

    def call(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "PutEvents":
            rights.judge(arguments)
        if operation == "GetAccountSettings":
            at_once = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": LAMBDAS}
            return {"AccountLimit": {**at_once, "TotalCodeSize": 75 * 1024**3}, "AccountUsage": {"TotalCodeSize": 0}}
        with _ONE_AT_A_TIME:
            if quick and quick.answers(self, operation):
                return quick.answer(self, operation, arguments)
            if quick_bucket.answers(self, operation, arguments):
                return quick_bucket.answer(arguments)
            return _CALL(self, operation, arguments)

    return call


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="a spread of what is marked exhaustive (make test)")


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until the tests are collected: what is imported stays
    Thoroughness.is_quick = bool(config.getoption("quick"))
    # A busy machine, or the collector, takes longer now and then than any deadline of one example.
    hypothesis.settings.register_profile("thorough or quick", max_examples=examples(100), deadline=None)
    hypothesis.settings.load_profile("thorough or quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test that is marked exhaustive and parametrised, `--quick` keeps a spread of its cases, or `quick=` of them.

    With `inside=True` all of its cases stay: what it tries a spread of is a loop in itself.
    """
    families: dict[str, list[pytest.Item]] = {}
    left_out: set[pytest.Item] = set()
    for item in items:
        marker = item.get_closest_marker("exhaustive")
        if marker and "quick" in marker.kwargs:
            left_out |= {item} if is_left_out(_case(item), marker.kwargs["quick"]) else set()
        elif marker and not marker.kwargs.get("inside"):
            families.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out |= {item for family in families.values() for item in set(family) - set(some_of(family))}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _case(item: pytest.Item) -> str:
    """As its test names it, between the brackets."""
    return item.nodeid.partition("[")[2].removesuffix("]")


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through hundreds of megabytes of it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 10, 10)  # a tenth of a second each time


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """pytest has looked through all of it once for what nobody awaited, and would again; and Python at its end, too."""
    gc.freeze()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Of this test alone. What is in the table lies in a dictionary, or in moto's where a test is marked `moto`."""
    with account(monkeypatch, in_moto=request.node.get_closest_marker("moto") is not None) as names:
        yield names


@contextmanager
def account(monkeypatch: pytest.MonkeyPatch, *, in_moto: bool = False) -> Iterator[Settings]:
    """With the hub's table, queues, bus, bucket, secret and key; stage `test`."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XENIA_STAGE", STAGE)
    monkeypatch.setenv(RESTORED_TABLE, "")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    # botocore's newer host names hold the account id, and moto does not know all of them.
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    # A test asks in a second what a client asks in a day.
    monkeypatch.setenv("XENIA_CALLS_PER_SECOND", "1000000")
    monkeypatch.setattr(opened, "sleep", lambda _: None)
    quick = None if in_moto else QuickTable(f"xenia-{STAGE}")
    monkeypatch.setattr(BaseClient, "_make_api_call", _one_call_at_a_time(quick))
    forget()
    kept_clients.unhook()
    with mock_aws():
        _create_account(settings())
        meter().take()
        yield settings()
    forget()


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    """What is announced, instead of the bus."""
    told: list[Fact] = []
    monkeypatch.setattr(bus, "announce", told.extend)
    return told


def forget() -> None:
    """Drop what the process keeps between calls, as a cold start does.

    Clients stay: they take long to make, and the account behind them is new each time. SES's go, since a test may have
    them at an address of its own; `kept_clients` has the others.
    """
    for make in OF_SES:
        make.cache_clear()
    secrets.forget_all()
    settings.cache_clear()
    stages.restored_table.cache_clear()
    queues.url_of.cache_clear()
    allowances.cache_clear()
    opened.opened_connections.cache_clear()
    noted.noted.cache_clear()
    conversations.look_ups.cache_clear()
    jobs.known_as_queued.cache_clear()
    edge.raw_bucket.cache_clear()
    meter().take()


def _create_account(names: Settings) -> None:
    """Behind moto's API: twenty calls for each test are felt."""
    _create_table(names.table)
    for name in queues_of_workers():
        _create_queue(names.queue(name))
    events_backends[ACCOUNT][REGION].create_event_bus(names.facts_bus)
    s3_backends[ACCOUNT]["aws"].create_bucket(RAW_BUCKET, REGION)
    _create_secret(names.identifier_secret)
    _create_key(names.key_alias)
    table.write(table.Put(_deployment()))


@cache
def _deployment() -> Item:
    group = Branding(sender=SENDER, postal_address=POSTAL_ADDRESS)
    kept = settings_store.packed(HubSettings(group=group, version=1))
    return table.row(keys.DEPLOYMENT, raw_bucket=RAW_BUCKET, public_url=PUBLIC_URL, **kept)


def _create_table(name: str) -> None:
    dynamodb_backends[ACCOUNT][REGION].create_table(
        name,
        billing_mode="PAY_PER_REQUEST",
        schema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        attr=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("pk", "sk", *(name for index in indexes.INDEXES for name in (index.pk, index.sk)))
        ],
        global_indexes=[_index(each) for each in indexes.INDEXES],
        indexes=[],
        tags=[],
        **dict.fromkeys(_UNSET_OF_TABLES),
    )


def _index(index: indexes.Index) -> Any:
    """As infra/template.yaml makes it; a test compares the two."""
    return {
        "IndexName": index.name,
        "KeySchema": [
            {"AttributeName": index.pk, "KeyType": "HASH"},
            {"AttributeName": index.sk, "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [indexes.PROJECTED]},
    }


def _create_secret(name: str) -> None:
    secrets_of_account = secretsmanager_backends[ACCOUNT][REGION]
    secrets_of_account.create_secret(name, "k" * 64, None, None, None, None, None, [], force_overwrite=False)


def _create_key(alias: str) -> None:
    """moto encrypts with any key. For a symmetric one it makes an RSA key first, which takes longer than the rest."""
    keys_of_account = kms_backends[ACCOUNT][REGION]
    key = keys_of_account.create_key(None, "SIGN_VERIFY", "ECC_NIST_P256", "", [])
    keys_of_account.create_alias(key.id, alias)


def _create_queue(name: str) -> None:
    backend = sqs_backends[ACCOUNT][REGION]
    backend.create_queue(f"{name}-dlq")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-dlq"
    backend.create_queue(name, RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 12}))
