"""What is set after every `chalice deploy`, as Chalice cannot: queues, API Gateway, and what is given."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3

from chalicelib.properties.model import Branding
from chalicelib.settings import installation
from infra import alarm_mail, chalice_files, concurrency, hub_settings, live_gateway, mappings, package, workers, zips
from infra.errors import Refused
from infra.mappings import Pause

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@dataclass(frozen=True)
class Finished:
    """`queues` is how many have a function; what the group's mail says of itself, and where the hub is reached, as they
    are by now. The warnings are for whoever deploys."""

    queues: int
    public_url: str = ""
    sender: str | None = None
    postal_address: str | None = None
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
    follow from the account's own, unless `at_most` has others. Raises Refused for a sender or an address that is none.
    """
    if public_url is not None:
        _check_address(public_url)
    group = hub_settings.change(stage, {}, {"sender": sender, "postal_address": postal_address}).group
    installation.note(public_url=public_url)
    client = boto3.client("lambda")
    available = _lambdas(client)
    limits = {**concurrency.shares(available, workers.concurrency()), **(at_most or {})}
    queues = sum(_read_by(client, workers.function_name(name, stage), most, pause) for name, most in limits.items())
    live_gateway.set_up(stage)
    warnings = (
        concurrency.warning(available),
        alarm_mail.warning(stage),
        slow_start(stage, chalice_files.PROJECT),
        _nameless(group),
    )
    told = tuple(each for each in warnings if each)
    return Finished(queues, installation.get().public_url, group.sender, group.postal_address, told)


def _check_address(url: str) -> None:
    """Links of mails and of the guests' pages begin with it. Raises Refused."""
    parts = urlsplit(url) if url.isascii() and url.isprintable() and " " not in url else None
    host = (parts.hostname or "") if parts else ""
    is_secure = parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and _is_local(host)))
    if parts is None or not is_secure or not host or parts.username or parts.query or parts.fragment:
        raise Refused(f"public_url: {url} is no web address such as https://hub.hotel.example")


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.")


def _nameless(group: Branding) -> str | None:
    """What campaigns wait for."""
    missing = [
        name for name, value in (("sender", group.sender), ("postal address", group.postal_address)) if not value
    ]
    if not missing:
        return None
    return f"the group has no {' and no '.join(missing)}: `hub settings set` gives them, and hotels may have their own"


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
