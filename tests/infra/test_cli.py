"""The command line: what a machine reads is JSON on standard output, and what goes wrong is one line."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import BotoCoreError, EndpointConnectionError, NoCredentialsError, NoRegionError
from typer.testing import CliRunner

from chalicelib.aws import files, queues
from chalicelib.aws.settings import RESTORED_TABLE, Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.version import VERSION
from chalicelib.dead_letters import actions
from chalicelib.privacy.told_again import ToldAgain
from chalicelib.properties import store as properties
from infra import chalice_files, cli, dead_letters, deploy, outside, package, replay, restore, running_hub, terminal
from infra.deploying import records
from tests.builders import PORTO, VIENNA

RUN = CliRunner()


def failed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str, status: int = 1
) -> str:
    """What is said, in one line, of a command that goes wrong."""
    monkeypatch.setattr("sys.argv", ["hub", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == status
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said.strip()


def run(*arguments: str) -> object:
    ended = RUN.invoke(cli.hub, [*arguments, "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


@pytest.fixture(autouse=True)
def account(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)


@pytest.fixture
def chalice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of .chalice/, in which a stage may be written."""
    shutil.copy(chalice_files.CHALICE / "config.json", tmp_path)
    monkeypatch.setattr(chalice_files, "CHALICE", tmp_path)
    return tmp_path


def test_dead_letters_are_listed_and_redriven() -> None:
    queues.set_aside("fetch", "{}", reason="gone", receives=12)
    assert {"queue": "fetch", "count": 1, "reasons": {"gone": 1}} in run("dlq", "list")  # type: ignore[operator]
    assert run("dlq", "redrive", "fetch") == {"fetch": 1}


def test_dead_letters_are_shown_opened_and_put_away() -> None:
    for number in range(3):
        told = {"connection": "mews-vienna", "request": f"q{number}", "vendor": "mews", "body": {"n": number}}
        actions.set_aside("fetch", Message("m", told, {}, json.dumps(told)), reason="gone", archived=True)
    shown = run("dlq", "letters", "--connection", "mews-vienna", "--most", "2")
    assert isinstance(shown, list)
    assert [(each["id"], each["queue"], each["reason"]) for each in shown] == [
        (f"q{n}", "fetch", "gone") for n in (0, 1)
    ]
    assert run("dlq", "letters", "--queue", "inbox") == []
    opened = RUN.invoke(cli.hub, ["dlq", "open", "q1", "--stage", "test"], catch_exceptions=False)
    assert json.loads(opened.stdout)["body"] == {"n": 1}
    assert run("dlq", "purge", "fetch", "--connection", "another") == {"fetch": 0}
    assert run("dlq", "purge", "fetch", "--reason", "gone", "--most", "2") == {"fetch": 2}
    assert run("dlq", "redrive", "fetch") == {"fetch": 1}


def test_a_person_sees_letters_as_a_table_and_is_told_of_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    actions.set_aside("fetch", Message("m1", {}, {}, "{}"), reason="no field [red]body[/]", archived=True)
    shown = RUN.invoke(cli.hub, ["dlq", "letters", "--stage", "test"], catch_exceptions=False)
    assert "m1" in shown.output
    assert "hub: There is no such dead letter." in failed(capsys, monkeypatch, "dlq", "open", "m2", "--stage", "test")


def test_an_unknown_queue_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="no such queue: nowhere"):
        run("dlq", "redrive", "fetch", "nowhere")


def test_a_key_is_shown_once() -> None:
    for place in (VIENNA, PORTO):
        properties.put(place)
    made = run("key", "create", "--role", "analyst", "--name", "reports", "--property", "vienna", "--property", "porto")
    assert isinstance(made, dict)
    assert (made["role"], made["properties"], made["key"][:3]) == ("analyst", ["vienna", "porto"], "xk_")


def test_replay_counts_objects_and_messages() -> None:
    line = {"queue": "inbox", "body": {"connection": "c"}}
    gone = {"queue": "inbox", "body": {"connection": "c", "large": "large/2026-03-29/gone"}}
    files.put_lines(replay.bucket("test"), "raw/2026-03-29/07/a", [json.dumps(each) for each in (line, line, gone)])
    counted = {"objects": 1, "messages": {"inbox": 2}, "expired": 1, "sent": False}
    assert run("replay", "--from", "2026-03-29", "--dry-run") == counted


def test_what_goes_wrong_outside_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = failed(
        capsys, monkeypatch, "key", "create", "--role", "root", "--name", "x", "--property", "*", "--stage", "t"
    )
    assert said.startswith("hub: role: must be one of admin, ")
    assert "\n" not in said


NOT_UNDERSTOOD = [
    (("nope",), "hub: No such command 'nope'. `hub --help` tells what there is."),
    (("infra", "deploy", "--nope"), "hub: No such option: --nope. `hub infra deploy --help` tells what there is."),
    (("key", "create"), "hub: Missing option '--role'. `hub key create --help` tells what there is."),
    (("dlq", "open"), "hub: Missing argument 'letter'. `hub dlq open --help` tells what there is."),
    (
        ("infra", "deploy", "--monthly-budget", "much", "--stage", "t"),
        "hub: Invalid value for '--monthly-budget': must be a whole number. `hub infra deploy --help`",
    ),
    (
        ("infra", "deploy", "--stage"),
        "hub: Option '--stage' requires an argument. `hub infra deploy --help` tells what there is.",
    ),
    (("dlq", "redrive", "--most", "-1"), "hub: Invalid value for '--most': "),
    (("dlq", "letters", "--most", "0"), "hub: Invalid value for '--most': "),
    (
        ("replay", "--from", "yesterday"),
        "hub: Invalid value for '--from': must be a date, such as 2026-02-01, and not 'yesterday'. `hub replay --help`",
    ),
    (
        ("objections", "--stage", "t", "--since", "2026-13-01"),
        "hub: Invalid value for '--since': must be an instant, such as 2026-02-01T14:00:00Z, and not '2026-13-01'. ",
    ),
]
PYDANTIC = ("Value error", "Input should", "unable to", "%Y")


@pytest.mark.parametrize("wrong", [BotoCoreError, NoRegionError, NoCredentialsError])
def test_what_the_sdk_says_is_said_with_what_to_do(wrong: type[BotoCoreError]) -> None:
    told = outside.told(wrong())
    assert ("AWS_DEFAULT_REGION" in told) == (wrong is NoRegionError)
    assert ("aws sso login" in told) == (wrong is NoCredentialsError)


def test_what_does_not_answer_is_named() -> None:
    gone = EndpointConnectionError(endpoint_url="http://127.0.0.1:9/")
    assert outside.told(gone).startswith("nothing answers at http://127.0.0.1:9/")


@pytest.mark.parametrize("command", [("dlq", "list"), ("dlq", "letters"), ("settings", "show")])
def test_a_stage_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    said = failed(capsys, monkeypatch, *command, "--stage", "porduction")
    assert "hub: this account has no such stage in this region" in said


def test_a_version_is_told() -> None:
    assert RUN.invoke(cli.hub, ["--version"]).stdout.strip() == VERSION
    assert "Usage: " in RUN.invoke(cli.hub, ["key", "create", "-h"]).stdout


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "yes"), (False, "no"), (None, "-"), ([], "-"), (["a", "b"], "a, b"), ({"inbox": 2}, "inbox 2"), (0, "0")],
)
def test_a_person_reads_no_python(value: object, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say({"value": value}, as_json=False)
    assert capsys.readouterr().err.split(maxsplit=1)[1].strip() == words


def test_a_key_comes_with_the_word_that_it_is_shown_once() -> None:
    made = ["key", "create", "--role", "admin", "--name", "x", "--property", "*", "--stage", "test"]
    assert "cannot show it again" in RUN.invoke(cli.hub, made, catch_exceptions=False).stderr


@pytest.mark.parametrize("command", ["redrive", "purge"])
def test_nothing_to_settle_is_said(command: str) -> None:
    ended = RUN.invoke(cli.hub, ["dlq", command, "--stage", "test"], catch_exceptions=False)
    assert "nothing was done" in ended.stderr


def test_a_hub_that_runs_is_told_of_and_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"api_url": "http://a", "admin_key": "xk_1", "pms_url": "http://p", "mailbox_url": "http://m", "pms_pid": 7}
    monkeypatch.setattr(running_hub, "running", lambda: where)
    monkeypatch.setattr(cli, "_sign_in_url", lambda: "http://a/console/sign-in/once")
    said = RUN.invoke(cli.hub, ["up"], catch_exceptions=False)
    assert said.exit_code == 0
    assert "A hub runs already" in said.stderr
    assert "xk_1" in said.stderr
    assert "http://a/console/sign-in/once" in said.stderr
    assert "pms_pid" not in said.stderr
    assert "`make down` ends it" in said.stderr
    assert json.loads(RUN.invoke(cli.hub, ["up", "--json"]).stdout) == where


@pytest.mark.parametrize(("arguments", "line"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_one_line(
    arguments: tuple[str, ...], line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = failed(capsys, monkeypatch, *arguments, status=2)
    assert (said[: len(line)], said.count("\n")) == (line, 0)
    assert not any(words in said for words in PYDANTIC)


def test_a_command_without_its_words_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failed(capsys, monkeypatch, "key", status=2) == ""


def test_brackets_in_what_others_wrote_are_shown_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no such queue: [/x]" in failed(capsys, monkeypatch, "dlq", "redrive", "[/x]", "--stage", "test")
    queues.set_aside("fetch", "{}", reason="no field [red]body[/]", receives=12)
    listed = RUN.invoke(cli.hub, ["dlq", "list", "--stage", "test"], catch_exceptions=False)
    assert "no field [red]body[/]" in listed.output
    terminal.say({"[/name]": ["[bold]"]}, as_json=False)
    assert {"[/name]", "[bold]"} <= set(capsys.readouterr().err.split())


def test_days_in_the_wrong_order_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ("--from", "2026-03-29", "--to", "2026-03-28", "--stage", "test")
    assert failed(capsys, monkeypatch, "replay", *days) == "hub: --to 2026-03-28 is before --from 2026-03-29"


def test_days_without_notices_are_told() -> None:
    ended = RUN.invoke(cli.hub, ["replay", "--from", "2026-03-29", "--stage", "test"], catch_exceptions=False)
    assert ended.exit_code == 0
    assert "nothing was archived on these days" in ended.output


def test_a_damaged_object_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    boto3.client("s3").put_object(Bucket=replay.bucket("test"), Key="raw/2026-03-29/07/a", Body=b"no zip")
    said = failed(capsys, monkeypatch, "replay", "--from", "2026-03-29", "--stage", "test")
    assert "hub: raw/2026-03-29/07/a: " in said


@pytest.mark.parametrize("command", ["finish", "package"])
def test_a_slip_in_the_stage_is_told_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    said = failed(capsys, monkeypatch, "infra", command, "--stage", "porduction")
    assert said.startswith("hub: the stage 'porduction' is none of dev, prod, which .chalice/config.json knows")
    assert boto3.client("cloudformation").describe_stacks()["Stacks"] == []


def test_who_sits_at_a_terminal_is_asked_before_a_new_stage_is_made(
    monkeypatch: pytest.MonkeyPatch, chalice: Path
) -> None:
    monkeypatch.setattr(terminal, "sits_at_a_terminal", lambda: True)
    deploy_new = ["infra", "deploy", "--stage", "porduction"]
    ended = RUN.invoke(cli.hub, deploy_new, input="n\n")
    assert "There is no stage porduction yet" in ended.output
    assert ended.exit_code == 1
    assert [each.name for each in chalice.iterdir()] == ["config.json"]
    assert "porduction" not in (chalice / "config.json").read_text()
    assert boto3.client("cloudformation").describe_stacks()["Stacks"] == []


@pytest.mark.parametrize("command", [("infra", "deploy"), ("deploy", "--check"), ("deploy",)])
def test_a_name_that_no_stage_can_have_is_told_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], chalice: Path, command: tuple[str, ...]
) -> None:
    said = failed(capsys, monkeypatch, *command, "--stage", "Pre-Prod")
    assert said == "hub: the stage 'Pre-Prod' does not match [a-z][a-z0-9]{0,15}"
    assert [each.name for each in chalice.iterdir()] == ["config.json"]


def test_a_stage_needs_no_code_deploying_its_infrastructure_writes_what_chalice_deploy_reads(
    monkeypatch: pytest.MonkeyPatch, chalice: Path
) -> None:
    recorded: list[str] = []
    monkeypatch.setattr(deploy, "infra", lambda stage, parameters, tell: {"TableName": f"xenia-{stage}"})
    monkeypatch.setattr(records, "rebuild", lambda stage, folder: recorded.append(stage))
    packaged: list[str] = []
    monkeypatch.setattr(package, "ready", packaged.append)
    ended = RUN.invoke(cli.hub, ["infra", "deploy", "--stage", "staging", "--json"], catch_exceptions=False)
    assert packaged == ["staging"]
    assert json.loads(ended.stdout) == {"TableName": "xenia-staging"}
    block = json.loads((chalice / "config.json").read_text())["stages"]["staging"]
    assert block["environment_variables"] == {"XENIA_STAGE": "staging"}
    assert recorded == ["staging"]
    assert block["lambda_functions"]["send_chunk"] == {"iam_policy_file": "policy-send_chunk-staging.json"}
    assert "configuration-set/xenia-staging-*" in (chalice / "policy-send_chunk-staging.json").read_text()


def test_finishing_half_a_deployment_says_so_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chalice_files, "config_of", lambda *_: {})  # .chalice/config.json knows no stage `test`
    finish = ["infra", "finish", "--stage", "test", "--public-url", "https://hub.hotel.test/"]
    ended = RUN.invoke(cli.hub, finish, catch_exceptions=False)
    assert ended.exit_code == 1
    assert "only 0 of 7 queues have a function" in ended.output


def test_a_pipeline_is_told_the_address_of_its_template(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def packaged(stage: str, out: Path) -> Path:
        (out / "sam.json").write_text(json.dumps({"Resources": {"Tick": {"Properties": {"CodeUri": "./code.zip"}}}}))
        (out / "code.zip").write_bytes(b"zip")
        return out / "sam.json"

    monkeypatch.setattr(package, "package", packaged)
    where = ["infra", "package", "--stage", "prod", "--out", str(tmp_path), "--bucket", replay.bucket("test")]
    ended = RUN.invoke(cli.hub, where, catch_exceptions=False)
    address = ended.stdout.strip()
    assert address.startswith("https://s3.eu-central-1.amazonaws.com/xenia-test-raw-")
    bucket, _, key = address.removeprefix("https://s3.eu-central-1.amazonaws.com/").partition("/")
    template = json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    assert template["Resources"]["Tick"]["Properties"]["CodeUri"].startswith(f"s3://{bucket}/")


def test_a_restore_says_what_comes_next_and_writes_down_the_table(
    chalice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = "xenia-test-restored-20261127t035000z"
    asked: list[object] = []

    def restored(stage: str, at: datetime, tell: object, *, source: str) -> restore.Restored:
        asked.append((stage, at, source))
        return restore.Restored(made, ("n1",), ToldAgain(held=2, unknown=1))

    monkeypatch.setattr(restore, "restore", restored)
    chalice_files.write("test", chalice)
    ended = RUN.invoke(cli.hub, ["restore", "--stage", "test", "--to", "2026-11-27T03:50:00Z", "--json"])
    assert json.loads(ended.stdout) == {
        "table": made, "paused_runs": ["n1"], "objections": 2, "of_unknown_records": 1,
    }  # fmt: skip
    assert asked == [("test", datetime(2026, 11, 27, 3, 50, tzinfo=UTC), "")]
    assert "hub objections --stage test --since 2026-11-27T03:50:00Z" in ended.stderr
    assert chalice_files.config_of("test", chalice)["environment_variables"][RESTORED_TABLE] == made
    chalice_files.write("test", chalice)
    assert chalice_files.config_of("test", chalice)["environment_variables"][RESTORED_TABLE] == made


def test_objections_are_told_again_by_a_command_of_its_own() -> None:
    assert run("objections", "--since", "2026-11-27T03:50:00Z") == {"objections": 0, "of_unknown_records": 0}
