"""The `hub` command line: deploy, finish, keys, staff, guests, settings, replay, dead letters, and the local cloud."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from rich.markup import escape
from typer.exceptions import TyperException

from chalicelib.access.model import ROLES
from chalicelib.canonical.errors import CallerError, TryAgain
from chalicelib.canonical.faults import told
from chalicelib.canonical.version import VERSION
from infra import (
    access_keys,
    audit_commands,
    chalice_files,
    deploy,
    finishing,
    layer,
    outside,
    package,
    people,
    queue_urls,
    replay,
    replay_commands,
    restore,
    restore_commands,
    running_hub,
)
from infra.dead_letter_commands import dlq
from infra.deploying import commands, steps
from infra.deploying.errors import DeploymentStopped
from infra.errors import Refused
from infra.identity_commands import identity
from infra.local_cloud import LocalCloudDown
from infra.name_commands import names
from infra.privacy_commands import privacy
from infra.property_commands import property_
from infra.register_commands import lists
from infra.settings_commands import settings
from infra.stacks import StackFailed
from infra.staff_commands import staff
from infra.terminal import AsJson, Stage, agree_to_a_new, say, stage_of, telling, words

hub = typer.Typer(
    no_args_is_help=True,
    help="The guest relationship hub: deployment and operation.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
infra = typer.Typer(no_args_is_help=True, help="Everything on AWS that Chalice does not create.")
key = typer.Typer(no_args_is_help=True, help="API keys.")
hub.add_typer(infra, name="infra")
hub.add_typer(key, name="key")
hub.add_typer(dlq, name="dlq")
hub.add_typer(settings, name="settings")
hub.add_typer(names, name="names")
hub.add_typer(privacy, name="privacy")
hub.add_typer(property_, name="property")
hub.add_typer(identity, name="identity")
hub.add_typer(staff, name="staff")
hub.command("audit")(audit_commands.audit)
hub.command("replay")(replay_commands.replay_archived)
hub.add_typer(lists)
hub.command("deploy")(commands.deploy)
infra.command("record")(commands.record)
hub.command("restore")(restore_commands.restore_table)
hub.command("objections")(restore_commands.tell_objections_again)

EXPECTED = (
    BotoCoreError, ClientError, DeploymentStopped, LocalCloudDown, StackFailed, CallerError, Refused, TryAgain,
    deploy.PublicUrlUnknown, layer.PackagingFailed, replay.ArchiveDamaged, replay.QueueRefused,
    restore.TableNotMade, running_hub.AlreadyUp, running_hub.PmsDown,
)  # fmt: skip
"""What can go wrong outside: said in one line, without a traceback."""


def main() -> None:
    """Run the command line. What goes wrong is one line; the status is 1 where a command failed, 2 where it was not
    understood."""
    try:
        status = hub(standalone_mode=False)
    except EXPECTED as error:
        raise _told(outside.told(error), 1) from error
    except TyperException as error:
        raise _told(_misunderstood(error, sys.argv[1:]), error.exit_code) from error
    except typer.Abort as error:
        raise _told("broken off.", 1) from error
    raise SystemExit(status if isinstance(status, int) else 0)


def _told(line: str, status: int) -> SystemExit:
    if line:
        words.print(f"[red]hub:[/] {escape(' '.join(line.split()))}", soft_wrap=True)
    return SystemExit(status)


def _misunderstood(error: TyperException, said: Sequence[str]) -> str:
    """Nothing where a command without its words has shown its help."""
    wrong = error.__cause__
    if isinstance(wrong, ValidationError) and isinstance(error, typer.BadParameter):
        error.message = told(wrong, None)[0].words
    message = error.format_message().rstrip(".")
    return f"{message}. `{_command(said)} --help` tells what there is." if message else ""


def _command(said: Sequence[str]) -> str:
    """The command that is meant, as far as there is such a one."""
    path = ["hub"]
    commands = _commands(typer.main.get_command(hub))
    for word in said:
        if word not in commands:
            break
        path.append(word)
        commands = _commands(commands[word])
    return " ".join(path)


def _version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(VERSION)
        raise typer.Exit


@hub.callback()
def whole(
    version: Annotated[
        bool,
        typer.Option("--version", callback=lambda asked: _version(is_asked=asked), is_eager=True, help="Print it."),
    ] = False,
) -> None:
    """The guest relationship hub: deployment and operation."""


def _commands(command: object) -> Mapping[str, object]:
    """Those of a group, by name; none of what is no group."""
    found: Mapping[str, object] = getattr(command, "commands", {})
    return found


@infra.command("deploy")
def infra_deploy(
    stage: Annotated[str, typer.Option(help="dev, prod, ...")],
    notification_email: Annotated[str | None, typer.Option(help="Gets alarms and the budget's warnings.")] = None,
    monthly_budget: Annotated[int | None, typer.Option(help="US dollars a month; at first 50.")] = None,
    tracking_domain: Annotated[str | None, typer.Option(help="Our own domain for opens and clicks.")] = None,
    dashboard: Annotated[bool | None, typer.Option(help="3 US dollars a month; at first there is one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create or update the table, queues, bus, bucket, mail settings, alarms and budget. Before `chalice deploy`.

    Also writes what `chalice deploy` reads of the stage: its part of .chalice/config.json, the functions' policies, and
    the zips of code and layer, and the record of what stands already.
    Options that are left out stay as they were deployed; an empty text takes one back.
    """
    parameters = commands.infrastructure_parameters(notification_email, monthly_budget, tracking_domain, dashboard)
    agree_to_a_new(stage)
    with telling("deploying") as tell:
        outputs = steps.infrastructure(stage, parameters, tell)
        steps.note_what_stands(stage)
        tell("packaging")
        package.ready(stage)
    say(outputs, as_json=as_json)


@infra.command("finish")
def infra_finish(
    stage: Annotated[str, typer.Option(help="dev, prod, ...")],
    public_url: Annotated[
        str | None, typer.Option(help="Where the hub is reached; found by itself if left out.")
    ] = None,
    sender: Annotated[str | None, typer.Option(help="The From address of all mail.")] = None,
    postal_address: Annotated[str | None, typer.Option(help="Stands at the foot of marketing mail.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set what `chalice deploy` cannot, after every deploy.

    Partial batches and limits of concurrency on the queues, and the hub's own address.
    """
    chalice_files.config_of(stage, chalice_files.CHALICE)
    url = (public_url or deploy.public_url(stage)).rstrip("/")
    done = finishing.finish(stage, public_url=url, sender=sender, postal_address=postal_address)
    told = {"public_url": done.public_url, "sender": done.sender, "postal_address": done.postal_address}
    say({**told, "queues": done.queues}, as_json=as_json)
    for warning in done.warnings:
        words.print(f"[yellow]{escape(warning)}[/]", soft_wrap=True)
    if done.queues < (wanted := len(queue_urls.NAMES)):
        words.print(
            f"[red]only {done.queues} of {wanted} queues have a function: run `chalice deploy`, then this again[/]"
        )
        raise typer.Exit(1)


@infra.command("package")
def infra_package(
    stage: Annotated[str, typer.Option(help="dev, prod, ...")],
    out: Annotated[Path, typer.Option(help="Gets sam.json and the zips.")] = Path(".local/package"),
    bucket: Annotated[str | None, typer.Option(help="Gets the zips, and the template that points at them.")] = None,
) -> None:
    """Package the application as one CloudFormation template, for pipelines that do not run `chalice deploy`.

    With a bucket, print the address that CloudFormation takes as TemplateURL; without one, the file.
    """
    chalice_files.config_of(stage, chalice_files.CHALICE)
    with telling("packaging"):
        packaged = package.package(stage, out)
        where = package.upload(packaged, bucket) if bucket else str(packaged)
    typer.echo(where)


@hub.command()
def up(
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin without what an earlier one left.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start a local cloud with the hub and a PMS simulator, and write .local/hub.json.

    Data, addresses and the key are those of the last time, where the ports are still free.
    """
    hub_here = None if fresh else running_hub.running()
    if hub_here is None:
        with telling("starting the local cloud") as tell:
            hub_here = running_hub.up(tell, fresh=fresh)
    else:
        words.print("A hub runs already; nothing was started.")
    if as_json:
        say(hub_here, as_json=True)
    else:
        _show_where(hub_here)


def _show_where(state: dict[str, Any]) -> None:
    """What a person needs of it; the rest stands in .local/hub.json."""
    told = {name: state[name] for name in ("api_url", "admin_key", "pms_url", "mailbox_url")}
    say({**told, "sign_in_url": _sign_in_url()}, as_json=False)
    words.print("sign_in_url opens the console once, within 15 minutes; `hub up` makes another.", highlight=False)
    words.print(
        f"`. {running_hub.HUB_ENV}` tells a shell where the hub is, as HUB, and its key, as KEY. `make down` ends it.",
        soft_wrap=True,
        highlight=False,
    )


def _sign_in_url() -> str:
    return people.sign_in_address(people.first_admin(stage_of("")))


@hub.command()
def down() -> None:
    """End what `hub up` started, or a demo left running; what `hub up` has is kept for its next start."""
    words.print(escape(running_hub.down()), soft_wrap=True)


@key.command("create")
def key_create(
    role: Annotated[str, typer.Option(help=", ".join(ROLES))],
    name: Annotated[str, typer.Option(help="Who will use it.")],
    property_: Annotated[list[str], typer.Option("--property", help="May be given often; * for all.")],
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Make an API key and show it once."""
    made = access_keys.create(stage_of(stage), role, property_, name)
    shown = {
        "key": made.key,
        "key_id": made.key_id,
        "role": made.role,
        "properties": list(made.properties),
        "name": made.name,
    }
    say(shown, as_json=as_json)
    if not as_json:
        words.print("Keep the key now: the hub knows its hash, and cannot show it again.")
