"""`hub register`: a list is brought in from a file of hashes, however long, and told."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid, NotFound
from chalicelib.canonical.time import now
from chalicelib.consent import register_lists
from chalicelib.consent.registers import hash_of
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings, Register
from infra import cli

ROBINSON = Register(id="robinson", hash="sha1", valid_days=30)
RUN = CliRunner()


@pytest.fixture(autouse=True)
def registered(aws: Settings) -> None:
    legal_store.save(ConsentSettings(registers=(ROBINSON,)))


def run(*arguments: str) -> Any:
    ended = RUN.invoke(cli.hub, ["register", *arguments, "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def listed(address: str) -> bool | None:
    found = register_lists.listed([ROBINSON], address, now().date()).get("robinson")
    return found.is_on if found else None


def written(folder: Path, *lines: str) -> str:
    file = folder / "list.txt"
    file.write_text("\n".join(lines))
    return str(file)


def test_a_list_of_any_length_is_brought_in_and_is_in_force(tmp_path: Path) -> None:
    today = now().date().isoformat()
    hashes = [hash_of(ROBINSON, f"g{at}@mail.example") for at in range(1_001)]
    file = written(tmp_path, *(each.upper() for each in hashes), "", "")
    told = run("load", "robinson", file, "--made-on", today)
    assert (told["hashes"], told["made_on"], told["in_force"]) == (1_001, today, True)
    assert (listed("g1000@mail.example"), listed("anna@mail.example")) == (True, False)
    assert [(each["id"], each["in_force"]) for each in run("list")] == [("robinson", True)]


def test_a_list_with_a_line_that_is_no_hash_takes_no_place(tmp_path: Path) -> None:
    file = written(tmp_path, hash_of(ROBINSON, "anna@mail.example"), "anna@mail.example")
    with pytest.raises(Invalid, match=r"hashes\.1"):
        run("load", "robinson", file, "--made-on", now().date().isoformat())
    assert listed("anna@mail.example") is None


def test_a_register_that_nobody_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run("load", "other", written(tmp_path, "0" * 40), "--made-on", now().date().isoformat())
