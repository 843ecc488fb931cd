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
RESERVATIONS, SHORT, SEED = 150, 40, 10
pytestmark = pytest.mark.end_to_end


Result = dict[str, object]


@pytest.fixture(scope="module")
def results() -> tuple[Result, Result]:
    """Of two demos side by side in one checkout, the second one a short one."""
    demos = _started(RESERVATIONS, SEED), _started(SHORT, SEED + 1)
    told = [demo.communicate() for demo in demos]
    for demo, (out, err) in zip(demos, told, strict=True):
        assert demo.returncode == 0, out[-3000:] + err[-3000:]
    longer, shorter = (json.loads(out) for out, _ in told)
    return longer, shorter


def _started(reservations: int, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "infra.demo", "--reservations", str(reservations), "--seed", str(seed), "--json"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def result(results: tuple[Result, Result]) -> Result:
    return results[0]


def test_the_season_has_the_kinds_that_are_rare() -> None:
    played = Simulator(season(RESERVATIONS, SEED), SEED)
    spellings: defaultdict[tuple[str, str], set[tuple[str | None, str]]] = defaultdict(set)
    for record in played.cast.records:
        spellings[record.person, record.known].add((record.given, record.family))
    assert any(visit.booking.outcome == "No-Show" for visit in played.visits)
    assert any(visit.is_walk_in for visit in played.visits)
    assert any(record.merges_into for record in played.cast.records), "merged at the PMS"
    assert any(len(names) > 1 for (person, _), names in spellings.items() if person != "nobody"), "respelt"


def test_the_hub_agrees_with_the_truth(result: Result) -> None:
    assert result["agrees_with_truth"]
    assert result["dead_letters"] == 0


def test_a_demo_beside_it_ends_by_itself(results: tuple[Result, Result]) -> None:
    assert results[1]["agrees_with_truth"]
    assert (results[1]["reservations"], results[1]["dead_letters"]) == (SHORT, 0)


def test_a_season_brings_guests_stays_points_and_mails(result: Result) -> None:
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
