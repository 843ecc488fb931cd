"""A stage's functions as they stand, with their roles, what wakes them, and the layer they share.

Each is known by its name, as Chalice makes it: `xenia-{stage}-{function}`. A stage's name holds no dash and a
function's neither, so no stage's resources are taken for another's.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import boto3

from infra.deploying.model import Function, QueueMapping
from infra.workers import API, function_name

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

SCHEDULE = "-event"
"""Chalice's own ending of a schedule's name."""


def functions(stage: str) -> tuple[Function, ...]:
    """Those that bear the stage's name and were told the stage, as Chalice does."""
    return tuple(found for each in _all() if (found := _ours(each, stage)))


def roles(stage: str) -> dict[str, str]:
    """ARN by function, of roles that Lambda may take on and that no function of somebody else has."""
    lent = {each["Role"] for each in _all() if not _ours(each, stage)}
    found = {}
    for page in boto3.client("iam").get_paginator("list_roles").paginate():
        for each in page["Roles"]:
            name = _after(f"xenia-{stage}-", each["RoleName"])
            if name and _is_for_lambda(each["AssumeRolePolicyDocument"]) and each["Arn"] not in lent:
                found[name] = each["Arn"]
    return found


def mappings(standing: Sequence[Function]) -> tuple[QueueMapping, ...]:
    client = boto3.client("lambda")
    return tuple(mapping for each in standing for mapping in _mappings(client, each))


def rules(stage: str, standing: Sequence[Function]) -> dict[str, str]:
    """Schedules of the stage by the function that they wake; one without a target was about to wake its namesake."""
    client = boto3.client("events")
    arns = {each.arn for each in standing}
    found = {}
    for page in client.get_paginator("list_rules").paginate(NamePrefix=f"xenia-{stage}-"):
        for rule in page["Rules"]:
            name = _after(f"xenia-{stage}-", rule["Name"].removesuffix(SCHEDULE))
            targets = {each["Arn"] for each in client.list_targets_by_rule(Rule=rule["Name"])["Targets"]}
            if name and "ScheduleExpression" in rule and targets <= arns:
                found[name] = rule["Name"]
    return found


def layers(stage: str) -> tuple[str, ...]:
    """Versions of the layer that Chalice makes of the dependencies, the newest first."""
    pages = (
        boto3.client("lambda").get_paginator("list_layer_versions").paginate(LayerName=f"xenia-{stage}-managed-layer")
    )
    versions = [each for page in pages for each in page["LayerVersions"]]
    return tuple(each["LayerVersionArn"] for each in sorted(versions, key=lambda each: -each["Version"]))


def _all() -> "Iterator[FunctionConfigurationTypeDef]":
    for page in boto3.client("lambda").get_paginator("list_functions").paginate():
        yield from page["Functions"]


def _ours(found: "FunctionConfigurationTypeDef", stage: str) -> Function | None:
    told = found.get("Environment", {}).get("Variables", {}).get("XENIA_STAGE")
    name = found["FunctionName"]
    ours = API if name == function_name(API, stage) else _after(f"xenia-{stage}-", name)
    return Function(ours, found["FunctionArn"]) if ours and told == stage else None


def _after(prefix: str, name: str) -> str | None:
    """What stands after a prefix, if it can be a function's name."""
    rest = name.removeprefix(prefix)
    return rest if rest != name and rest.isidentifier() else None


def _is_for_lambda(trust: Any) -> bool:
    statements: list[Mapping[str, Any]] = trust["Statement"]
    return any("lambda." in str(each.get("Principal", {}).get("Service", "")) for each in statements)


def _mappings(client: "LambdaClient", function: Function) -> Iterator[QueueMapping]:
    for page in client.get_paginator("list_event_source_mappings").paginate(FunctionName=function.arn):
        for each in page["EventSourceMappings"]:
            if ":sqs:" in each["EventSourceArn"] and each.get("State") != "Deleting":
                yield QueueMapping(each["UUID"], function, each["EventSourceArn"])
