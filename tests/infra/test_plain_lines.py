"""Who reads a log sees that long work goes on."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import StringIO
from threading import Event

import pytest
from rich.console import Console
from rich.progress import Progress

from infra import plain_lines, terminal


def console(*, is_terminal: bool = False) -> Console:
    return Console(file=StringIO(), force_terminal=is_terminal, width=200)


def written(console: Console) -> list[str]:
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue().splitlines()


def test_a_line_is_said_at_each_turn_until_it_is_over() -> None:
    lines, turns = list[str](), iter([False, False, True])
    plain_lines.say_until(turns.__next__, lambda: lines.append("going on"))
    assert lines == ["going on", "going on"]


def test_it_is_said_while_the_block_lasts() -> None:
    heard = Event()
    with plain_lines.spoken(heard.set, every=0):
        assert heard.wait(60)


def test_what_is_said_are_the_steps_under_way_and_how_far_they_are() -> None:
    shown = Progress(console=console())
    shown.add_task("webhooks", total=10, completed=4)
    shown.add_task("waiting [for the queues]", total=None)
    shown.update(shown.add_task("deployed", total=1), completed=1)
    assert terminal.under_way(shown) == "webhooks, 40 %; waiting [for the queues]"


def test_between_two_steps_the_last_one_is_said() -> None:
    shown = Progress(console=console())
    assert terminal.under_way(shown) == ""
    shown.update(shown.add_task("webhooks", total=1), completed=1, description="waiting: long work")
    assert terminal.under_way(shown) == "waiting: long work"


@pytest.fixture
def sayings(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    found: list[Callable[[], None]] = []

    def spoken(say: Callable[[], None]) -> AbstractContextManager[None]:
        found.append(say)
        return nullcontext()

    monkeypatch.setattr(terminal, "spoken", spoken)
    return found


def test_without_a_terminal_steps_are_said_and_on_one_they_move(sayings: list[Callable[[], None]]) -> None:
    with terminal.steps(console(is_terminal=True)) as shown:
        shown.add_task("webhooks")
    assert sayings == []
    log = console()
    with terminal.steps(log) as shown:
        shown.add_task("webhooks [1]", total=4, completed=1)
        (say,) = sayings
        say()
        assert written(log) == ["webhooks [1], 25 %"]


def test_without_a_terminal_a_waiting_command_says_what_it_waits_for(
    sayings: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = console()
    monkeypatch.setattr(terminal, "words", log)
    with terminal.telling("deploying") as tell:
        (say,) = sayings
        say()
        tell("the table [dev]")
        say()
    assert written(log)[:2] == ["deploying", "the table [dev]"]


def test_a_value_is_said_whole_however_narrow_the_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = Console(file=StringIO(), width=20)
    monkeypatch.setattr(terminal, "words", narrow)
    address = f"http://127.0.0.1:1/{'x' * 100}"
    terminal.say({"api_url": address, "key": "xk_1", "none": None}, as_json=False)
    assert written(narrow) == [f"api_url {address}", "key     xk_1", "none    -"]
