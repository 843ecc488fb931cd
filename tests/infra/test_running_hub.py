"""`hub down` ends what `hub up` started, and nothing that only has its old number."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import deploy, local_cloud, processes, running_hub

SLEEPS = "import time; time.sleep(60)"
GONE = 2**22 + 1
"""A number that no process has: above the highest of Linux."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, with modules in it that sleep under the names of the real ones."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra" / "simulator").mkdir(parents=True)
    for name in ("ministack.py", "bystander.py", "infra/__init__.py", "infra/simulator/__init__.py"):
        (tmp_path / name).touch()
    for name in ("ministack.py", "infra/kept_cloud.py", "bystander.py", "infra/simulator/__main__.py"):
        (tmp_path / name).write_text(SLEEPS)
    running_hub.LOCAL.mkdir()


def started(module: str) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-m", module, "--port", "0"], start_new_session=True)
    while not processes.command_of(child.pid):  # for an instant the system does not know it yet
        pass
    return child


@pytest.fixture(params=["ministack", "infra.kept_cloud"])
def hub(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    with started(request.param) as cloud, started("infra.simulator") as pms:
        yield cloud, pms
        cloud.kill()
        pms.kill()


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    with started("bystander") as child:
        yield child
        child.kill()


def write(cloud_pid: object, pms_pid: object) -> None:
    running_hub.HUB_JSON.write_text(json.dumps({"stage": "dev", "cloud_pid": cloud_pid, "pms_pid": pms_pid}))


def test_what_was_started_is_ended(hub: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]) -> None:
    cloud, pms = hub
    write(cloud.pid, pms.pid)
    assert running_hub.down() == "the local cloud has ended"
    assert cloud.wait(10) is not None
    assert pms.wait(10) is not None
    assert not running_hub.HUB_JSON.exists()


def test_what_goes_with_it_is_removed(hub: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]) -> None:
    cloud, pms = hub
    folder = running_hub.LOCAL / "demo" / "abc"
    folder.mkdir(parents=True)
    noted = {"stage": "dev", "cloud_pid": cloud.pid, "pms_pid": pms.pid, "goes_with_it": str(folder)}
    running_hub.HUB_JSON.write_text(json.dumps(noted))
    running_hub.down()
    assert not folder.exists()
    assert running_hub.LOCAL.exists()


def test_a_second_hub_is_refused_while_one_runs(hub: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]) -> None:
    running_hub.refuse_a_second()
    cloud, pms = hub
    write(cloud.pid, pms.pid)
    with pytest.raises(running_hub.AlreadyUp, match=r"a hub runs already.*`make down` ends it"):
        running_hub.refuse_a_second()
    assert running_hub.HUB_JSON.exists()


def test_what_is_left_of_a_hub_that_ended_by_itself_is_in_nobodys_way(
    hub: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]],
) -> None:
    _, pms = hub
    write(GONE, pms.pid)
    assert running_hub.running() is None
    running_hub.refuse_a_second()
    assert not running_hub.HUB_JSON.exists()
    assert pms.wait(10) is not None


def test_a_hub_is_found_from_the_folders_below_its_own(
    hub: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cloud, pms = hub
    write(cloud.pid, pms.pid)
    for below in (".local", "infra/simulator"):
        monkeypatch.chdir(tmp_path / below)
        assert (running_hub.running() or {})["cloud_pid"] == cloud.pid
    assert running_hub.down() == "the local cloud has ended"
    assert not (tmp_path / running_hub.HUB_JSON).exists()


def test_what_holds_a_key_is_for_nobody_else(tmp_path: Path) -> None:
    running_hub.HUB_JSON.touch(0o644)
    cloud = local_cloud.LocalCloud(4566, GONE, tmp_path / "log")
    running_hub.note(deploy.LocalHub(cloud, "dev", "http://here", "xk_1"), (GONE, "http://pms"), tmp_path / "none")
    for each in (running_hub.HUB_JSON, running_hub.HUB_ENV):
        assert "xk_1" in each.read_text()
        assert each.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("whole", "left"), [(True, ["kept.txt"]), (False, [])])
def test_what_a_start_that_broke_off_had_begun_is_not_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, *, whole: bool, left: list[str]
) -> None:
    """Its bucket would be in the way of the next start's."""
    running_hub.KEPT.mkdir()
    (running_hub.KEPT / "kept.txt").touch()
    if whole:
        running_hub.BEFORE.write_text("{}")
    found: list[str] = []

    def start(*_: object, **__: object) -> None:
        found.extend(each.name for each in running_hub.KEPT.glob("*.txt"))
        raise local_cloud.LocalCloudDown

    monkeypatch.setattr(local_cloud, "start", start)
    with pytest.raises(local_cloud.LocalCloudDown):
        running_hub.up(lambda _: None)
    assert found == left


@pytest.mark.parametrize("text", [None, "", '{"cloud_port": 1', "[]"])
def test_without_a_readable_word_of_before_it_begins_anew(text: str | None) -> None:
    if text is not None:
        running_hub.KEPT.mkdir()
        running_hub.BEFORE.write_text(text)
    assert running_hub._before() == {}


def test_a_stranger_who_got_the_number_is_left_alone(bystander: subprocess.Popen[bytes]) -> None:
    write(bystander.pid, bystander.pid)
    assert "an old one" in running_hub.down()
    assert bystander.poll() is None
    assert not running_hub.HUB_JSON.exists()


def test_what_ended_by_itself_is_cleared_away() -> None:
    write(GONE, GONE)
    assert "an old one" in running_hub.down()
    assert running_hub.down() == "no local cloud runs here"


@pytest.mark.parametrize("text", ["", '{"cloud_pid": 12', "[]", '{"stage": "dev"}', '{"cloud_pid": "x", "pms_pid": 1}'])
def test_a_file_that_cannot_be_read_is_removed_with_a_word(text: str) -> None:
    running_hub.HUB_JSON.write_text(text)
    with pytest.raises(running_hub.HubJsonDamaged, match="`make down` removes it"):
        running_hub.noted()
    assert "could not be read and is removed" in running_hub.down()
    assert not running_hub.HUB_JSON.exists()


def test_a_process_is_known_by_what_it_runs_where_there_is_no_proc(
    bystander: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ps = tmp_path / "ps"
    ps.write_text(f"#!/bin/sh\n[ $4 = {bystander.pid} ] && echo python -m bystander --port 0\n")
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(processes, "PROC", tmp_path / "none")
    assert processes.runs(bystander.pid, "bystander")
    assert not processes.runs(bystander.pid, "bystand")
    assert not processes.runs(GONE, "bystander")


def test_a_simulator_that_does_not_start_is_a_named_error() -> None:
    Path("infra/simulator/__main__.py").write_text("raise SystemExit(2)")
    with pytest.raises(running_hub.PmsDown, match=r"pms\.log"):
        running_hub.start_pms(running_hub.LOCAL)
