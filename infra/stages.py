"""The hub's own code, run from here: what the command line keeps goes through the same doors as what the API keeps."""

import os

from chalicelib.aws.settings import settings


def use(stage: str) -> None:
    """From now on this process's hub code reads and writes what this stage has."""
    os.environ["XENIA_STAGE"] = stage
    settings.cache_clear()
