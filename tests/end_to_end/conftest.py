"""A local cloud for end-to-end tests: the packaged application, its functions in processes with their own rights."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra import deploy, local_cloud
from infra.deploy import LocalHub
from infra.local_cloud import LocalCloud

PATIENCE_SECONDS = 60

Eventually = Callable[[Callable[[], object]], None]


@contextmanager
def using(cloud: LocalCloud) -> Iterator[None]:
    """This process's boto3 talks to that cloud within the block, and to what it did before after it."""
    before = dict(os.environ)
    cloud.use_here()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """The hub, deployed by CloudFormation as it would be on AWS; boto3 is pointed at its cloud."""
    work = tmp_path_factory.mktemp("hub")
    with local_cloud.running(work / "cloud.log", enforces_policies=True) as cloud, using(cloud):
        yield deploy.locally(cloud, work / "package", print)


@pytest.fixture
def other_cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    """A second, empty cloud beside the first; boto3 is pointed at it for one test."""
    with local_cloud.running(tmp_path / "cloud.log", enforces_policies=True) as cloud, using(cloud):
        yield cloud


@pytest.fixture(scope="session")
def eventually() -> Eventually:
    """Ask until the answer is true: functions in other processes finish in their own time."""

    def ask(question: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not question():
            if time.monotonic() > deadline:
                pytest.fail(f"not within {PATIENCE_SECONDS} s: {question.__name__}")
            time.sleep(0.2)

    return ask
