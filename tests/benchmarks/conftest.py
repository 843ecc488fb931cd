"""Each test's hub has an account of its own at the end of the benchmarks' wire, and leaves no client behind on it."""

from collections.abc import Iterator

import boto3
import pytest

from benchmarks import hub, stopwatch
from benchmarks.cloud import Cloud
from chalicelib.aws import clients
from chalicelib.aws.settings import settings
from tests.conftest import forget


class NoCollector:
    """What a test measures is whether it can be measured: hundreds of megabytes are looked through for no figure, and
    what was frozen stays so."""

    @staticmethod
    def collect() -> None: ...
    @staticmethod
    def freeze() -> None: ...
    @staticmethod
    def unfreeze() -> None: ...


@pytest.fixture(autouse=True)
def _collected_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopwatch, "gc", NoCollector)


@pytest.fixture(autouse=True)
def on_the_wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in hub.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in hub.FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    hub.wire.cache_clear()
    clients.forget_all()
    settings.cache_clear()
    hub.wire()
    yield
    clients.forget_all()
    hub.wire.cache_clear()
    forget()


@pytest.fixture
def cloud() -> Cloud:
    return hub.open_hub()
