"""CloudFormation stacks: create or update one, and wait for its end."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
LONGEST_POLL_SECONDS = 5.0
NOT_TO_BE_UPDATED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}
"""A stack in these states can only be deleted; a create that is not rolled back never gets there."""

Tell = Callable[[str], None]
"""Hears what is going on, in words."""


class StackFailed(RuntimeError):
    """A stack did not reach its new state; the message names the resources at fault."""


def put(name: str, template: Mapping[str, str], parameters: Mapping[str, str], tell: Tell) -> dict[str, str]:
    """Create or update a stack (`template` is TemplateBody or TemplateURL); return its outputs. Raises StackFailed.

    Parameters that are left out have the template's defaults at first, and later keep the value they had.
    """
    client = boto3.client("cloudformation")
    given: list[Any] = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    request: Any = {"StackName": name, "Parameters": given, "Capabilities": CAPABILITIES, **template}
    # Who started the stack may have died since, or work beside us: CloudFormation goes on alone, one thing at a time.
    before = _settled(client, name, tell)
    if before is None:
        # Rolled back, a first create would leave what is retained (table, bucket, secret), which the next one meets.
        client.create_stack(**request, DisableRollback=True)
    else:
        _refuse_if_lost(before)
        kept = (_keys(before) & _keys(_summary(client, template))) - parameters.keys()
        given += [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)]
        if not _has_updates(client, {**request, **_resumed(before)}):
            _refuse_if_half_made(before)
            tell(f"{name} is up to date")
            return outputs(name)
    _wait(client, name, tell)
    return outputs(name)


def stands(name: str) -> bool:
    """Whether there is a stack of this name, in whatever state."""
    return _found(boto3.client("cloudformation"), name) is not None


def outputs(name: str) -> dict[str, str]:
    stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _found(client: "CloudFormationClient", name: str) -> Any:
    """The stack as CloudFormation describes it; None where there is none."""
    try:
        return client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _summary(client: "CloudFormationClient", template: Mapping[str, Any]) -> Any:
    return client.get_template_summary(**template)


def _keys(described: Any) -> set[str]:
    return {each["ParameterKey"] for each in described.get("Parameters", [])}


def _resumed(stack: Any) -> dict[str, bool]:
    """An update goes on from where a failed one stopped only if it may stop there again.

    See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    """
    return {"DisableRollback": True} if stack["StackStatus"].endswith("_FAILED") else {}


def _refuse_if_lost(stack: Any) -> None:
    if stack["StackStatus"] in NOT_TO_BE_UPDATED:
        raise StackFailed(
            f"{stack['StackName']} is in {stack['StackStatus']} and can only be deleted: delete the stack, import or "
            "delete what it retained (docs/deploy.md), and run the command again"
        )


def _refuse_if_half_made(stack: Any) -> None:
    if stack["StackStatus"].endswith("_FAILED"):
        raise StackFailed(f"{stack['StackName']} is still in {stack['StackStatus']}, and nothing in it has changed")


def _has_updates(client: "CloudFormationClient", request: Any) -> bool:
    try:
        client.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise
    return True


def _wait(client: "CloudFormationClient", name: str, tell: Tell) -> None:
    stack = _settled(client, name, tell)
    status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise StackFailed(f"{name}: {status}\n{_reasons(client, name)}\n{_advice(status)}")


def _settled(client: "CloudFormationClient", name: str, tell: Tell) -> Any:
    """The stack once nothing is being done to it; None where there is none."""
    pause = 0.1
    stack = _found(client, name)
    while stack and stack["StackStatus"].endswith("_IN_PROGRESS"):
        tell(f"{name}: {stack['StackStatus'].lower().replace('_', ' ')}")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
        stack = _found(client, name)
    return stack


def _advice(status: str) -> str:
    rolled_back = "ROLLBACK" in status
    kept = "Everything is as it was before" if rolled_back else "What was made is kept"
    return f"{kept}: correct this and run the command again."


def _reasons(client: "CloudFormationClient", name: str) -> str:
    failed = [event for event in _last_events(client, name) if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)


def _last_events(client: "CloudFormationClient", name: str) -> Iterator[Any]:
    """The last operation's events, the newest first: what failed in an earlier one has been told."""
    for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            yield event
            began = event["ResourceStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
            if began and event["LogicalResourceId"] == name:
                return
