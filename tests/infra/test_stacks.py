"""Stacks: what a later deployment leaves out stays as it was."""

import json
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from infra import cli, deploy, stacks

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
    "Outputs": {"RawNoticesBucket": {"Value": {"Ref": "Bucket"}}},
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
    small = tmp_path / "template.json"
    small.write_text(json.dumps(INFRA))
    monkeypatch.setattr(deploy, "TEMPLATE", small)

    def deployed(*options: str) -> dict[str, str]:
        ended = CliRunner().invoke(cli.hub, ["infra", "deploy", "--stage", "test", *options], catch_exceptions=False)
        assert ended.exit_code == 0, ended.output
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName="xenia-test-infra")["Stacks"]
        return {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}

    first = deployed("--notification-email", "ops@hotel.example", "--tracking-domain", "t.hotel.example")
    assert first["MonthlyBudget"] == "50"
    assert deployed("--monthly-budget", "80") == {**first, "MonthlyBudget": "80"}
