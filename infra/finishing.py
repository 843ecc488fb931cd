"""What is set after every `chalice deploy`, as Chalice cannot: queues, API Gateway, and what is given."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.settings import installation
from infra import alarm_mail, chalice_files, concurrency, hub_settings, live_gateway, mappings, package, workers, zips
from infra.mappings import Pause

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@dataclass(frozen=True)
class Finished:
    """`queues` is how many have a function. The warnings are for whoever deploys."""

    queues: int
    warnings: tuple[str, ...] = ()


def finish(
    stage: str,
    at_most: Mapping[str, int] | None = None,
    *,
    public_url: str | None = None,
    sender: str | None = None,
    postal_address: str | None = None,
    pause: Pause = time.sleep,
) -> Finished:
    """Set partial batches and a limit of concurrency on every queue, API Gateway's throttles, access log and answers,
    and what is given.

    The public address, the group's sender and its postal address stay as they are where they are None. The limits
    follow from the account's own, unless `at_most` has others. Raises ValueError for a sender that is none.
    """
    hub_settings.change(stage, {}, {"sender": sender, "postal_address": postal_address})
    installation.note(public_url=public_url)
    client = boto3.client("lambda")
    available = _lambdas(client)
    limits = {**concurrency.shares(available, workers.concurrency()), **(at_most or {})}
    queues = sum(_read_by(client, workers.function_name(name, stage), most, pause) for name, most in limits.items())
    live_gateway.set_up(stage)
    warnings = (concurrency.warning(available), alarm_mail.warning(stage), slow_start(stage, chalice_files.PROJECT))
    return Finished(queues, tuple(each for each in warnings if each))


def slow_start(stage: str, project: Path) -> str | None:
    """What to do where the functions run a zip that Chalice made here by itself; None where they do not, or where
    they were deployed elsewhere."""
    client = boto3.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=workers.function_name(workers.API, stage))
    except client.exceptions.ResourceNotFoundException:
        return None
    if not zips.made_by_chalice(project, found["CodeSha256"]):
        return None
    return (
        "the functions have no compiled files, and start half as fast: the code changed since `hub` zipped it. "
        f"Run `hub deploy --stage {stage}`, or `hub infra deploy --stage {stage}` before `chalice deploy`"
    )


def _lambdas(client: "LambdaClient") -> int:
    """How many may run at once, without those that are reserved for single functions."""
    return client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]


def _read_by(client: "LambdaClient", function: str, at_most: int, pause: Pause) -> int:
    """Set how a function is handed its queues' messages; return how many queues it reads."""
    wanted: Any = {
        "FunctionResponseTypes": package.REPORTS_FAILURES,
        "ScalingConfig": {"MaximumConcurrency": at_most},
    }
    found = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    for each in found:
        mappings.change(client, each["UUID"], wanted, pause)
    return len(found)
