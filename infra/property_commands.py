"""`hub property`: what is to be done when a hotel leaves the group."""

from pathlib import Path
from typing import Annotated

import typer

from chalicelib.canonical.ids import PropertyId
from infra import leaving, stages
from infra.terminal import AsJson, Stage, say, stage_of

property_ = typer.Typer(no_args_is_help=True, help="A hotel that leaves.")


@property_.callback()
def _group() -> None:
    """With one command alone there would be no group."""


@property_.command("leave")
def leave(
    hotel: Annotated[str, typer.Argument(help="The hotel's id.")],
    into: Annotated[Path | None, typer.Option(help="A folder for the files; without it they are only counted.")] = None,
    stage: Stage = "",
    as_json: AsJson = False,
) -> None:
    """Write what is a hotel's of the guests: records, stays, charges, consents, notes, and points earned there.

    The hub keeps everything; the points that its stays earned stay with the programme, and are told as what is owed
    for them at most. Where it breaks off, the same command goes on.
    """
    stages.use(stage_of(stage))
    say(leaving.told(PropertyId(hotel), into), as_json=as_json)
