"""What a deployment that broke off has left Lambda busy with: waited for, because Chalice would be refused."""

import time
from collections.abc import Iterator, Sequence

import boto3

from infra.deploying import functions
from infra.deploying.errors import StillBusy
from infra.deploying.model import Function
from infra.mappings import PAUSE_SECONDS, TRIES, Pause
from infra.stacks import Tell


def settle(stage: str, tell: Tell, pause: Pause = time.sleep) -> None:
    """Wait until no function of a stage is being made or changed, and no mapping is going. Raises StillBusy."""
    standing = functions.functions(stage)
    for _ in range(TRIES):
        busy = list(_busy(standing))
        if not busy:
            return
        tell(f"waiting for {', '.join(busy)}")
        pause(PAUSE_SECONDS)
    raise StillBusy(f"Lambda is still busy with {', '.join(busy)}: run the command again in some minutes")


def _busy(standing: Sequence[Function]) -> Iterator[str]:
    client = boto3.client("lambda")
    for each in standing:
        found = client.get_function_configuration(FunctionName=each.arn)
        if found.get("State") == "Pending" or found.get("LastUpdateStatus") == "InProgress":
            yield each.name
        mappings = client.list_event_source_mappings(FunctionName=each.arn)["EventSourceMappings"]
        if any(mapping.get("State") == "Deleting" for mapping in mappings):
            yield f"a queue of {each.name}"
