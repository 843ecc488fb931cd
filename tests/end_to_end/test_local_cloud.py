"""The local cloud beside others on the same machine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import local_cloud

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_was_taken_in_the_meantime_is_left_to_its_owner(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([taken, local_cloud.free_port()])
    monkeypatch.setattr(local_cloud, "free_port", lambda: next(found))
    with local_cloud.running(tmp_path / "cloud.log") as cloud:
        assert cloud.port != taken
