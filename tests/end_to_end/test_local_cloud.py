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


def test_what_it_unpacked_goes_with_it(tmp_path: Path) -> None:
    """Functions that are killed leave their folders: hundreds of them filled a disk."""
    with local_cloud.running(tmp_path / "cloud.log") as cloud:
        told = Path(f"/proc/{cloud.pid}/environ").read_bytes().split(b"\0")
        assert f"TMPDIR={cloud.functions}".encode() in told
        (cloud.functions / "ministack-lambda-left-behind").mkdir()
    assert not cloud.functions.exists()
    assert cloud.log.exists()
