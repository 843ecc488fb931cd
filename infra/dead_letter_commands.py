"""`hub dlq`: what could not be processed, and why; opened, sent back, and put away."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.canonical.ids import ConnectionId
from chalicelib.dead_letters.model import Wanted
from infra import dead_letters, queue_urls
from infra.errors import Refused
from infra.terminal import AsJson, Stage, progress, say, sits_at_a_terminal, stage_of, words

dlq = typer.Typer(no_args_is_help=True, help="Dead letters: what could not be processed, and why.")
Queues = Annotated[list[str] | None, typer.Argument(help=f"{', '.join(queue_urls.NAMES)}; all if left out.")]
Connection = Annotated[str, typer.Option(help="Only those of this connection.")]
Reason = Annotated[str, typer.Option(help="Only those whose reason begins so.")]
Most = Annotated[int | None, typer.Option(min=1, help="So many of each queue at most.")]
Settle = Callable[[str, str, Wanted, int | None], Iterator[str]]


@dlq.command("list")
def list_(stage: Stage = "", as_json: AsJson = False) -> None:
    """Count the dead letters of every queue, with their reasons."""
    found = dead_letters.listed(stage_of(stage))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found]))
        return
    table = Table("queue", "dead letters", "reasons")
    for each in found:
        reasons = "\n".join(f"{count} x {why}" for why, count in each.reasons.items())
        table.add_row(each.queue, str(each.count), escape(reasons))
    words.print(table)


@dlq.command("letters")
def letters(
    connection: Connection = "",
    queue: Annotated[str, typer.Option(help="Only those of this queue.")] = "",
    reason: Reason = "",
    most: Annotated[int, typer.Option(min=1, help="So many at most.")] = 100,
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Show each dead letter with its time and reason, the oldest first."""
    found = dead_letters.entries(stage_of(stage), _wanted(connection, reason, queue), most)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found]))
        return
    if not found:
        words.print("no dead letters")
        return
    table = Table("id", "queue", "connection", "set aside", "times", "reason")
    for each in found:
        row = (each.id, each.queue, each.connection or "", _to_the_second(each.at), str(each.times), each.reason)
        table.add_row(*map(escape, row))
    words.print(table)


def _to_the_second(at: str) -> str:
    return f"{at.partition('.')[0].removesuffix('Z')}Z"


@dlq.command("open")
def open_(letter: Annotated[str, typer.Argument(help="Its id.")], stage: Stage = "") -> None:
    """Print what a dead letter holds."""
    typer.echo(json.dumps(dead_letters.opened(stage_of(stage), letter), ensure_ascii=False, indent=2))


def _settling(name: str, about: str, act: Settle, warning: str = "") -> None:
    """A command for one end of a letter: all ends take the same options."""

    @dlq.command(name, help=about)
    def settle(
        queues: Queues = None,
        connection: Connection = "",
        reason: Reason = "",
        most: Most = None,
        stage: Stage = "",
        as_json: AsJson = False,
    ) -> None:
        if warning and sits_at_a_terminal():
            typer.confirm(f"{warning} Go on?", abort=True, err=True)
        _settle(act, queues, _wanted(connection, reason), most, stage, as_json=as_json)


_settling("redrive", "Send dead letters back to the queues they came from.", dead_letters.redrive)
_settling(
    "purge", "Put dead letters away for good.", dead_letters.purge, "What is put away cannot be sent back any more."
)


def _wanted(connection: str, reason: str, queue: str = "") -> Wanted:
    return Wanted(ConnectionId(connection) if connection else None, queue or None, reason or None)


def _settle(
    act: Settle, queues: list[str] | None, wanted: Wanted, most: int | None, stage: str, *, as_json: bool
) -> None:
    at = stage_of(stage)
    names = queues or list(queue_urls.NAMES)
    if unknown := set(names) - set(queue_urls.NAMES):
        raise Refused(f"no such queue: {', '.join(sorted(unknown))}; there is {', '.join(queue_urls.NAMES)}")
    counts: dict[str, int] = {}
    with progress() as shown:
        for name in names:
            task = shown.add_task(name, total=None)
            counts[name] = sum(1 for _ in shown.track(act(at, name, wanted, most), task_id=task))
    if as_json or any(counts.values()):
        say({name: count for name, count in counts.items() if count or as_json}, as_json=as_json)
    else:
        words.print("no dead letters of this kind: nothing was done")
