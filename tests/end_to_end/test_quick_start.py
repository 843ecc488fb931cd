"""The README's quick start does what it says, word by word."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.deploy import LocalHub
from tests.end_to_end.conftest import Eventually
from tests.tools import blocks, needed

pytestmark = pytest.mark.end_to_end
README = Path(__file__).parents[2] / "README.md"
STARTS = "make up && cd .local\n"
"""What the test has done already, in a folder of its own."""


def test_the_quick_start_brings_a_guest_with_a_stay(hub: LocalHub, tmp_path: Path, eventually: Eventually) -> None:
    needed("node")
    needed("curl")
    (_, begin), (_, python), (_, javascript), (_, look) = blocks(README, "Quick start")
    assert begin.startswith(STARTS)
    (tmp_path / "hub.json").write_text(json.dumps({"api_url": hub.api_url, "admin_key": hub.admin_key}))
    (tmp_path / "push.py").write_text(python)
    (tmp_path / "push.mjs").write_text(javascript)
    push, curl = look.splitlines()
    said = run(tmp_path, begin.removeprefix(STARTS) + push)
    assert said.splitlines()[-2:] == ["202", "202"]
    declared = next(line for line in begin.splitlines() if line.startswith("of()"))

    def has_a_guest_with_a_stay() -> bool:
        found = json.loads(run(tmp_path, f"{declared}\nHUB=$(of api_url)\n{curl}"))["items"]
        return [(each["traits"]["given_name"], each["stats"]["stays"]) for each in found] == [("Ada", 1)]

    eventually(has_a_guest_with_a_stay)


def run(folder: Path, script: str) -> str:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
