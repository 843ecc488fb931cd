"""Event source mappings: how a queue's messages reach a function, set once Lambda lets them be changed."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TRIES = 60
PAUSE_SECONDS = 3.0
"""Together three minutes: right after `chalice deploy` a mapping is Creating or Updating for about one."""
BUSY = {"ResourceInUseException", "ResourceConflictException"}

Pause = Callable[[float], None]


def change(client: "LambdaClient", mapping: str, wanted: Any, pause: Pause = time.sleep) -> None:
    """Set a mapping, as soon as what is being done to it is done. Raises ClientError."""
    for left in reversed(range(TRIES)):
        try:
            client.update_event_source_mapping(UUID=mapping, **wanted)
        except ClientError as error:
            if error.response["Error"]["Code"] not in BUSY or not left:
                raise
        else:
            return
        pause(PAUSE_SECONDS)
