"""`hub restore`, and `hub objections`, which completes it once notices were replayed."""

from datetime import datetime
from typing import Annotated, Any

import typer

from chalicelib.privacy.told_again import ToldAgain
from infra import chalice_files, restore, stages
from infra.terminal import AsJson, an_instant, say, telling, words

Named = Annotated[str, typer.Option(help="dev, prod, ...")]


def restore_table(
    stage: Named,
    to: Annotated[
        datetime,
        typer.Option(parser=an_instant, metavar="INSTANT", help="The point in time, UTC: 2026-11-27T03:50:00Z."),
    ],
    table: Annotated[str, typer.Option(help="The table that was used then; today's if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put the table as it was at a point in time in the place of today's, which is kept under its own name.

    Runs that were active then are paused, and objections since then hold again. The same command goes on with a restore
    that stopped half way.
    """
    chalice_files.config_of(stage, chalice_files.CHALICE)
    with telling("restoring") as tell:
        done = restore.restore(stage, to, tell, source=table)
    chalice_files.name_table(stage, chalice_files.CHALICE, done.table)
    told = _counted(done.objections)
    say({"table": done.table, "paused_runs": list(done.paused), **told}, as_json=as_json)
    words.print(f"now: hub replay --stage {stage} --from {to:%Y-%m-%d}")
    words.print(f"and then: hub objections --stage {stage} --since {to:%Y-%m-%dT%H:%M:%SZ}")


def tell_objections_again(
    stage: Named,
    since: Annotated[
        datetime, typer.Option(parser=an_instant, metavar="INSTANT", help="The point in time restored to, UTC.")
    ],
    as_json: AsJson = False,
) -> None:
    """Hold again what guests and mailbox providers objected to since: for records that a replay brought back."""
    stages.use(stage)
    say(_counted(restore.tell_objections_again(since)), as_json=as_json)


def _counted(told: ToldAgain) -> dict[str, Any]:
    return {"objections": told.held, "of_unknown_records": told.unknown}
