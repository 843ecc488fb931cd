"""`hub names`: list the names of guests whom an earlier version kept."""

import typer

from chalicelib.canonical.time import now
from chalicelib.profiles import relisting
from infra import stages
from infra.terminal import AsJson, Stage, say, stage_of

names = typer.Typer(no_args_is_help=True, help="How guests are found by name.")


@names.command("rebuild")
def rebuild(stage: Stage = "", as_json: AsJson = False) -> None:
    """List all guests by their names, and members, so that whom an earlier version kept is found: once after it.

    It is long work: this starts it, or wakes what of it is under way, and `/v1/jobs/{id}` tells how far it is.
    """
    stages.use(stage_of(stage))
    job = relisting.start(now())
    say({"job": job.id, "kind": job.kind, "at": job.at, "parts": job.parts}, as_json=as_json)
