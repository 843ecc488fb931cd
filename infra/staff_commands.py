"""`hub staff`: who works with the hub, invited, listed and ended."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.access.staff.model import STAFF_ROLES, Staff
from infra import people
from infra.terminal import AsJson, Stage, plain, say, stage_of, words

staff = typer.Typer(no_args_is_help=True, help="The people who work with the hub.")


@staff.command("invite")
def invite(
    email: Annotated[str, typer.Option(help="Where the invitation and each sign-in link go.")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    role: Annotated[str, typer.Option(help=", ".join(STAFF_ROLES))],
    property_: Annotated[list[str], typer.Option("--property", help="May be given often; * for all.")],
    with_mail: Annotated[bool, typer.Option("--mail/--no-mail", help="Mail the invitation.")] = True,
    language: Annotated[str, typer.Option(help="Of the invitation, such as de; English where there is none.")] = "en",
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Let somebody work with the hub."""
    made = people.invite(stage_of(stage), email, name, role, property_, with_mail=with_mail, language=language)
    say(_told(made) | {"sign_in_url": people.sign_in_address(made)}, as_json=as_json)


@staff.command("link")
def link(
    who: Annotated[str, typer.Argument(help="Their id or e-mail address.")],
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Print an address that signs somebody in once, within 15 minutes; also where no mail can be sent."""
    one = people.find(stage_of(stage), who)
    say({"sign_in_url": people.sign_in_address(one)}, as_json=as_json)


@staff.command("list")
def list_(stage: Stage = "", as_json: AsJson = False) -> None:
    """Show everybody who works with the hub."""
    found = people.listed(stage_of(stage))
    if as_json:
        typer.echo(json.dumps([_told(each) for each in found]))
        return
    table = Table("id", "name", "e-mail", "role", "properties")
    for each in found:
        table.add_row(*map(escape, (each.id, each.name, each.email, each.role, plain(each.properties))))
    words.print(table)


@staff.command("end")
def end(
    who: Annotated[str, typer.Argument(help="Their id or e-mail address.")],
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """End somebody: they are signed out at once, everywhere."""
    say(_told(people.end(stage_of(stage), who)), as_json=as_json)


def _told(one: Staff) -> dict[str, Any]:
    kept = asdict(one)
    return {name: kept[name] for name in ("id", "name", "email", "role")} | {"properties": list(one.properties)}
