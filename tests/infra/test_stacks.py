"""Stacks: what a later deployment leaves out stays as it was, and one that failed is gone on with."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from infra import chalice_files, cli, package, stacks, template

TEMPLATE = {
    "Parameters": {
        "Budget": {"Type": "Number", "Default": 50},
        "Email": {"Type": "String", "Default": ""},
    },
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Email"}}}},
    "Outputs": {name: {"Value": {"Ref": name}} for name in ("Budget", "Email")},
}
TEXT = {"Type": "String", "Default": ""}
INFRA = {
    "Parameters": {
        "Stage": {"Type": "String"},
        "NotificationEmail": TEXT,
        "MonthlyBudget": {"Type": "Number", "Default": 50},
        "TrackingDomain": TEXT,
    },
    "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
    "Outputs": {
        "RawNoticesBucket": {"Value": {"Ref": "Bucket"}},
        "GatewayLogsRoleArn": {"Value": "arn:aws:iam::123456789012:role/logs"},
    },
}


def put(template: dict[str, object] = TEMPLATE, **parameters: str) -> dict[str, str]:
    return stacks.put("xenia-test-parts", {"TemplateBody": json.dumps(template)}, parameters, lambda _: None)


def test_parameters_that_are_left_out_have_their_defaults_at_first_and_then_stay(aws: Settings) -> None:
    assert put(Email="ops@hotel.example") == {"Budget": "50", "Email": "ops@hotel.example"}
    assert put(Budget="80") == {"Budget": "80", "Email": "ops@hotel.example"}
    assert put(Email="") == {"Budget": "80", "Email": ""}


def test_parameters_may_come_and_go_with_the_template(aws: Settings) -> None:
    put(Email="ops@hotel.example")
    changed = {
        **TEMPLATE,
        "Parameters": {"Email": {"Type": "String"}, "Colour": {"Type": "String", "Default": "red"}},
        "Outputs": {name: {"Value": {"Ref": name}} for name in ("Email", "Colour")},
    }
    assert put(changed) == {"Email": "ops@hotel.example", "Colour": "red"}


def test_options_that_are_not_said_stay(aws: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(template, "text", lambda: json.dumps(INFRA))
    monkeypatch.setattr(chalice_files, "CHALICE", tmp_path)
    monkeypatch.setattr(package, "ready", lambda stage: None)
    (tmp_path / "config.json").write_text('{"stages": {"test": {}}}')

    def deployed(*options: str) -> dict[str, str]:
        ended = CliRunner().invoke(cli.hub, ["infra", "deploy", "--stage", "test", *options], catch_exceptions=False)
        assert ended.exit_code == 0, ended.output
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName="xenia-test-infra")["Stacks"]
        return {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}

    first = deployed("--notification-email", "ops@hotel.example", "--tracking-domain", "t.hotel.example")
    assert first["MonthlyBudget"] == "50"
    assert deployed("--monthly-budget", "80") == {**first, "MonthlyBudget": "80"}


Asked = list[tuple[str, dict[str, Any]]]


def put_first() -> dict[str, str]:
    return put(Email="ops@hotel.example", Budget="50")


@pytest.fixture
def asked(aws: Settings) -> Iterator[Asked]:
    """Each create and update that is asked of CloudFormation."""
    seen: Asked = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        seen.append((model.name, dict(params)))

    event = "provide-client-params.cloudformation"
    with hooked(f"{event}.CreateStack", note), hooked(f"{event}.UpdateStack", note):
        yield seen


@contextmanager
def hooked(event: str, hook: Callable[..., None]) -> Iterator[None]:
    events = boto3._get_default_session().events
    events.register(event, hook)
    try:
        yield
    finally:
        events.unregister(event, hook)


def left_in(status: str, reason: str = "") -> None:
    """moto's stacks never fail by themselves."""
    from moto.cloudformation.models import Event  # which knows every service

    (stack,) = get_backend("cloudformation")[DEFAULT_ACCOUNT_ID]["eu-central-1"].stacks.values()
    stack.status = status
    if reason:
        told = {"stack_id": stack.stack_id, "stack_name": stack.name, "physical_resource_id": ""}
        what = {"logical_resource_id": "Topic", "resource_type": "AWS::SNS::Topic"}
        why: dict[str, Any] = {"resource_status": status, "resource_status_reason": reason, "resource_properties": None}
        stack.events.append(Event(**told, **what, **why))


def test_a_first_deployment_that_fails_is_kept_and_says_what_to_do(asked: Asked) -> None:
    def fail(**_: Any) -> None:
        left_in("CREATE_FAILED", "no such zone")

    with (
        hooked("after-call.cloudformation.CreateStack", fail),
        pytest.raises(
            stacks.StackFailed, match=r"(?s)Topic: no such zone.*What was made is kept: correct this and run"
        ),
    ):
        put_first()
    assert [(operation, each["DisableRollback"]) for operation, each in asked] == [("CreateStack", True)]


def test_a_stack_that_somebody_started_is_waited_for_and_then_updated(asked: Asked) -> None:
    """Who started it may have died: CloudFormation goes on alone, and refuses a second update beside the first."""
    put_first()
    left_in("CREATE_IN_PROGRESS")
    told: list[str] = []

    def finishes(what: str) -> None:
        told.append(what)
        left_in("CREATE_COMPLETE")

    stacks.put("xenia-test-parts", {"TemplateBody": json.dumps(TEMPLATE)}, {"Budget": "80"}, finishes)
    assert told[0] == "xenia-test-parts: create in progress"
    assert [operation for operation, _ in asked] == ["CreateStack", "UpdateStack"]


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_failed_deployment_is_gone_on_with(asked: Asked, status: str) -> None:
    put_first()
    left_in(status)
    assert put(Budget="80")["Budget"] == "80"
    assert [(operation, each["DisableRollback"]) for operation, each in asked[1:]] == [("UpdateStack", True)]


def test_what_stood_before_may_be_rolled_back_to(asked: Asked) -> None:
    put_first()
    put(Budget="80")
    assert "DisableRollback" not in asked[-1][1]


def test_a_failed_deployment_is_never_called_up_to_date(aws: Settings) -> None:
    put_first()
    left_in("CREATE_FAILED")

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Message": "No updates are to be performed."}}, "UpdateStack")

    with (
        hooked("provide-client-params.cloudformation.UpdateStack", refuse),
        pytest.raises(stacks.StackFailed, match="still in CREATE_FAILED"),
    ):
        put_first()


@pytest.mark.parametrize("status", sorted(stacks.NOT_TO_BE_UPDATED))
def test_a_stack_that_can_only_be_deleted_says_so_and_is_left_alone(asked: Asked, status: str) -> None:
    put_first()
    left_in(status)
    with pytest.raises(stacks.StackFailed, match=f"{status} and can only be deleted"):
        put(Budget="80")
    assert len(asked) == 1
