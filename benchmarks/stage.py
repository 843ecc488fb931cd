"""A stage's bill before its first guest: every resource of the template, the pollers of its queues, and the tick."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from chalice.app import ScheduledEventConfig

from benchmarks import bill, hub, prices
from benchmarks.figures import OF_MEASURED, Figure
from infra import template
from infra.workers import deliveries

POLLERS = 5
"""Lambda asks a standard queue with five pollers at least, each as long as the queue lets it wait, also when nothing
ever comes. Nothing turns that down but fewer mappings.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""
WARM_MS = 20.0
"""Assumed of the CPU: a function that runs every minute is not started anew."""
MONTHLY: Mapping[str, float] = {
    "AWS::CloudWatch::Alarm": prices.ALARM,  # of one metric each
    "AWS::CloudWatch::Dashboard": prices.DASHBOARD,
    "AWS::KMS::Key": prices.KMS_KEY,
    "AWS::SecretsManager::Secret": prices.SECRET,
}
FREE_WHEN_EMPTY = frozenset({
    "AWS::Budgets::Budget", "AWS::DynamoDB::Table", "AWS::Events::EventBus", "AWS::Events::Rule", "AWS::IAM::Role",
    "AWS::KMS::Alias", "AWS::Logs::LogGroup", "AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition",
    "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet", "AWS::SES::ConfigurationSetEventDestination", "AWS::SNS::Subscription",
    "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
})  # fmt: skip
"""Paid for by use or by the gigabyte: point-in-time recovery of an empty table costs nothing, and a metric of a log's
figures nothing in the hours in which it has none."""
Resources = Mapping[str, Mapping[str, Any]]


def figures() -> list[Figure]:
    total = sum(bill_of(resources(template.document())).values())
    name = "a stage's bill before its first guest (with all that the template makes where nothing is said)"
    unit = f"USD a month, list prices; {POLLERS} pollers a queue, as AWS documents"
    return [Figure(name, unit, total, None, 10, OF_MEASURED)]


def bill_of(made: Resources) -> dict[str, float]:
    """Dollars a month, by what they are for. Raises KeyError for a kind of resource of which no price is known."""
    kinds = Counter(each["Type"] for each in made.values())
    kept = {kind: count * _monthly(kind) for kind, count in kinds.items()}
    return {**{kind: dollars for kind, dollars in kept.items() if dollars}, "polls": polls(made), **tick()}


def _monthly(kind: str) -> float:
    return 0.0 if kind in FREE_WHEN_EMPTY else MONTHLY[kind]


def resources(document: Mapping[str, Any], **parameters: str) -> Resources:
    """What a stack is made of, with the template's loops written out and its conditions decided."""
    from ministack.services.cloudformation import engine, language_extensions  # large

    whole = language_extensions.apply(engine._parse_template(json.dumps(document)), {})
    given = {name: each.get("Default", "") for name, each in document["Parameters"].items()} | parameters
    made: dict[str, Any] = whole["Resources"]
    conditions = document["Conditions"]
    return {
        name: each
        for name, each in made.items()
        if "Condition" not in each or _holds(conditions[each["Condition"]], given)
    }


def _holds(condition: Any, given: Mapping[str, Any]) -> bool:
    ((kind, arguments),) = condition.items()
    if kind == "Fn::Not":
        return not _holds(arguments[0], given)
    if kind != "Fn::Equals":
        raise KeyError(kind)
    left, right = (given[each["Ref"]] if isinstance(each, dict) else each for each in arguments)
    return bool(left == right)


def polls(made: Resources) -> float:
    """Empty answers to long polls, of as many queues as have a function."""
    waits = {each["Properties"].get("ReceiveMessageWaitTimeSeconds") for each in made.values() if _is_read(each)}
    (seconds,) = waits
    a_minute = len(deliveries()) * POLLERS * 60 / int(seconds)
    return a_minute * prices.MONTH_MINUTES * prices.SQS_REQUEST


def _is_read(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in resource["Properties"]


def tick() -> dict[str, float]:
    """What the schedule costs: counted once, where there is neither a property nor a run."""
    from chalicelib.entrypoints import schedules

    cloud = hub.open_hub()
    with hub.quiet() as lines:
        schedules.tick(hub.scheduled(), hub.Context())
    times = sum(prices.MONTH_MINUTES / minutes for minutes in _scheduled())
    wait = bill.waits_ms(cloud.calls)
    return {
        "tick": times * (prices.LAMBDA_REQUEST + bill.compute("tick", WARM_MS, wait)),
        "tick: table": times * sum(bill.table(cloud.table.units.take()).values()),
        "tick: log": times * bill.logs(lines.tell(), 1),
        "custom metrics": len(_metrics(lines.getvalue())) * prices.CUSTOM_METRIC,
    }


def _scheduled() -> list[int]:
    """Minutes between two runs, of each schedule of the app."""
    from app import app

    asked = [each.schedule_expression for each in app.event_sources if isinstance(each, ScheduledEventConfig)]
    return [_minutes(each if isinstance(each, str) else each.to_string()) for each in asked]


def _minutes(expression: str) -> int:
    """`rate(15 minutes)`; any other form is an error."""
    number, unit = expression.removeprefix("rate(").removesuffix(")").split()
    if unit not in {"minute", "minutes"}:
        raise ValueError(f"how often is {expression!r}?")
    return int(number)


def _metrics(lines: str) -> set[str]:
    """Of lines in the embedded metric format, should there be any: each has a price by the month."""
    described = [json.loads(line).get("_aws", {}).get("CloudWatchMetrics", []) for line in lines.splitlines()]
    return {metric["Name"] for some in described for each in some for metric in each["Metrics"]}
