"""Every contract of pyproject.toml catches what it is there for: each is broken once, in a copy of the code."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from infra.package import PROJECT

POINT_DOWN = "imports only point down, and capabilities that share a line never import each other"
VENDORS = "vendors never import each other"
PURE = "vocabulary, vendors, rules, models and the pure modules beside them do no I/O"
TABLE = "entry points never touch the table"
BOTO3 = "only chalicelib.aws imports boto3"
CHALICE = "only chalicelib.entrypoints imports chalice"
TOOLS = "the hub never imports its tools"

PLANTED = [
    (POINT_DOWN, "chalicelib.properties.store", "chalicelib.guests.store"),
    (POINT_DOWN, "chalicelib.loyalty.store", "chalicelib.segments.store"),
    (POINT_DOWN, "chalicelib.jobs.store", "chalicelib.ingest.reconciliation"),
    (VENDORS, "chalicelib.connectors.mews.edge", "chalicelib.connectors.canonical.edge"),
    (PURE, "chalicelib.canonical.money", "socket"),
    (PURE, "chalicelib.connectors.mews.rows", "httpx"),
    (PURE, "chalicelib.segments.rules", "chalicelib.guests.store"),  # not itself, but through whom it asks
    (PURE, "chalicelib.guests.model", "chalicelib.aws.table"),
    (PURE, "chalicelib.profiles.people", "chalicelib.aws.queues"),
    (PURE, "chalicelib.messages.markup", "subprocess"),
    (TABLE, "chalicelib.entrypoints.api.segments", "chalicelib.aws.table"),
    (TABLE, "chalicelib.entrypoints.webhooks", "chalicelib.aws.keys"),
    (TABLE, "chalicelib.entrypoints.guest_pages.leaving", "chalicelib.aws.clients"),
    (BOTO3, "chalicelib.campaigns.work", "boto3"),
    (BOTO3, "chalicelib.entrypoints.runtime", "botocore"),
    (CHALICE, "chalicelib.ingest.edge", "chalice"),
    (TOOLS, "chalicelib.campaigns.rules", "infra.stages"),
]
"""Contract, and what imports what against it."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the linter says under each contract that is broken, with everything planted at once."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(PROJECT / "pyproject.toml", copy)
    for package in ("chalicelib", "infra"):
        shutil.copytree(PROJECT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for _, importer, imported in PLANTED:
        with copy.joinpath(*importer.split(".")).with_suffix(".py").open("a") as module:
            module.write(f"\nimport {imported}\n")
    (copy / "chalicelib" / "bookings").mkdir()
    (copy / "chalicelib" / "bookings" / "__init__.py").touch()
    return _broken(_lint(copy))


def _lint(project: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(project), "COLUMNS": "300"}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def _broken(text: str) -> dict[str, str]:
    """The report's chapters: a title, a line of dashes, and what was found."""
    parts = text.partition("Broken contracts")[2].split("\n")
    titles = [at for at, line in enumerate(parts[1:]) if set(line) == {"-"} and line]
    ends = [*titles[1:], len(parts)]
    return {parts[start].strip(): "\n".join(parts[start + 2 : end]) for start, end in zip(titles, ends, strict=True)}


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTED)
def test_a_planted_import_breaks_its_contract(
    report: dict[str, str], contract: str, importer: str, imported: str
) -> None:
    assert f"{importer} -> {imported} (" in report[contract]


def test_a_capability_without_a_place_in_the_layers_is_told(report: dict[str, str]) -> None:
    assert "bookings" in report[POINT_DOWN]


def test_every_contract_is_broken_once() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {each["name"] for each in contracts} == {contract for contract, _, _ in PLANTED}
