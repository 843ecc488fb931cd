"""The dashboard: every queue and function by its whole name, for a SEARCH expression matches nothing shorter."""

import json
from collections.abc import Sequence
from typing import Any

from infra.workers import Worker, function_name, queues

STAGE = "${Stage}"
"""CloudFormation puts the stage's name here."""
ANSWERS = ("Count", "4XXError", "5XXError")
WIDTH, HEIGHT, ACROSS = 8, 6, 3

Metric = list[str]


def body(workers: Sequence[Worker]) -> str:
    """JSON for CloudFormation's `Sub`, which fills in stage, region and table."""
    waiting = [f"xenia-{STAGE}-{name}" for name in queues(workers)]
    dead = [f"{name}-dlq" for name in waiting]
    functions = [function_name(each.function, STAGE) for each in workers]
    charts = [
        _chart("Oldest message, seconds", "Maximum", 60, _sqs("ApproximateAgeOfOldestMessage", waiting)),
        _chart("Messages waiting", "Maximum", 60, _sqs("ApproximateNumberOfMessagesVisible", waiting)),
        _chart("Dead letters", "Maximum", 60, _sqs("ApproximateNumberOfMessagesVisible", dead)),
        _chart("Functions: errors", "Sum", 300, _lambda("Errors", functions)),
        _chart("Functions: duration p99, ms", "p99", 300, _lambda("Duration", functions)),
        _chart("Functions: throttles", "Sum", 300, _lambda("Throttles", functions)),
        _chart("API: answers", "Sum", 300, [["AWS/ApiGateway", name, "ApiName", "xenia"] for name in ANSWERS]),
        _chart("Table: units used", "Sum", 300, _table()),
        _chart("Mail", "Sum", 300, [["AWS/SES", name] for name in ("Send", "Delivery", "Bounce", "Complaint")]),
    ]
    return json.dumps({"widgets": [_placed(at, chart) for at, chart in enumerate(charts)]})


def _sqs(metric: str, names: Sequence[str]) -> list[Metric]:
    return [["AWS/SQS", metric, "QueueName", name] for name in names]


def _lambda(metric: str, names: Sequence[str]) -> list[Metric]:
    return [["AWS/Lambda", metric, "FunctionName", name] for name in names]


def _table() -> list[Metric]:
    metrics = ("ConsumedWriteCapacityUnits", "ConsumedReadCapacityUnits")
    return [["AWS/DynamoDB", metric, "TableName", "${Table}"] for metric in metrics]


def _chart(title: str, stat: str, period: int, metrics: list[Metric]) -> dict[str, Any]:
    return {"title": title, "region": "${AWS::Region}", "stat": stat, "period": period, "metrics": metrics}


def _placed(at: int, chart: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(at, ACROSS)
    place = {"x": column * WIDTH, "y": row * HEIGHT, "width": WIDTH, "height": HEIGHT}
    return {"type": "metric", **place, "properties": chart}
