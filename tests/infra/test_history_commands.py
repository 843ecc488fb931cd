"""`hub import` shows what it understood, stores what it was told to, and leaves what it could not take beside the file;
`hub export` writes what it reads again."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chalicelib.aws import files
from chalicelib.aws.settings import Settings
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, GuestId, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.ingest.edge import raw_bucket
from chalicelib.properties import store as properties
from infra import history_commands
from infra.cli import hub
from tests import tables
from tests.builders import PORTO, VIENNA
from tests.lists import GUESTS, STAYS, work_all

WRITTEN = 1_719_705_600
"""The 30th of June 2024."""


@pytest.fixture(autouse=True)
def hotels(aws: Settings, facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    properties.put(VIENNA)
    properties.put(PORTO)
    monkeypatch.setattr(history_commands, "rest", work_all)


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, (WRITTEN, WRITTEN))
    return path


def run(path: Path, *options: str, says: str | None = None) -> Result:
    told = ["import", str(path), "--source", "old", "--property", "vienna", "--stage", "test", "--json", *options]
    return CliRunner().invoke(hub, told, input=says)


def stored(path: Path, *options: str) -> Any:
    result = run(path, "--yes", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_was_understood_is_shown_and_asked_about_before_anything_leaves_the_machine(tmp_path: Path) -> None:
    before = tables.state()
    result = run(file(tmp_path, "stays.csv", STAYS), says="n\n")
    assert result.exit_code != 0
    assert "2 good, 1 bad" in result.stderr
    assert "line 4, Abreise: is before the arrival" in result.stderr
    assert "arrival 2024-02-01" in result.stderr
    assert "Store 2 rows as stays of old?" in result.stderr
    assert tables.state() == before
    assert list(files.listed(raw_bucket(), "")) == []


def test_refused_rows_lie_beside_the_file_with_all_their_cells(tmp_path: Path) -> None:
    path = file(tmp_path, "guests.csv", GUESTS.replace("bo@berg.example", "x" * 400))
    told = stored(path)
    assert (told["good"], told["bad"], told["changed"]) == (1, 1, 1)
    beside = tmp_path / "guests.rejected.csv"
    assert told["rejected_rows"] == str(beside)
    header, row = csv.reader(beside.read_text(encoding="utf-8-sig").splitlines())
    assert header == ["line", "column", "reason", *GUESTS.splitlines()[0].split(";")]
    assert row[:3] == ["3", "E-Mail", "may have at most 320 characters"]
    assert row[-1] == "P124", "as it stands in the file, which never left this machine"


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, "guests.csv", GUESTS)
    first = stored(path)
    before = tables.state()
    again = stored(path)
    assert again["import"] == first["import"], "its version is when the file was written"
    assert tables.state() == before


def test_what_the_file_does_not_show_is_asked_for(tmp_path: Path) -> None:
    path = file(tmp_path, "stays.csv", "id,arrival,departure\nr1,01/02/2024,03/02/2024\n")
    refused = run(path, "--yes")
    assert refused.exit_code == 1
    assert "date_order" in str(refused.exception)
    assert stored(path, "--date-order", "day_first")["good"] == 1


def test_a_column_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    path = file(tmp_path, "people.csv", "nr,Wer,Mail\n1,Anna Lee,anna@lee.example\n")
    assert stored(path, "--kind", "guests", "--column", "nr=guest_id", "--column", "Wer=full_name")["good"] == 1
    assert run(path, "--yes").exit_code == 1, "nothing tells which kind of list it is"
    found = guests.guest(GuestId(leaf_of_profile(ConnectionId("csv-old"), "1")))
    assert found
    assert found.traits.family_name == "Lee"


def exported(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.csv"
    result = CliRunner().invoke(hub, ["export", kind, "--to", str(path), "--stage", "test"])
    assert result.exit_code == 0, result.output
    os.utime(path, (WRITTEN, WRITTEN))
    return path


def test_what_is_exported_is_read_again_as_the_same(tmp_path: Path) -> None:
    odd = GUESTS.replace("Anna", "'=Anna").replace("Geburtsdatum", "Telefon").replace("02.03.1980", "+43 1 5550001")
    odd = odd.replace("Ausweisnummer", "preferred_view").replace("P123", "sea|garden").replace("P124", "the best")
    stored(file(tmp_path, "guests.csv", odd.replace("04.05.1990", "")))
    stored(file(tmp_path, "stays.csv", STAYS))
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    texts = {kind: exported(kind, first).read_text() for kind in ("guests", "stays")}
    assert "'+4315550001" in texts["guests"]
    assert texts["guests"].count("sea;garden") == 1
    assert "best" not in texts["guests"]
    assert texts["stays"].count("\n") == 3
    tables.empty()
    for kind in texts:
        assert stored(first / f"{kind}.csv")["bad"] == 0
    again = {kind: _without_ids(exported(kind, second)) for kind in texts}
    assert again == {kind: _without_ids(first / f"{kind}.csv") for kind in texts}


def _without_ids(path: Path) -> list[dict[str, str]]:
    rows = csv.DictReader(path.read_text().splitlines())
    return sorted(({name: cell for name, cell in row.items() if not name.endswith("_id")} for row in rows), key=str)
