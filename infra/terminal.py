"""What the commands of `hub` share: which stage is meant, and how an answer is said to people and to machines."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from infra import chalice_files, running_hub
from infra.errors import Refused
from infra.local_cloud import CREDENTIALS
from infra.plain_lines import spoken
from infra.stacks import Tell

words = Console(stderr=True)
"""What a person reads; a machine reads standard output."""


def a_day(text: str) -> date:
    """What an option takes as a day. Raises BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"must be a date, such as 2026-02-01, and not {text!r}") from None


def an_instant(text: str) -> datetime:
    """What an option takes as an instant, in UTC, or as a day, which is its beginning. Raises BadParameter."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"must be an instant, such as 2026-02-01T14:00:00Z, and not {text!r}") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


Stage = Annotated[str, typer.Option(help="dev, prod, ... Without it: the hub of `hub up`, if one runs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


def stage_of(asked: str) -> str:
    """The stage asked for; without one, the running local hub's, to which boto3 is then pointed. Raises Refused."""
    if asked:
        return asked
    state = running_hub.running()
    if state is None:
        raise Refused("say --stage, or start a local hub with `make up`: none runs in this folder, nor above it")
    os.environ.update({**CREDENTIALS, "AWS_ENDPOINT_URL": state["aws_endpoint_url"]})
    return str(state["stage"])


def agree_to_a_new(stage: str) -> None:
    """A slip in a stage's name would make a second set of everything: who sits at a terminal is asked.

    Raises StageMisnamed.
    """
    chalice_files.refuse_misnamed(stage)
    if not chalice_files.is_known(stage, chalice_files.CHALICE) and sits_at_a_terminal():
        typer.confirm(f"There is no stage {stage} yet. Make one?", abort=True, err=True)


def sits_at_a_terminal() -> bool:
    return sys.stdin.isatty()


@contextmanager
def telling(first: str, *, keep_lines: bool = False) -> Iterator[Tell]:
    """A line that turns while it waits, or a line for each thing told; what is told may hold brackets of its own."""
    said = ""

    def again() -> None:
        words.print(escape(said or first), soft_wrap=True)

    with words.status(first) as status, _without_terminal(words, again):

        def tell(what: str) -> None:
            nonlocal said
            if keep_lines and what != said:
                words.print(escape(what), soft_wrap=True)
            said = what
            status.update(escape(what))

        yield tell


def progress() -> AbstractContextManager[Progress]:
    return steps(words, TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@contextmanager
def steps(console: Console, *columns: ProgressColumn) -> Iterator[Progress]:
    """A line that moves for each step; without a terminal a plain line now and then, of the steps under way."""

    def say() -> None:
        console.print(under_way(shown), markup=False, highlight=False, soft_wrap=True)

    with Progress(*columns, console=console) as shown, _without_terminal(console, say):
        yield shown


def under_way(shown: Progress) -> str:
    """The steps that are not done, and how much of each is; the last step where all are."""
    steps = [each for each in shown.tasks if not each.finished] or shown.tasks[-1:]
    return "; ".join(
        f"{each.description}, {each.percentage:.0f} %" if each.total and not each.finished else each.description
        for each in steps
    )


def _without_terminal(console: Console, say: Callable[[], None]) -> AbstractContextManager[None]:
    return nullcontext() if console.is_terminal else spoken(say)


def say(values: dict[str, Any], *, as_json: bool) -> None:
    """A line for each value, whole, however narrow the terminal is: a key or an address is there to be copied."""
    if as_json:
        typer.echo(json.dumps(values))
        return
    width = max(map(len, values), default=0)
    for name, value in values.items():
        words.print(f"[bold]{escape(name.ljust(width))}[/] {escape(plain(value))}", soft_wrap=True, highlight=False)


def plain(value: object) -> str:
    """A value as people write it."""
    match value:
        case None | "" | []:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name} {plain(each)}" for name, each in value.items()) or "-"
        case list() | tuple():
            return ", ".join(map(plain, value))
    return str(value)
