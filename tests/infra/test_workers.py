"""One more worker is declared, and everything follows: what docs/how-to/add-a-queue.md promises."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice, SQSEvent

from chalicelib.aws import bus
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.runtime import SecondsLeft, one_by_one
from infra import chalice_files, package, template, workers
from infra.workers import WORKERS, Worker
from tests.fakes import Context, delivery
from tests.infra.test_template import charted, expanded, name_of

ANOTHER = Worker(
    "fold_towels",
    timeout=20,
    memory=256,
    reads="linen-room",
    sends=("jobs",),
    announces=frozenset({FactType.GUEST_CHANGED}),
)
ALL = (*WORKERS, ANOTHER)
PROJECT = Path(__file__).parents[2]
HOW_TO = PROJECT / "docs" / "how-to" / "add-a-queue.md"


def test_every_queue_has_one_reader_and_every_sender_a_queue_that_is_there() -> None:
    assert len(set(workers.queues())) == len(workers.queues())
    for each in WORKERS:
        assert set(each.sends) <= set(workers.queues()), each.function


def test_a_function_is_declared_once() -> None:
    assert len({each.function for each in WORKERS}) == len(WORKERS)


def test_its_configuration_and_policy_follow(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"stages": {}}')
    chalice_files.write("staging", tmp_path, ALL)
    config = json.loads((tmp_path / "config.json").read_text())
    size = config["lambda_functions"]["fold_towels"]
    assert (size["lambda_timeout"], size["lambda_memory_size"]) == (20, 256)
    file = config["stages"]["staging"]["lambda_functions"]["fold_towels"]["iam_policy_file"]
    rights = {each["Sid"]: each["Resource"] for each in json.loads((tmp_path / file).read_text())["Statement"]}
    assert rights == {
        "Log": ["arn:aws:logs:*:*:log-group:/aws/lambda/xenia-staging-fold_towels:*"],
        "KeepOffKeys": [
            "arn:aws:dynamodb:*:*:table/xenia-staging",
            "arn:aws:dynamodb:*:*:table/xenia-staging-restored-*",
        ],
        "Table": [
            "arn:aws:dynamodb:*:*:table/xenia-staging",
            "arn:aws:dynamodb:*:*:table/xenia-staging-restored-*",
            "arn:aws:dynamodb:*:*:table/xenia-staging/index/*",
            "arn:aws:dynamodb:*:*:table/xenia-staging-restored-*/index/*",
        ],
        "ReadQueue": ["arn:aws:sqs:*:*:xenia-staging-linen-room"],
        "SendToQueues": ["arn:aws:sqs:*:*:xenia-staging-jobs", "arn:aws:sqs:*:*:xenia-staging-linen-room-dlq"],
        "Announce": ["arn:aws:events:*:*:event-bus/xenia-staging-facts"],
    }


def test_its_queue_alarms_and_log_follow() -> None:
    made, before = expanded(template.text(ALL)), expanded(template.text())
    new = {name: each["Properties"] for name, each in made.items() if name not in before}
    assert new.keys() == {
        "LinenRoomQueue",
        "LinenRoomDeadLetters",
        "LinenRoomAgeAlarm",
        "LinenRoomDeadLettersAlarm",
        "FoldTowelsLog",
    }
    assert name_of(new["LinenRoomQueue"]["QueueName"]) == "xenia-dev-linen-room"
    assert name_of(new["LinenRoomDeadLetters"]["QueueName"]) == "xenia-dev-linen-room-dlq"
    assert int(new["LinenRoomQueue"]["VisibilityTimeout"]) == 120
    assert name_of(new["FoldTowelsLog"]["LogGroupName"]) == "/aws/lambda/xenia-dev-fold_towels"


def test_it_is_on_the_dashboard() -> None:
    shown = charted(expanded(template.text(ALL))["Dashboard"]["Properties"]["DashboardBody"])
    assert "xenia-dev-linen-room" in shown["AWS/SQS", "ApproximateAgeOfOldestMessage"]
    assert {"xenia-dev-linen-room", "xenia-dev-linen-room-dlq"} <= shown[
        "AWS/SQS", "ApproximateNumberOfMessagesVisible"
    ]
    assert all("xenia-dev-fold_towels" in shown["AWS/Lambda", name] for name in ("Errors", "Duration", "Throttles"))


def test_packaging_names_it_has_it_report_failures_and_limits_it_locally() -> None:
    merged = package.merge_template("staging", {"fold_towels": 2}, ALL)["Resources"]["FoldTowels"]["Properties"]
    assert merged["FunctionName"] == "xenia-staging-fold_towels"
    assert merged["Events"]["FoldTowelsSqsEventSource"]["Properties"] == {
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 2},
    }


def test_the_demo_and_the_dead_letters_know_its_queue() -> None:
    assert workers.queues(ALL) == (*workers.queues(), "linen-room")


def test_what_its_handler_asks_of_the_queue_is_read_from_the_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Chalice("small")

    @small.on_sqs_message("xenia-dev-linen-room", batch_size=7, maximum_concurrency=3)
    def fold_towels(_: SQSEvent) -> None: ...

    @small.schedule("rate(1 hour)")
    def tick(_: Any) -> None: ...

    monkeypatch.setattr("app.app", small)
    assert workers.deliveries() == {"fold_towels": workers.Delivery(batch_size=7, maximum_concurrency=3)}


def test_a_queue_without_a_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Chalice("small")

    @small.on_sqs_message("xenia-dev-linen-room")
    def fold_towels(_: SQSEvent) -> None: ...

    monkeypatch.setattr("app.app", small)
    with pytest.raises(workers.Unbounded, match="fold_towels"):
        workers.deliveries()


def test_a_test_in_which_a_worker_announces_what_it_does_not_declare_fails(aws: Settings) -> None:
    context: Any = Context()

    def announced(type_: FactType) -> None:
        @one_by_one("loyalty")
        def award_points(_: Message, __: SecondsLeft) -> None:
            bus.announce(
                [Fact(type=type_, subject="s", subject_version="1", occurred_at=Instant("2026-03-29T07:00:00Z"))]
            )

        award_points(SQSEvent(delivery("loyalty", [{}]), context))

    announced(FactType.POINTS_AWARDED)
    with pytest.raises(pytest.fail.Exception, match="award_points announce StayCompleted"):
        announced(FactType.STAY_COMPLETED)


@pytest.mark.exhaustive(quick=())
def test_the_two_blocks_of_the_how_to_are_all_that_a_new_queue_needs(tmp_path: Path) -> None:
    declared, handled = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    project = copied(tmp_path / "hub")
    edit(project / "infra" / "workers.py", "\n)\n\n\ndef readers", f"\n{declared})\n\n\ndef readers")
    handlers = project / "chalicelib" / "entrypoints" / "queues.py"
    handlers.write_text(f"{handlers.read_text()}\n\n{handled}")
    code = (
        "from pathlib import Path; from infra import package, template; package.package('staging', Path('out'));"
        "Path('infra.json').write_text(template.text())"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True)
    made = json.loads((project / "out" / "sam.json").read_text())["Resources"]["FoldTowels"]["Properties"]
    assert (made["FunctionName"], made["Timeout"], made["MemorySize"]) == ("xenia-staging-fold_towels", 20, 512)
    ((_, source),) = made["Events"].items()
    assert source["Properties"]["Queue"]["Fn::Sub"].endswith(":xenia-staging-linen-room")
    assert (source["Properties"]["BatchSize"], source["Properties"]["ScalingConfig"]["MaximumConcurrency"]) == (10, 5)
    queue = expanded((project / "infra.json").read_text())["LinenRoomQueue"]["Properties"]
    assert (name_of(queue["QueueName"]), int(queue["VisibilityTimeout"])) == ("xenia-dev-linen-room", 120)


def copied(project: Path) -> Path:
    """The hub without its dependencies, which are left out to be quick."""
    for name in ("chalicelib", "infra"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    (project / ".chalice").mkdir()
    for name in ("app.py", ".chalice/config.json"):
        shutil.copy(PROJECT / name, project / name)
    return project


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))
