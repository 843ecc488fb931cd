"""Whether anybody hears the alarms: AWS mails nobody who did not confirm the subscription."""

from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra import stacks, stages

UNCONFIRMED = "PendingConfirmation"
"""What SNS shows in the place of a subscription's ARN."""


def warning(stage: str) -> str | None:
    """None where somebody hears them, and where there is no stack yet."""
    topic = _topic(stage)
    if topic is None:
        return None
    pages = boto3.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    subscriptions: list[Any] = [each for page in pages for each in page["Subscriptions"]]
    return warning_of(subscriptions, stage)


def warning_of(subscriptions: Sequence[Mapping[str, str]], stage: str) -> str | None:
    """For the subscriptions as SNS lists them."""
    if not subscriptions:
        return f"nobody hears the alarms: run `hub infra deploy --stage {stage} --notification-email ...`"
    waiting = [each.get("Endpoint", "") for each in subscriptions if each["SubscriptionArn"] == UNCONFIRMED]
    if waiting:
        return (
            f"no alarm reaches {', '.join(waiting)} until the link in AWS's mail (Subscription Confirmation) is clicked"
        )
    return None


def _topic(stage: str) -> str | None:
    try:
        return stacks.outputs(stages.infra_stack(stage)).get("AlarmsTopicArn")
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
