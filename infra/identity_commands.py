"""`hub identity`: how good what is known of all guests is, and who of them may be one person."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from chalicelib.identity.audits import IdentityAudit, Proposals
from infra import stages
from infra.identity import audit as its
from infra.identity import splinking
from infra.terminal import AsJson, Stage, progress, stage_of, words

identity = typer.Typer(no_args_is_help=True, help="Who is one person with whom.")
COLUMNS = ("records", "duplicates", "reachable", "masked", "unmailable", "no_consent")


@identity.command("audit")
def audit(
    propose: Annotated[bool, typer.Option("--propose/--no-propose", help="Have pairs wait for an answer.")] = True,
    most: Annotated[int, typer.Option(min=1, help="Pairs that are brought at most, the likeliest first.")] = 5_000,
    apply: Annotated[bool, typer.Option("--apply", help="Set the weights that were estimated.")] = False,
    settings_file: Annotated[
        Path | None, typer.Option(help="Gets the settings with these weights, as `PUT /v1/settings` takes them.")
    ] = None,
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Compare all guests with each other, by Splink on DuckDB (the analyst extra).

    Tells how good each source's records are, has pairs that may be one person wait for somebody's answer, and estimates
    what each field weighs. It joins nobody. What it found is kept in the hub; its page shows how that goes on.
    """
    splinking.refuse_without()
    stages.use(stage_of(stage))
    with progress() as shown, its.look(tell := _telling(shown)) as found:
        if apply or settings_file:
            settings = its.weighed_by(found.weights)
            if settings_file:
                settings_file.write_text(settings.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")
            if apply:
                its.apply(settings)
        report = found.report(its.propose(found.compared, most, tell) if propose else Proposals())
        its.keep(report)
    _say(report, as_json=as_json)


def _telling(shown: Progress) -> its.Tell:
    tasks: dict[str, Any] = {}

    def tell(name: str, done: int, of: int) -> None:
        if name not in tasks:
            tasks[name] = shown.add_task(name, total=of)
        shown.update(tasks[name], completed=done)

    return tell


def _say(report: IdentityAudit, *, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json())
        return
    words.print(f"{report.guests} guests, {report.records} records, {report.pairs} pairs compared in the end")
    table = Table("source", *(each.replace("_", " ") for each in COLUMNS))
    for source in report.sources:
        table.add_row(escape(source.source), *(str(getattr(source, each)) for each in COLUMNS))
    words.print(table)
    counted = report.proposals.model_dump()
    words.print("pairs: " + (", ".join(f"{name} {count}" for name, count in counted.items() if count) or "none"))
    for field, levels in report.weights.items():
        words.print(f"{field}: " + ", ".join(f"{level} {bits:+}" for level, bits in levels.items()), highlight=False)
