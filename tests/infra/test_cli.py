"""The command line: what a machine reads is JSON on standard output, and what goes wrong is one line."""

import json

import pytest
from typer.testing import CliRunner

from chalicelib.aws import files, queues
from chalicelib.aws.settings import Settings
from infra import cli, dead_letters, replay

RUN = CliRunner()


def run(*arguments: str) -> object:
    ended = RUN.invoke(cli.hub, [*arguments, "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


@pytest.fixture(autouse=True)
def account(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)


def test_dead_letters_are_listed_and_redriven() -> None:
    queues.set_aside("fetch", "{}", reason="gone", receives=12)
    assert {"queue": "fetch", "count": 1, "reasons": {"gone": 1}} in run("dlq", "list")  # type: ignore[operator]
    assert run("dlq", "redrive", "fetch") == {"fetch": 1}


def test_an_unknown_queue_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="no such queue: nowhere"):
        run("dlq", "redrive", "fetch", "nowhere")


def test_a_key_is_shown_once() -> None:
    made = run("key", "create", "--role", "analyst", "--name", "reports", "--property", "vienna", "--property", "graz")
    assert isinstance(made, dict)
    assert (made["role"], made["properties"], made["key"][:3]) == ("analyst", ["vienna", "graz"], "xk_")


def test_replay_counts_objects_and_messages() -> None:
    line = {"queue": "inbox", "body": {"connection": "c"}}
    gone = {"queue": "inbox", "body": {"connection": "c", "large": "large/2026-03-29/gone"}}
    files.put_lines(replay.bucket("test"), "raw/2026-03-29/07/a", [json.dumps(each) for each in (line, line, gone)])
    counted = {"objects": 1, "messages": {"inbox": 2}, "expired": 1, "sent": False}
    assert run("replay", "--from", "2026-03-29", "--dry-run") == counted


def test_what_goes_wrong_outside_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.argv", ["hub", "key", "create", "--role", "root", "--name", "x", "--property", "*", "--stage", "t"]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "Traceback" not in capsys.readouterr().err
