"""A hub that is left running: by `hub up`, which goes on with what it had, and by a demo that is kept."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.demo.api import Api
from infra.local_cloud import KEPT_EVERY_SECONDS
from tests.end_to_end.conftest import Eventually

pytestmark = pytest.mark.end_to_end
HUB = "from infra.cli import main; main()"
HOTEL = {"name": "Kept", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a hub is started; it is ended there."""
    yield tmp_path
    ended(tmp_path, "-c", HUB, "down")


def ended(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)


def up(folder: Path, *options: str) -> dict[str, Any]:
    started = ended(folder, "-c", HUB, "up", "--json", *options)
    assert started.returncode == 0, started.stderr
    told: dict[str, Any] = json.loads(started.stdout)
    return told


def names_of_hotels(hub: dict[str, Any]) -> list[str]:
    return [each["name"] for each in Api(hub["api_url"], hub["admin_key"]).listed("/v1/properties")]


def test_up_goes_on_with_its_data_at_the_same_address_unless_told_otherwise(folder: Path) -> None:
    first = up(folder)
    Api(first["api_url"], first["admin_key"]).put("/v1/properties/kept", HOTEL)
    ended(folder, "-c", HUB, "down")
    again = up(folder)
    places = ("api_url", "admin_key", "aws_endpoint_url", "mailbox_url", "pms_url")
    assert [again[each] for each in places] == [first[each] for each in places]
    assert names_of_hotels(again) == ["Kept"]
    ended(folder, "-c", HUB, "down")
    assert names_of_hotels(up(folder, "--fresh")) == []


def test_what_a_killed_cloud_had_is_there_again_but_for_what_came_since_it_was_last_written_down(
    folder: Path, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT_EVERY_SECONDS, "0.5")
    first = up(folder)
    Api(first["api_url"], first["admin_key"]).put("/v1/properties/kept", HOTEL)
    written = folder / ".local" / "kept" / "state" / "dynamodb.json"
    eventually(lambda: written.exists() and HOTEL["name"] in written.read_text())
    os.killpg(first["cloud_pid"], signal.SIGKILL)
    assert "nothing of it runs" in ended(folder, "-c", HUB, "down").stderr
    assert names_of_hotels(up(folder)) == [HOTEL["name"]]


def test_a_demo_of_one_booking_agrees_and_leaves_its_hub_to_look_at(folder: Path, eventually: Eventually) -> None:
    demo = ended(folder, "-m", "infra.demo", "--limit", "1", "--keep", "--json")
    assert demo.returncode == 0, demo.stdout[-3000:] + demo.stderr[-3000:]
    hub = json.loads((folder / ".local" / "hub.json").read_text())
    assert hub["api_url"] in demo.stderr
    assert hub["admin_key"] in demo.stderr
    assert len(names_of_hotels(hub)) == 3
    assert "has ended" in ended(folder, "-c", HUB, "down").stderr
    eventually(lambda: list((folder / ".local" / "demo").iterdir()) == [])
