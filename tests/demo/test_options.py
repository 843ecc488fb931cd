"""What the demo is asked, and what it leaves behind."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra import local_cloud, running_hub
from infra.demo import __main__ as demo
from infra.demo import report
from infra.demo.api import CallFailed
from infra.demo.compare import Comparison
from infra.demo.drain import Told
from infra.simulator import __main__ as simulator


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    monkeypatch.setattr(sys, "argv", ["demo", *options])


@pytest.mark.parametrize("limit", ["0", "-5", "many"])
def test_a_limit_of_nothing_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    asked(monkeypatch, "--limit", limit)
    with pytest.raises(SystemExit) as ended:
        demo.main()
    assert ended.value.code == 2
    assert f"'{limit}' is not a whole number of at least 1" in capsys.readouterr().err


def test_a_limit_without_a_file_is_the_number_of_reservations_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch, "--limit", "5")
    asked(monkeypatch, *demo._simulator_options(demo._options()))
    assert len(simulator._bookings(simulator._options())) == 5


def test_a_demo_that_breaks_off_leaves_no_word_of_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    demo.RESULT.parent.mkdir()
    demo.RESULT.write_text(json.dumps({"agrees_with_truth": True}))
    asked(monkeypatch, "--bookings", "none.csv")
    assert demo.main() == 2
    assert not demo.RESULT.exists()


def test_a_demo_to_keep_is_refused_where_a_hub_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    running_hub.HUB_JSON.parent.mkdir()
    running_hub.HUB_JSON.write_text("{}")
    asked(monkeypatch, "--keep")
    assert demo.main() == 2
    assert "`make down` removes it" in capsys.readouterr().err
    running_hub.HUB_JSON.write_text(json.dumps({"api_url": "http://here", "cloud_pid": 1, "pms_pid": 2}))
    monkeypatch.setattr(local_cloud, "runs", lambda pid: pid == 1)
    assert demo.main() == 2
    assert capsys.readouterr().err == "a hub runs already, at http://here; `make down` ends it\n"


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        (running_hub.PmsDown("the PMS simulator did not start"), 1, "broke off: the PMS simulator did not start (its"),
        (local_cloud.LocalCloudDown("it ended:\nwhy"), 1, "broke off: it ended: why (its logs are in .local/demo/"),
        (CallFailed("GET /x answered 500"), 1, "broke off: GET /x answered 500 (its"),
        (KeyboardInterrupt(), 130, "was broken off, and what it had started has ended"),
    ],
)
def test_what_stops_a_demo_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: BaseException,
    status: int,
    said: str,
) -> None:
    def start(*_: object, **__: object) -> None:
        raise wrong

    monkeypatch.setattr(local_cloud, "start", start)
    asked(monkeypatch, "--limit", "1")
    assert demo.main() == status
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_what_is_left_running_is_told_with_a_first_look(capsys: pytest.CaptureFixture[str]) -> None:
    left = {name: f"http://{name}" for name in ("api_url", "pms_url", "mailbox_url")} | {"admin_key": "xk_1"}
    report.show_left(left, Console(width=200))
    said = capsys.readouterr().out
    assert all(value in said for value in left.values())
    assert "curl -H 'Authorization: Bearer xk_1' 'http://api_url/v1/properties'" in said


@pytest.mark.parametrize(("repeated", "ignored", "agrees"), [(3, 0, False), (3, 1, True), (0, 0, True)])
def test_a_season_with_repeats_must_show_that_they_were_ignored(repeated: int, ignored: int, *, agrees: bool) -> None:
    pushed: dict[str, Any] = {"webhooks": 9, "events": 9, "duplicate_webhooks": repeated}
    told = Told(counted=Counter(duplicate=ignored))
    truth = {"persons": 1, "distance": {}}
    found = report.result(pushed, truth, Comparison(), Counter(), told, dead_letters=0, seconds=1.0)
    assert found["agrees_with_truth"] is agrees
