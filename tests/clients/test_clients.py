"""The description is what the API does: generated clients drive the hub, and a linter finds no fault.

Run by `make clients`: what they need is installed from the registries of npm and Python.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import openapi
from infra.deploy import LocalHub
from tests.tools import fenced, needed

pytestmark = pytest.mark.end_to_end
HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
FIRST_HOUR = PROJECT / "docs" / "how-to" / "first-hour.md"
STARTS = 'make up && cd .local && export PATH="$PWD/../.venv/bin:$PATH"\n'
"""What the test has done already, in a folder of its own."""
DRIVEN = {"listed": True, "accepted": ["accepted"], "refused": 404, "got": "Europe/Lisbon"}


def ran(folder: Path, *command: str, **environment: str) -> str:
    """What a program says when all goes well."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    known = {**os.environ, "PATH": path, "UV_PYTHON": sys.executable, "NO_COLOR": "1", **environment}
    ended = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-6000:]
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The npm packages, pinned, the drivers beside them, and the description."""
    npm = needed("npm")
    made = tmp_path_factory.mktemp("clients")
    for each in (*HERE.glob("*.ts"), *HERE.glob("*.json")):
        shutil.copy(each, made)
    (made / "openapi.json").write_text(openapi.text())
    ran(made, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return made


def driven(folder: Path, program: str, hub: LocalHub) -> object:
    return json.loads(ran(folder, "node", f"built/{program}.js", HUB=hub.api_url, KEY=hub.admin_key))


def test_a_linter_has_nothing_to_say(folder: Path) -> None:
    said = ran(folder, "npx", "--no-install", "redocly", "lint", "--format", "json", "openapi.json")
    told = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]
    assert [(each["ruleId"], each["message"]) for each in told["problems"]] == []


def test_two_generators_of_typescript_make_clients_that_compile_strictly_and_drive_the_hub(
    folder: Path, hub: LocalHub
) -> None:
    types = ("--default-non-nullable", "false", "-o", "schema.d.ts")
    made = ran(folder, "npx", "--no-install", "openapi-typescript", "openapi.json", *types)
    client = ("-i", "openapi.json", "-o", "hey", "-c", "@hey-api/client-fetch")
    made += ran(folder, "npx", "--no-install", "openapi-ts", *client)
    assert "warn" not in made.lower()
    ran(folder, "npx", "--no-install", "tsc", "-p", ".")
    assert driven(folder, "fetching", hub) == {**DRIVEN, "put": "Fetched"}
    assert driven(folder, "generated", hub) == {**DRIVEN, "put": "Generated"}


def test_the_first_hour_of_a_newcomer_with_a_generated_client_goes_as_its_page_says(
    hub: LocalHub, tmp_path: Path
) -> None:
    (_, begin), (_, hour) = fenced(FIRST_HOUR.read_text())
    assert begin.startswith(STARTS)
    here = {"api_url": hub.api_url, "admin_key": hub.admin_key, "mailbox_url": hub.cloud.mailbox_url}
    (tmp_path / "hub.json").write_text(json.dumps(here))
    (tmp_path / "hour.py").write_text(hour)
    script = begin.removeprefix(STARTS).replace("../docs/openapi.json", str(PROJECT / "docs" / "openapi.json"))
    said = ran(tmp_path, "bash", "-euo", "pipefail", "-c", script)
    ended = next(json.loads(line) for line in said.splitlines() if line.startswith("{"))
    assert ended == {"points": 360, "first": "sent", "answers": ["withdrawn"], "second": "withdrawn"}
