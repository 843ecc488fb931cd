"""`hub import`, `hub export`, `hub backfill`: history as lists, and of vendors that can be asked."""

import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import instant, now
from chalicelib.connectors.csv_files.columns import Kind
from chalicelib.ingest.backfill import BackfillAsked
from chalicelib.ingest.imports.model import ImportAsked
from infra import history, stages
from infra.errors import Refused
from infra.history import Understood
from infra.terminal import AsJson, Stage, an_instant, progress, say, stage_of, words

lists = typer.Typer()
"""Commands of `hub` itself."""
LONGEST_WAIT = 0.5
"""Seconds between two looks at a job."""


def rest() -> None:
    time.sleep(LONGEST_WAIT)


@lists.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="guests.csv or stays.csv.")],
    source: Annotated[str, typer.Option(help="Where it comes from: the same rows are the same records under it.")],
    kind: Annotated[str, typer.Option(help="guests or stays; left out, as the file is called.")] = "",
    exported_at: Annotated[str, typer.Option(help="When the list was made; left out, when the file was written.")] = "",
    property_id: Annotated[str, typer.Option("--property", help="Of which hotel rows are that name none.")] = "",
    date_order: Annotated[str, typer.Option(help="day_first or month_first, where the file does not show it.")] = "",
    decimal: Annotated[str, typer.Option(help="comma or point, where the file does not show it.")] = "",
    currency: Annotated[str, typer.Option(help="Of amounts beside which none stands; left out, the hotel's.")] = "",
    encoding: Annotated[str, typer.Option(help="Where it is not told rightly.")] = "",
    delimiter: Annotated[str, typer.Option(help="Where it is not told rightly.")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="What a column stands for, as `Total=room_revenue`; `Notes=` for nothing.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before storing.")] = False,
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Bring in a list of guests or stays. What was understood is shown, and asked about, before anything is stored.

    Rows that are not taken are written beside the file, each with its line, its column and why.
    """
    stages.use(stage_of(stage))
    asked = ImportAsked.model_validate(
        {
            "kind": kind or _kind_of(file),
            "source": source,
            "exported_at": instant(an_instant(exported_at) if exported_at else _written(file)),
            "property_id": property_id or None,
            "date_order": date_order or None,
            "decimal": decimal or None,
            "currency": currency or None,
            "encoding": encoding or None,
            "delimiter": delimiter or None,
            "columns": dict(map(_column, column or ())),
        }
    )
    found = history.look_at(file, asked)
    _show(found)
    if found.to_be_said:
        raise Refused("; ".join(f"{each.field}: {each.why}" for each in found.to_be_said) + " (see --help)")
    if not yes:
        typer.confirm(f"Store {found.counted['good']} rows as {asked.kind} of {source}?", abort=True, err=True)
    say(_brought_in(file, asked, found), as_json=as_json)


def _brought_in(file: Path, asked: ImportAsked, found: Understood) -> dict[str, Any]:
    with progress() as shown:
        tasks: dict[str, Any] = {}

        def tell(name: str, rows: int) -> None:
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=found.summary.rows)
            shown.update(tasks[name], completed=rows)

        kept = history.bring_in(file, asked, tell, rest)
    beside = file.with_name(f"{file.stem}.rejected.csv")
    refused = history.write_refused(kept, file, beside)
    counted = {"good": 0, "bad": 0, "changed": 0, **history.counted(kept)}
    return {"import": kept.id, **counted, "rejected_rows": str(beside) if refused else None}


def _kind_of(file: Path) -> Kind:
    told = [each for each in ("guests", "stays") if each.rstrip("s") in file.name.lower()]
    if len(told) != 1:
        raise Refused("say --kind guests or --kind stays: the name of the file does not tell")
    return cast("Kind", told[0])


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)


def _column(told: str) -> tuple[str, str | None]:
    heading, sign, field = told.rpartition("=")
    if not sign:
        raise typer.BadParameter(f"must be a heading and a field, such as Total=room_revenue, and not {told!r}")
    return heading, field or None


def _show(found: Understood) -> None:
    summary = found.summary
    words.print(f"encoding {summary.encoding} ({summary.sure}), delimiter {summary.delimiter!r}, {summary.rows} rows")
    forms = found.asked.forms
    words.print(f"dates {forms.date_order or 'as they show'}, decimal {forms.decimal or 'as they show'}")
    table = Table("column", "taken for")
    for each in summary.columns:
        table.add_row(escape(each.header), each.field or "-")
    words.print(table)
    for row in found.first_rows:
        words.print(escape(", ".join(f"{name} {text}" for name, text in row.items())), highlight=False)
    words.print(f"{found.counted['good']} good, {found.counted['bad']} bad")
    for refused in found.first_refused:
        words.print(escape(f"line {refused.line}, {refused.column or 'row'}: {refused.reason}"), highlight=False)


@lists.command("backfill")
def ask_back(
    connection: Annotated[str, typer.Option(help="The connection whose vendor is asked.")],
    since: Annotated[str, typer.Option("--from", help="From when: an instant, or a day of UTC.")],
    until: Annotated[str, typer.Option("--to", help="Up to when; left out, up to now.")] = "",
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Ask a vendor for what changed since a day: its reservations and profiles come in as history."""
    stages.use(stage_of(stage))
    asked = BackfillAsked(since=an_instant(since), until=an_instant(until) if until else None)
    days = ((asked.until or now()) - asked.since).days + 1
    with progress() as shown:
        task = shown.add_task(connection, total=days)
        found = history.ask_back(ConnectionId(connection), asked, lambda done: shown.update(task, completed=done), rest)
    say({"job": found.job.id, "notices": found.counted.get("notices", 0)}, as_json=as_json)


@lists.command("export")
def export(
    kind: Annotated[Literal["guests", "stays"], typer.Argument(help="guests or stays.")],
    to: Annotated[Path | None, typer.Option(help="The file; left out, standard output.")] = None,
    stage: Stage = "",
) -> None:
    """Write all guests, or all their stays, as a list that `hub import` reads again."""
    stages.use(stage_of(stage))
    with to.open("w", newline="", encoding="utf-8") if to else nullcontext(sys.stdout) as out:
        count = history.write_all(kind, out)
    if to:
        words.print(f"{count} {kind} in {to}")
