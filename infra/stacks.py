"""CloudFormation stacks: create or update one, and wait for its end."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
LONGEST_POLL_SECONDS = 5.0

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
    before = _parameters(client, name)
    if before is not None:
        kept = (before & _parameters_of(client, template)) - parameters.keys()
        given += [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)]
        if not _has_updates(client, request):
            tell(f"{name} is up to date")
            return outputs(name)
    else:
        client.create_stack(**request)
    _wait(client, name, tell)
    return outputs(name)


def outputs(name: str) -> dict[str, str]:
    stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _parameters(client: "CloudFormationClient", name: str) -> set[str] | None:
    """The parameters that the stack has; None where there is no stack."""
    try:
        stack = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return {each["ParameterKey"] for each in stack.get("Parameters", [])}


def _parameters_of(client: "CloudFormationClient", template: Mapping[str, Any]) -> set[str]:
    return {each["ParameterKey"] for each in client.get_template_summary(**template).get("Parameters", [])}


def _has_updates(client: "CloudFormationClient", request: Any) -> bool:
    try:
        client.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise
    return True


def _wait(client: "CloudFormationClient", name: str, tell: Tell) -> None:
    pause = 0.1
    status = _status(client, name)
    while status.endswith("_IN_PROGRESS"):
        tell(f"{name}: {status.lower().replace('_', ' ')}")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
        status = _status(client, name)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise StackFailed(f"{name}: {status}\n{_reasons(client, name)}")


def _status(client: "CloudFormationClient", name: str) -> str:
    return client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def _reasons(client: "CloudFormationClient", name: str) -> str:
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)
