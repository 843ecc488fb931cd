"""The hub's own code, run from here: what the command line keeps goes through the same doors as what the API keeps."""

import os
from functools import cache

from botocore.exceptions import ClientError

from chalicelib.aws import queues
from chalicelib.aws.settings import RESTORED_TABLE, settings
from infra import stacks


def use(stage: str) -> None:
    """From now on this process's hub code reads and writes what this stage has."""
    use_table(stage, restored_table(stage))


def use_table(stage: str, restored: str) -> None:
    """The same, whatever table the stage has; "" is its first one."""
    os.environ.update({"XENIA_STAGE": stage, RESTORED_TABLE: restored})
    settings.cache_clear()
    queues.url_of.cache_clear()


@cache
def restored_table(stage: str) -> str:
    """The table that took the place of the stage's first one, as its stack says; "" where none did."""
    try:
        outputs = stacks.outputs(infra_stack(stage))
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return ""
    name = outputs.get("TableName", "")
    return name if name != outputs.get("FirstTableName", name) else ""


def infra_stack(stage: str) -> str:
    return f"xenia-{stage}-infra"
