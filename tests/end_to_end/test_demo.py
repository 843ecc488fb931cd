"""The demo, small: every part of the hub, in processes of its own, ends where the simulator's truth is."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from infra.simulator.season import season
from infra.simulator.server import Simulator

PROJECT = Path(__file__).parent.parent.parent
RESERVATIONS, SEED = 150, 10
pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def result() -> dict[str, object]:
    ended = subprocess.run(
        [sys.executable, "-m", "infra.demo", "--reservations", str(RESERVATIONS), "--seed", str(SEED), "--json"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    found: dict[str, object] = json.loads(ended.stdout)
    return found


def test_the_season_has_the_kinds_that_are_rare() -> None:
    played = Simulator(season(RESERVATIONS, SEED), SEED)
    spellings: defaultdict[tuple[str, str], set[tuple[str | None, str]]] = defaultdict(set)
    for record in played.cast.records:
        spellings[record.person, record.known].add((record.given, record.family))
    assert any(visit.booking.outcome == "No-Show" for visit in played.visits)
    assert any(visit.is_walk_in for visit in played.visits)
    assert any(record.merges_into for record in played.cast.records), "merged at the PMS"
    assert any(len(names) > 1 for (person, _), names in spellings.items() if person != "nobody"), "respelt"


def test_the_hub_agrees_with_the_truth(result: dict[str, object]) -> None:
    assert result["agrees_with_truth"]
    assert result["dead_letters"] == 0


def test_a_season_brings_guests_stays_points_and_mails(result: dict[str, object]) -> None:
    assert result["reservations"] == RESERVATIONS
    counted = ("guests", "stays", "nights", "points", "mails_sent", "duplicates_ignored", "webhooks", "seconds")
    assert all(isinstance(result[name], int | float) and result[name] for name in counted)
    assert isinstance(result["mails_held"], dict)


def test_a_malformed_csv_is_told_by_line_and_column(tmp_path: Path) -> None:
    csv = tmp_path / "bookings.csv"
    csv.write_text("hotel,is_canceled\nResort Hotel,0\n")
    ended = subprocess.run(
        [sys.executable, "-m", "infra.demo", "--bookings", str(csv)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert str(csv) in ended.stderr
    assert "column" in ended.stderr
