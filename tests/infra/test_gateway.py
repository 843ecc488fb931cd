"""API Gateway: what it lets through, what it writes down, and its own refusals in the hub's own form."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.stub import Stubber

from app import app
from chalicelib.aws.settings import Settings
from infra import gateway, live_gateway
from tests.conftest import ACCOUNT, REGION
from tests.infra.test_template import name_of, properties

ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"


@cache
def model() -> Any:
    """API Gateway's own description of its calls."""
    return boto3.Session().client("apigateway", REGION).meta.service_model


def all_types() -> set[str]:
    return set(model().shape_for("GatewayResponseType").enum)


def test_every_refusal_of_the_gateway_is_a_problem_and_no_other_is_named() -> None:
    answers = gateway.responses()
    assert answers.keys() <= all_types()
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= answers.keys()  # all that have none of their own
    for each in answers.values():
        assert each["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        problem = json.loads(each["responseTemplates"]["application/json"])
        assert {"type", "title", "detail"} <= problem.keys()
        assert str(problem.get("status", "")) == each.get("statusCode", "")


@pytest.mark.parametrize(
    ("type_", "status", "retry_after"),
    [
        ("THROTTLED", "429", "'1'"),
        ("DEFAULT_5XX", "503", "'5'"),
        ("REQUEST_TOO_LARGE", "413", None),
        ("UNSUPPORTED_MEDIA_TYPE", "415", None),
        ("MISSING_AUTHENTICATION_TOKEN", "404", None),
        ("INVALID_SIGNATURE", "404", None),
        ("RESOURCE_NOT_FOUND", "404", None),
    ],
)
def test_a_refusal_says_its_status_and_when_to_come_again(type_: str, status: str, retry_after: str | None) -> None:
    answer = gateway.responses()[type_]
    assert answer["statusCode"] == status
    assert answer["responseParameters"].get("gatewayresponse.header.Retry-After") == retry_after


def test_no_refusal_repeats_what_the_caller_sent() -> None:
    """API Gateway's own words for a wrong signature hold the Authorization header."""
    assert "$" not in json.dumps(gateway.responses())


def test_webhooks_calls_and_pages_have_throttles_of_their_own() -> None:
    found = gateway.throttles(gateway.routes())
    assert found["/*", "*"] == gateway.CALLS
    assert found["/~1webhooks~1{connection}", "POST"] == gateway.WEBHOOKS
    assert found["/~1u~1{token}", "GET"] == found["/~1u~1{token}", "POST"] == gateway.PAGES
    assert not any(path.startswith("/~1v1~1") for path, _ in found)
    assert len({gateway.WEBHOOKS, gateway.CALLS, gateway.PAGES}) == 3


def test_a_route_of_a_new_kind_is_a_page() -> None:
    found = gateway.throttles({"/console/guests/{id}": ["GET"], "/": ["GET"], "/v1/~x": ["PUT"]})
    assert found == {
        ("/*", "*"): gateway.CALLS,
        ("/~1console~1guests~1{id}", "GET"): gateway.PAGES,
        ("/", "GET"): gateway.PAGES,
    }


def test_the_access_log_holds_neither_addresses_nor_paths_nor_queries() -> None:
    told = set(json.loads(gateway.ACCESS_LOG).values())
    assert "$context.requestId" in told  # API Gateway asks for it
    assert told == {
        "$context.requestTimeEpoch", "$context.requestId", "$context.httpMethod", "$context.resourcePath",
        "$context.status", "$context.error.responseType", "$context.responseLatency", "$context.responseLength",
    }  # fmt: skip
    assert "\n" not in gateway.ACCESS_LOG


def test_the_access_log_ends_and_may_be_written() -> None:
    log, role = properties("AccessLog"), properties("GatewayLogsRole")
    assert name_of(log["LogGroupName"]) == gateway.log_group("dev")
    assert log["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert "AmazonAPIGatewayPushToCloudWatchLogs" in str(role["ManagedPolicyArns"])


@pytest.fixture
def api(aws: Settings, policies: None) -> str:
    """The API as `chalice deploy` leaves it, and the permission to call the stage's function."""
    apigateway = boto3.client("apigateway")
    made = apigateway.create_rest_api(name="xenia")["id"]
    (root,) = apigateway.get_resources(restApiId=made)["items"]
    there: Any = {"restApiId": made, "resourceId": root["id"], "httpMethod": "GET"}
    apigateway.put_method(**there, authorizationType="NONE")
    apigateway.put_integration(**there, type="MOCK")
    apigateway.create_deployment(restApiId=made, stageName="api")
    allow(made)
    boto3.client("logs").create_log_group(logGroupName=gateway.log_group("test"))
    return made


def allow(*apis: str) -> None:
    """What `chalice deploy` and CloudFormation permit: the API may call the function."""
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Condition": {"ArnLike": {"AWS:SourceArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{each}/*"}},
        }
        for each in apis
    ]
    POLICIES["xenia-test"] = json.dumps({"Statement": statements})


POLICIES: dict[str, str] = {}


@pytest.fixture
def policies(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The policies of functions that are there without Lambda's emulator."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def played(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "GetPolicy" and arguments["FunctionName"] in POLICIES:
            return {"Policy": POLICIES[arguments["FunctionName"]]}
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", played)
    yield
    POLICIES.clear()


def test_finishing_sets_answers_throttles_and_log_and_deploys_them(api: str) -> None:
    client = boto3.client("apigateway")
    before = len(client.get_deployments(restApiId=api)["items"])
    assert live_gateway.set_up("test") == 1
    answers: list[Any] = client.get_gateway_responses(restApiId=api)["items"]
    set_to = {each["responseType"]: each for each in answers}
    for type_, wanted in gateway.responses().items():
        assert {name: set_to[type_][name] for name in wanted} == wanted
    stage = client.get_stage(restApiId=api, stageName="api")
    assert stage["accessLogSettings"]["format"] == gateway.ACCESS_LOG
    assert stage["accessLogSettings"]["destinationArn"].endswith(":log-group:/aws/apigateway/xenia-test")
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == gateway.CALLS.rate
    assert len(stage["methodSettings"]) == len(gateway.throttles(gateway.routes()))
    assert len(client.get_deployments(restApiId=api)["items"]) == before + 1


def test_after_the_next_deployment_it_is_set_again(api: str) -> None:
    client: Any = boto3.client("apigateway")
    live_gateway.set_up("test")
    for type_ in gateway.responses():
        client.delete_gateway_response(restApiId=api, responseType=type_)  # as Chalice does by overwriting the API
    live_gateway.set_up("test")
    assert len(client.get_gateway_responses(restApiId=api)["items"]) == len(gateway.REFUSALS)


def test_the_stages_api_is_known_by_its_function_and_not_by_its_title(api: str) -> None:
    client = boto3.client("apigateway")
    other = client.create_rest_api(name="xenia")["id"]
    allow("gone123456", api)
    assert live_gateway.set_up("test") == 1
    assert client.get_gateway_responses(restApiId=other)["items"] == []
    assert live_gateway.set_up("elsewhere") == 0


def test_every_patch_is_one_that_api_gateway_takes() -> None:
    """Against its own description; and slashes of a route are written as one step."""
    patches = gateway.patches(gateway.routes(), "arn")
    members = model().shape_for("PatchOperation").members
    assert all(each.keys() <= members.keys() and isinstance(each["value"], str) for each in patches)
    paths = {each["path"]: each["value"] for each in patches}
    assert paths["/~1webhooks~1{connection}/POST/throttling/rateLimit"] == str(gateway.WEBHOOKS.rate)
    assert paths["/*/*/throttling/burstLimit"] == str(gateway.CALLS.burst)
    assert all(each.count("/") in {2, 4} for each in paths)


def test_without_a_log_group_it_is_said_what_to_do(api: str) -> None:
    boto3.client("logs").delete_log_group(logGroupName=gateway.log_group("test"))
    with pytest.raises(ValueError, match="hub infra deploy --stage test"):
        live_gateway.set_up("test")


@pytest.fixture
def account(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client: Any = boto3.client("apigateway")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    with Stubber(client) as stub:
        yield stub


def named() -> dict[str, Any]:
    return {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]}


def test_a_role_that_the_account_names_for_its_logs_is_left_alone(account: Stubber) -> None:
    account.add_response("get_account", {"cloudwatchRoleArn": "arn:aws:iam::1:role/theirs"}, {})
    live_gateway.may_log(ROLE, lambda _: None)
    account.assert_no_pending_responses()


def test_a_role_too_new_to_be_believed_is_named_again(account: Stubber) -> None:
    pauses: list[float] = []
    account.add_response("get_account", {}, {})
    for code in ("BadRequestException", "TooManyRequestsException"):
        account.add_client_error("update_account", code, expected_params=named())
    account.add_response("update_account", {"cloudwatchRoleArn": ROLE}, named())
    live_gateway.may_log(ROLE, pauses.append)
    assert pauses == [live_gateway.PAUSE_SECONDS] * 2
    account.assert_no_pending_responses()


def test_the_gateways_routes_are_the_applications() -> None:
    assert gateway.routes() == {path: sorted(methods) for path, methods in app.routes.items()}
