"""`hub audit`: what an actor did, or who of the staff saw a guest, asked with the operator's own rights."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints.api import audit as calls
from chalicelib.entrypoints.api.audit import AuditShown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import MOST, read_page
from infra import people, stages
from infra.access_keys import OPERATOR
from infra.terminal import AsJson, Stage, stage_of, words

A_TIME = "An instant, or a day of UTC."


def audit(
    guest: Annotated[str, typer.Option(help="Who saw this guest, by id.")] = "",
    actor: Annotated[
        str, typer.Option(help="What they did: one of the staff, by id or e-mail address, or a key.")
    ] = "",
    kind: Annotated[str, typer.Option(help="opened, sent or access.")] = "",
    since: Annotated[str, typer.Option(help=A_TIME)] = "",
    until: Annotated[str, typer.Option(help=f"{A_TIME} It is no more part of it.")] = "",
    most: Annotated[int, typer.Option(min=1, help="So many at most.")] = 1_000,
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Tell what an actor did, or who of the staff saw a guest, the newest first."""
    at = stage_of(stage)
    stages.use(at)
    who = people.find(at, actor).id if "@" in actor else actor
    found = list(islice(_found(guest, who, kind=kind, since=since, until=until), most))
    if as_json:
        typer.echo(json.dumps([each.model_dump() for each in found]))
        return
    table = Table("when", "who", "what", "about", "guests")
    for each in found:
        table.add_row(*map(escape, (each.at, each.actor, each.what, each.subject or "", ", ".join(each.guests))))
    words.print(table)


def _found(guest: str, actor: str, **asked: str) -> Iterator[AuditShown]:
    """All of it, page by page as far as it is asked for. Raises CallerError for what the API would refuse, too."""
    ask, given = Ask(OPERATOR, "", instant(now())), {name: text or None for name, text in asked.items()}
    query = {"limit": str(MOST)}
    while True:
        page = read_page("audit", query)
        part = calls.listed(ask, guest=GuestId(Leaf(guest)) if guest else None, actor=actor or None, **given, page=page)
        yield from part.items
        if part.next_cursor is None:
            return
        query["cursor"] = part.next_cursor
