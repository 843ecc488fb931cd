"""`hub deploy` and `hub infra record`: what a person reads, what a machine reads, and what ends them."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from infra import chalice_files, cli, deploy, finishing, mappings, package
from infra.deploying import chalice, checks, errors, records, settling, steps
from infra.deploying.model import Function
from infra.deploying.records import Rebuilt
from infra.deploying.steps import Deployed, Wanted
from infra.deploying.verdicts import Finding, Grade
from infra.finishing import Finished
from infra.queue_urls import NAMES

FINE = Finding("region", Grade.FINE, "eu-central-1")
STOPS = Finding("certificate", Grade.STOP, "[none] is there")
MINDS = Finding("mail", Grade.WARNING, "SES is in its sandbox")
URL = "https://hub.hotel.test"


@pytest.fixture(autouse=True)
def folder(aws: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.json").write_text('{"stages": {"test": {}}}')
    monkeypatch.setattr(chalice_files, "CHALICE", tmp_path)
    return tmp_path


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """What would be deployed; nothing is."""
    asked: list[Wanted] = []

    def instead(wanted: Wanted, tell: Callable[[str], None]) -> Deployed:
        tell("Creating lambda function: xenia-test")
        asked.append(wanted)
        return Deployed(URL, len(NAMES), ("abc",))

    monkeypatch.setattr(steps, "deploy_all", instead)
    return asked


def hub(monkeypatch: pytest.MonkeyPatch, findings: Sequence[Finding], *options: str) -> Any:
    monkeypatch.setattr(checks, "run", lambda _: list(findings))
    return CliRunner().invoke(cli.hub, ["deploy", "--stage", "test", *options], catch_exceptions=False)


def test_what_stops_a_deployment_is_said_and_nothing_is_changed(
    monkeypatch: pytest.MonkeyPatch, deployed: list[Wanted]
) -> None:
    ended = hub(monkeypatch, [FINE, STOPS])
    assert (ended.exit_code, deployed) == (1, [])
    assert "stop certificate: [none] is there" in ended.output
    assert "nothing was changed" in ended.output
    told = json.loads(hub(monkeypatch, [FINE, STOPS], "--json").stdout)
    assert (told["deployed"], [each["grade"] for each in told["checks"]]) == (False, ["fine", "stop"])


def test_looking_only_changes_nothing(monkeypatch: pytest.MonkeyPatch, deployed: list[Wanted]) -> None:
    assert hub(monkeypatch, [FINE, MINDS], "--check").exit_code == 0
    assert hub(monkeypatch, [STOPS], "--check").exit_code == 1
    assert deployed == []


def test_a_warning_stops_nobody_and_progress_and_left_overs_are_shown(
    monkeypatch: pytest.MonkeyPatch, deployed: list[Wanted]
) -> None:
    ended = hub(monkeypatch, [MINDS], "--monthly-budget", "80", "--sender", "Haus <a@haus.example>")
    assert ended.exit_code == 0
    for what in (
        "mind mail: SES is in its sandbox",
        "Creating lambda function",
        URL,
        "delete-rest-api --rest-api-id abc",
    ):
        assert what in ended.output
    assert deployed == [Wanted("test", {"MonthlyBudget": "80"}, sender="Haus <a@haus.example>")]


def test_a_machine_reads_one_line(monkeypatch: pytest.MonkeyPatch, deployed: list[Wanted]) -> None:
    told = json.loads(hub(monkeypatch, [FINE], "--json").stdout)
    assert told == {
        "checks": [{"about": "region", "grade": "fine", "said": "eu-central-1"}],
        "deployed": True,
        "public_url": URL,
        "queues": len(NAMES),
        "surplus_apis": ["abc"],
    }


def test_half_a_deployment_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "deploy_all", lambda *_: Deployed(URL, 1, ()))
    assert hub(monkeypatch, [FINE]).exit_code == 1


def test_the_steps_come_in_their_order(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    done: list[str] = []

    def step(name: str, result: object = None) -> Callable[..., object]:
        def take(*_: object, **__: object) -> object:
            done.append(name)
            return result

        return take

    monkeypatch.setattr(deploy, "infra", step("infra"))
    monkeypatch.setattr(settling, "settle", step("settle"))
    monkeypatch.setattr(records, "rebuild", step("rebuild", Rebuilt(3, ())))
    monkeypatch.setattr(package, "ready", step("zips"))
    monkeypatch.setattr(chalice, "deploy", step("chalice"))
    monkeypatch.setattr(records, "keep", step("keep"))
    monkeypatch.setattr(finishing, "finish", step("finish", Finished(len(NAMES))))
    assert steps.deploy_all(Wanted("test", public_url=f"{URL}/"), print) == Deployed(URL, len(NAMES), ())
    assert done == ["infra", "settle", "rebuild", "zips", "chalice", "keep", "finish"]
    assert "policy-tick-test.json" in {each.name for each in folder.iterdir()}


def test_the_record_says_how_much_stands() -> None:
    ended = CliRunner().invoke(cli.hub, ["infra", "record", "--stage", "test", "--json"], catch_exceptions=False)
    assert json.loads(ended.stdout) == {"resources": 0, "surplus_apis": []}


def test_what_chalice_says_is_told_line_by_line_and_kept_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    command = tmp_path / "chalice"
    command.write_text(f"#!{sys.executable}\nprint('Creating Rest API')\nraise SystemExit('no such role')\n")
    command.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(errors.ChaliceFailed, match=r"(?s)no such role.*What was made is kept"):
        chalice.deploy("test", tmp_path, said.append)
    assert set(said) == {"Creating Rest API", "no such role"}


def test_functions_that_lambda_is_still_busy_with_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chalice would be refused right after a deployment that broke off."""
    pauses: list[float] = []
    standing = (Function("tick", "arn:aws:lambda:eu-central-1:123456789012:function:xenia-test-tick"),)
    monkeypatch.setattr("infra.deploying.functions.functions", lambda _: standing)
    answers = iter([("Pending", "Successful", "Enabled"), ("Active", "InProgress", "Enabled"),
                    ("Active", "Successful", "Deleting"), ("Active", "Successful", "Enabled")])  # fmt: skip
    with Stubber(boto3.client("lambda")) as stub:
        monkeypatch.setattr(boto3, "client", lambda _: stub.client)
        for state, update, mapping in answers:
            stub.add_response("get_function_configuration", {"State": state, "LastUpdateStatus": update})
            stub.add_response("list_event_source_mappings", {"EventSourceMappings": [{"State": mapping}]})
        settling.settle("test", print, pauses.append)
        stub.assert_no_pending_responses()
    assert pauses == [mappings.PAUSE_SECONDS] * 3


def test_waiting_ends_and_names_what_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.deploying.functions.functions", lambda _: ())
    monkeypatch.setattr(settling, "_busy", lambda _: iter(["tick"]))
    with pytest.raises(errors.StillBusy, match="busy with tick"):
        settling.settle("test", lambda _: None, lambda _: None)
