"""`hub replay`: archived notices, sent to their queues once more."""

from datetime import date
from typing import Annotated

import typer

from infra import replay
from infra.errors import Refused
from infra.terminal import AsJson, Stage, a_day, progress, say, stage_of, words


def replay_archived(
    first: Annotated[date, typer.Option("--from", parser=a_day, metavar="DAY", help="The first day, UTC.")],
    last: Annotated[
        date | None, typer.Option("--to", parser=a_day, metavar="DAY", help="The last day; --from's if left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only.")] = False,
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Send the archived notices of these days to their queues once more."""
    if last and last < first:
        raise Refused(f"--to {last} is before --from {first}")
    at = stage_of(stage)
    replayed, told = replay.Replayed(), replay.Told()
    objects = replay.objects(at, first, last or first)
    if not objects:
        words.print("[yellow]nothing was archived on these days[/]")
    else:
        with progress() as shown:
            for archived in shown.track(objects, description="replaying"):
                replayed += replay.replay(at, archived, dry_run=dry_run, told=told)
    if replayed.expired:
        words.print(f"[yellow]{replayed.expired} messages lie apart for their size, and have expired: not sent[/]")
    counts = {"objects": len(objects), "messages": dict(replayed.messages), "expired": replayed.expired}
    say({**counts, "sent": bool(objects) and not dry_run}, as_json=as_json)
