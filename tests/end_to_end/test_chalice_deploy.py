"""Plain `chalice deploy` into a local cloud: queue functions and the schedule exist, run, and can be finished."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from infra import chalice_files, dead_letters, deploy, finishing, gateway, package, queue_urls
from infra.local_cloud import LocalCloud
from infra.workers import WORKERS, function_name

pytestmark = pytest.mark.end_to_end
STAGE = "staging"
"""One that .chalice/config.json has never heard of: a stage needs no code."""
GET_HEALTH = {
    "resource": "/health",
    "path": "/health",
    "httpMethod": "GET",
    "headers": {},
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "body": None,
    "isBase64Encoded": False,
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "path": "/api/health"},
}
"""The local cloud ignores the routes of a REST API that Chalice imports: API Gateway's part is played by this event."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy, because `chalice deploy` notes in the project what it deployed."""
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(
            package.PROJECT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("deployed", "__pycache__", ".*.zip.*"),
        )
    for name in ("app.py", "requirements.txt"):
        shutil.copy(package.PROJECT / name, tmp_path / name)
    return tmp_path


def test_chalice_deploy_brings_everything_to_life(
    other_cloud: LocalCloud, project: Path, eventually: Callable[[Callable[[], object]], None]
) -> None:
    chalice_files.write(STAGE, project / ".chalice")
    deploy.infra(STAGE, deploy.LOCAL_PARAMETERS, print)
    code, layer = package.ready(STAGE, project)
    _chalice_deploy(project)
    _assert_the_zips_are_what_lambda_got(code, layer)

    _assert_functions_and_schedule_are_there()
    assert finishing.finish(STAGE, public_url=deploy.public_url(STAGE, project)).queues == len(queue_urls.NAMES)
    _assert_batches_are_partial()
    _assert_api_gateway_is_set()
    _assert_the_api_function_answers()

    def a_queue_function_ran() -> bool:
        (inbox,) = [each for each in dead_letters.listed(STAGE) if each.queue == "inbox"]
        return inbox.count == 1 and dead_letters.CRASHED not in inbox.reasons

    boto3.client("sqs").send_message(QueueUrl=queue_urls.url_of(STAGE, "inbox"), MessageBody="not JSON")
    eventually(a_queue_function_ran)


def _chalice_deploy(project: Path) -> None:
    chalice = Path(sys.executable).with_name("chalice")
    ended = subprocess.run(
        [chalice, "deploy", "--stage", STAGE],
        cwd=project,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def _assert_the_zips_are_what_lambda_got(code: Path, layer: Path) -> None:
    """Ours, compiled, and none that Chalice made beside them."""
    client = boto3.client("lambda")
    for each in WORKERS:
        function = client.get_function(FunctionName=function_name(each.function, STAGE))["Configuration"]
        assert function["CodeSha256"] == _sha256(code), each.function
        (version,) = function["Layers"]
        found = client.get_layer_version_by_arn(Arn=version["Arn"])["Content"]
        assert found["CodeSha256"] == _sha256(layer)
    assert {each.name for each in code.parent.glob("*.zip")} >= {code.name, layer.name}


def _sha256(file: Path) -> str:
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()


def _assert_functions_and_schedule_are_there() -> None:
    functions = {each["FunctionName"] for each in boto3.client("lambda").list_functions()["Functions"]}
    assert functions == {function_name(each.function, STAGE) for each in WORKERS}
    events = boto3.client("events")
    (rule,) = [rule for rule in events.list_rules()["Rules"] if "ScheduleExpression" in rule]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert (rule["ScheduleExpression"], target["Arn"].rpartition(":")[2]) == ("rate(1 minute)", f"xenia-{STAGE}-tick")


def _assert_batches_are_partial() -> None:
    for mapping in boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def _assert_api_gateway_is_set() -> None:
    client = boto3.client("apigateway")
    (api,) = client.get_rest_apis()["items"]
    answers = {each["responseType"] for each in client.get_gateway_responses(restApiId=api["id"])["items"]}
    assert gateway.REFUSALS.keys() <= answers
    stage = client.get_stage(restApiId=api["id"], stageName=chalice_files.API_STAGE)
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == gateway.CALLS.rate
    assert stage["accessLogSettings"]["destinationArn"].endswith(gateway.log_group(STAGE))


def _assert_the_api_function_answers() -> None:
    answer = boto3.client("lambda").invoke(FunctionName=f"xenia-{STAGE}", Payload=json.dumps(GET_HEALTH).encode())
    assert json.loads(answer["Payload"].read())["statusCode"] == 200
