"""`hub privacy`: what the company has to show of what is done with guests' data."""

import typer

from chalicelib.canonical.time import instant, now
from infra import stages
from infra.terminal import AsJson, Stage, say, stage_of

privacy = typer.Typer(no_args_is_help=True, help="What is done with guests' data.")


@privacy.callback()
def _group() -> None:
    """With one command alone there would be no group."""


@privacy.command("record")
def record(stage: Stage = "", as_json: AsJson = False) -> None:
    """Show the record of processing (article 30 of the GDPR), made from what is set up now."""
    from chalicelib.entrypoints.api.processing_record import shown
    from chalicelib.privacy import recording

    stages.use(stage_of(stage))
    say(shown(recording.record(), instant(now())).model_dump(mode="json"), as_json=as_json)
