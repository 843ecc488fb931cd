"""`hub register`: lists that others keep, brought in as hashes with the operator's own rights."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints.api import registers as calls
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import MOST, read_page
from chalicelib.entrypoints.api.registers import MOST_HASHES, HashesAsked, ListAsked
from infra import stages
from infra.access_keys import OPERATOR
from infra.history_commands import lists
from infra.terminal import AsJson, Stage, a_day, say, stage_of, words

__all__ = ["lists"]

register = typer.Typer(no_args_is_help=True, help="Lists that others keep, such as of those who want no advertising.")
lists.add_typer(register, name="register")


@register.command("load")
def load(
    register_id: Annotated[str, typer.Argument(help="As the consent settings name it.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One hash a line, in hexadecimal.")],
    made_on: Annotated[str, typer.Option(help="The day on which the list was made.")],
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Bring in a whole list; it is in force once all of it is there. Where that breaks off, begin it again."""
    stages.use(stage_of(stage))
    day, ask, number = a_day(made_on), Ask(OPERATOR, "", instant(now())), 0
    for hashes in _portions(file):
        calls.take(ask, register_id, HashesAsked(made_on=day, hashes=tuple(hashes)))
        number += len(hashes)
    told = calls.complete(ask, register_id, ListAsked(made_on=day))
    say({"hashes": number, **told.model_dump(mode="json")}, as_json=as_json)


@register.command("list")
def listed(stage: Stage = "", as_json: AsJson = False) -> None:
    """Tell which registers there are, and which of their lists is in force."""
    stages.use(stage_of(stage))
    ask, page = Ask(OPERATOR, "", instant(now())), read_page("registers", {"limit": str(MOST)})
    found = calls.listed(ask, page=page).items
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found]))
        return
    table = Table("register", "hash", "valid for days", "made on", "in force")
    for each in found:
        made = each.made_on.isoformat() if each.made_on else ""
        table.add_row(*map(escape, (each.id, each.hash, str(each.valid_days), made, "yes" if each.in_force else "no")))
    words.print(table)


def _portions(file: Path) -> Iterator[list[str]]:
    """The lines that say something, as many at once as a call takes."""
    portion: list[str] = []
    with file.open(encoding="ascii") as lines:
        for line in lines:
            if text := line.strip().lower():
                portion.append(text)
            if len(portion) == MOST_HASHES:
                yield portion
                portion = []
    if portion:
        yield portion
