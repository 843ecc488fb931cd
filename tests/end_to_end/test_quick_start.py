"""The README's quick start does what it says, word by word."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import running_hub
from infra.deploy import LocalHub
from tests.end_to_end.conftest import Eventually
from tests.tools import blocks, needed

pytestmark = pytest.mark.end_to_end
README = Path(__file__).parents[2] / "README.md"
STARTS = "make up && cd .local && "
"""What the test has done already, in a folder of its own."""
ANOTHER = {"r1": "r2", "g1": "g2", "Ada": "Eva", "ada@": "eva@"}


def test_the_quick_start_brings_a_guest_with_a_stay(hub: LocalHub, tmp_path: Path, eventually: Eventually) -> None:
    """In Python as it stands, and in JavaScript with another guest."""
    needed("node")
    needed("curl")
    (_, begin), (_, python), (_, javascript), (_, look) = blocks(README, "Quick start")
    assert begin.startswith(STARTS)
    (tmp_path / "hub.env").write_text(running_hub.for_a_shell(hub))
    (tmp_path / "push.py").write_text(python)
    (tmp_path / "push.mjs").write_text(javascript)
    push, curl = look.splitlines()
    in_python, in_javascript = push.split(" # or: ")

    of_eva = another(begin[begin.index("export BODY=") :])
    said = run(tmp_path, f"{begin.removeprefix(STARTS)}{in_python}\n{of_eva}{in_javascript}")
    assert said.splitlines()[-2:] == ["202", "202"]

    def have_come() -> bool:
        asked = f". ./hub.env\n{curl}; echo; {another(curl)}"
        return found(run(tmp_path, asked)) == [("Ada", 1), ("Eva", 1)]

    eventually(have_come)


def another(text: str) -> str:
    for one, other in ANOTHER.items():
        text = text.replace(one, other)
    return text


def found(answers: str) -> list[tuple[str, int]]:
    guests = [each for answer in answers.splitlines() for each in json.loads(answer)["items"]]
    return [(each["traits"]["given_name"], each["stats"]["stays"]) for each in guests]


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
