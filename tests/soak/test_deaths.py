"""Who is killed when: drawn from the seed, numbered over all processes of a worker, and told with what was in hand."""

import json
import os
import signal
from pathlib import Path

import pytest

from infra.soak import deaths
from infra.soak.deaths import Fatal, Reaper
from infra.soak.plugins import mortal
from infra.workers import WORKERS

STAGE = "dev"
CLAIM = {"Put": {"Item": {"pk": {"S": "LEAF#g1"}, "sk": {"S": "MESSAGE#run"}}}}
UNDONE = {"Delete": {"Key": {"pk": {"S": "LEAF#g1"}, "sk": {"S": "MESSAGE#run"}}}}
GATE = {"Update": {"Key": {"pk": {"S": "GATE#g1"}, "sk": {"S": "email"}}}}


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _, number: found.append(number))
    return found


def process(folder: Path) -> mortal.Process:
    return mortal.Process("xenia-dev-send_chunk", folder)


def test_every_worker_dies_so_many_times_and_the_same_seed_repeats_it() -> None:
    drawn = deaths.drawn(1, 3, 10_000)
    assert {worker: len(its) for worker, its in drawn.items()} == {each.function: 3 for each in WORKERS}
    assert drawn == deaths.drawn(1, 3, 10_000)
    assert drawn != deaths.drawn(2, 3, 10_000)


@pytest.mark.parametrize("webhooks", [100, 500, 10_000])
def test_a_worker_dies_within_its_window(webhooks: int) -> None:
    for worker, its in deaths.drawn(4, 3, webhooks).items():
        first, last = deaths.window(worker, webhooks)
        assert all(first <= each.at <= last for each in its), worker


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_dies_at_the_call_that_was_drawn(tmp_path: Path, killed: list[int], moment: str) -> None:
    reaper, one, another = Reaper(tmp_path, STAGE), process(tmp_path), process(tmp_path)
    reaper.arm({"send_chunk": [Fatal(2, moment, "any")]})
    one.before("GetItem")
    one.after("GetItem", {}, 200)
    assert not killed
    another.before("PutItem")
    assert killed == ([signal.SIGKILL] if moment == "before" else [])
    another.after("PutItem", {}, 200)
    assert killed == [signal.SIGKILL]
    assert [(each.function, each.at, each.operation) for each in reaper.died()] == [("send_chunk", 2, "PutItem")]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("kind", "operation"), [("any", "GetItem"), ("effect", "PutItem"), ("speech", "PutEvents")])
def test_or_at_the_next_call_of_its_kind(
    tmp_path: Path, killed: list[int], moment: str, kind: str, operation: str
) -> None:
    reaper, one = Reaper(tmp_path, STAGE), process(tmp_path)
    reaper.arm({"send_chunk": [Fatal(2, moment, kind)]})
    for each in ("SendMessage", "GetItem", "PutItem", "PutEvents"):
        one.before(each)
        one.after(each, {}, 200)
    assert [(each.moment, each.operation) for each in reaper.died()] == [(moment, operation)]


def test_each_death_is_one_process_s(tmp_path: Path, killed: list[int]) -> None:
    """Who comes late to a death waits for the next one."""
    reaper, one, another = Reaper(tmp_path, STAGE), process(tmp_path), process(tmp_path)
    reaper.arm({"send_chunk": [Fatal(1, "before", "any"), Fatal(2, "after", "any")]})
    one.before("GetItem")
    another.before("GetItem")
    assert len(killed) == 1
    another.after("GetItem", {}, 200)
    one.after("GetItem", {}, 200)
    assert [each.moment for each in reaper.died()] == ["before", "after"]


def test_what_is_drawn_later_counts_from_there(tmp_path: Path, killed: list[int]) -> None:
    reaper, one = Reaper(tmp_path, STAGE), process(tmp_path)
    for _ in range(5):
        one.before("GetItem")
    reaper.arm({"send_chunk": [Fatal(1, "before", "any")]})
    assert not killed
    one.before("GetItem")
    assert [each.at for each in reaper.died()] == [6]


@pytest.mark.parametrize(
    ("followed", "held"),
    [
        ([("TransactWriteItems", {"TransactItems": [CLAIM, GATE]}, 200)], ("LEAF#g1",)),
        ([("TransactWriteItems", {"TransactItems": [CLAIM, GATE]}, 400)], ()),
        (
            [
                ("TransactWriteItems", {"TransactItems": [CLAIM]}, 200),
                ("TransactWriteItems", {"TransactItems": [UNDONE, GATE]}, 200),
            ],
            (),
        ),
        (
            [
                ("TransactWriteItems", {"TransactItems": [CLAIM]}, 200),
                ("UpdateItem", {"Key": CLAIM["Put"]["Item"]}, 200),
            ],
            (),
        ),
    ],
)
def test_who_dies_tells_of_claims_without_an_outcome(
    tmp_path: Path, killed: list[int], followed: list[tuple[str, dict[str, object], int]], held: tuple[str, ...]
) -> None:
    reaper, one = Reaper(tmp_path, STAGE), process(tmp_path)
    reaper.arm({"send_chunk": [Fatal(len(followed) + 1, "before", "any")]})
    for operation, body, status in followed:
        one.before(operation)
        one.after(operation, body, status)
    one.before("SendBulkEmail")
    assert [each.held for each in reaper.died()] == [held]


def test_the_plugin_stands_alone() -> None:
    """It is imported by functions that have none of infra/."""
    text = Path(mortal.__file__).read_text()
    assert "infra" not in json.dumps([line for line in text.splitlines() if "import" in line])
