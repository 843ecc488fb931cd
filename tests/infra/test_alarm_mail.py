"""Who deploys is told when nobody would hear an alarm."""

import json

import boto3

from chalicelib.aws.settings import Settings
from infra import alarm_mail, finishing, stacks

ARN = "arn:aws:sns:eu-central-1:123456789012:xenia-test-alarms"
STACK = {
    "Resources": {"Alarms": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "xenia-test-alarms"}}},
    "Outputs": {"AlarmsTopicArn": {"Value": {"Ref": "Alarms"}}},
}


def deployed() -> None:
    stacks.put("xenia-test-infra", {"TemplateBody": json.dumps(STACK)}, {}, lambda _: None)


def test_an_address_that_was_not_confirmed_is_named() -> None:
    listed = [
        {"SubscriptionArn": f"{ARN}:1", "Endpoint": "a@hotel.example", "Protocol": "email"},
        {"SubscriptionArn": "PendingConfirmation", "Endpoint": "b@hotel.example", "Protocol": "email"},
    ]
    told = alarm_mail.warning_of(listed, "prod")
    assert told
    assert "b@hotel.example" in told
    assert "a@hotel.example" not in told
    assert alarm_mail.warning_of(listed[:1], "prod") is None


def test_finishing_says_that_nobody_hears_the_alarms(aws: Settings) -> None:
    deployed()
    assert any("--notification-email" in each for each in finishing.finish("test").warnings)
    boto3.client("sns").subscribe(TopicArn=ARN, Protocol="email", Endpoint="ops@hotel.example")
    assert not any("alarms" in each for each in finishing.finish("test").warnings)


def test_before_there_is_a_stack_nothing_is_said(aws: Settings) -> None:
    assert alarm_mail.warning("test") is None
