"""The API that `chalice deploy` made, found by the function it leads to, and set as `gateway` says.

Chalice writes the whole API anew each time, and with it takes away the answers that are set here.
"""

import re
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from infra import gateway
from infra.chalice_files import API_STAGE
from infra.errors import Refused
from infra.mappings import Pause
from infra.workers import API, function_name

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 10})
"""API Gateway takes one CreateDeployment in five seconds, and `chalice deploy` has just made one."""
LEADS_FROM = re.compile(r":execute-api:[^:]*:[^:]*:([a-z0-9]+)/")
TRIES, PAUSE_SECONDS = 7, 20.0
"""API Gateway takes one UpdateAccount in twenty seconds, and a new role is some seconds old before it is believed."""


def set_up(stage: str) -> int:
    """Set throttles, access log and answers, and deploy them. Return how many APIs of the stage were found.

    What CloudFormation made has all of it from its template; set once more, it stays as it was.
    """
    client = boto3.client("apigateway", config=PATIENT)
    found = [each for each in _leading_to(function_name(API, stage)) if _is_there(client, each)]
    for api in found:
        _set_up(client, api, stage)
    return len(found)


def may_log(role: str, pause: Pause = time.sleep) -> None:
    """Let API Gateway write access logs, by this role unless the account names another: it has one in each region."""
    client = boto3.client("apigateway")
    if client.get_account().get("cloudwatchRoleArn"):
        return
    for left in reversed(range(TRIES)):
        try:
            client.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
        except (client.exceptions.BadRequestException, client.exceptions.TooManyRequestsException):
            if not left:
                raise
        else:
            return
        pause(PAUSE_SECONDS)


def _leading_to(function: str) -> list[str]:
    """The APIs that may call a function; none where there is no such function. Every stage's has the same title."""
    client = boto3.client("lambda")
    try:
        policy = client.get_policy(FunctionName=function)["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return []
    return list(dict.fromkeys(LEADS_FROM.findall(policy)))


def _is_there(client: "APIGatewayClient", api: str) -> bool:
    """What was deleted left its permission behind."""
    try:
        client.get_rest_api(restApiId=api)
    except client.exceptions.NotFoundException:
        return False
    return True


def _set_up(client: "APIGatewayClient", api: str, stage: str) -> None:
    """The answers hold from the next deployment on; what is the stage's own holds at once."""
    patches: Any = gateway.patches(gateway.routes(), _log_arn(stage))
    for type_, answer in gateway.responses().items():
        named: Any = {"responseType": type_, **answer}
        client.put_gateway_response(restApiId=api, **named)
    client.create_deployment(restApiId=api, stageName=API_STAGE, description="hub infra finish")
    client.update_stage(restApiId=api, stageName=API_STAGE, patchOperations=patches)


def _log_arn(stage: str) -> str:
    """Raises Refused where `hub infra deploy` was not run."""
    name = gateway.log_group(stage)
    client: Any = boto3.client("logs")
    for group in client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
        if group["logGroupName"] == name:
            return str(group["arn"]).removesuffix(":*")
    raise Refused(f"there is no log group {name}: run `hub infra deploy --stage {stage}`")
