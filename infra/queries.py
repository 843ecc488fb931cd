"""Saved queries of CloudWatch Logs Insights: what the lines of chalicelib/entrypoints/log.py come to.

They are free and paid by use, while each figure of each function as a metric of its own would cost 0.30 USD a month.
"""

from collections.abc import Sequence
from typing import Any

from infra.workers import API, Worker

STAGE = "${Stage}"
CONDITION = "HasSavedQueries"
"""The local cloud knows no saved queries."""

Json = dict[str, Any]

WORK = (
    "filter ispresent(function)\n"
    "| stats count(*) as invocations, sum(records) as records_taken, sum(failed) as records_failed, "
    "sum(set_aside) as dead_letters, sum(retried) as come_back, sum(ignored) as values_ignored, "
    "sum(write_units) as units, sum(aws_calls) as calls_made, pct(milliseconds, 50) as p50, "
    "pct(milliseconds, 99) as p99 by function\n"
    "| sort units desc"
)
FAULTS = (
    "filter failed > 0\n"
    "| stats count(*) as invocations, sum(failed) as records_failed, latest(@timestamp) as last_seen "
    "by function, failures.0.error, failures.0.reason, failures.0.code\n"
    "| sort records_failed desc"
)
ANSWERS = (
    f"filter function = '{API}'\n"
    "| stats count(*) as answers, sum(aws_calls) as calls_made, pct(milliseconds, 95) as p95 by route, status\n"
    "| sort answers desc"
)
REFUSED = (
    "filter ispresent(refused_as) and refused_as != '-'\n"
    "| stats count(*) as answers by refused_as, status, method, route\n"
    "| sort answers desc"
)


def resources(workers: Sequence[Worker], log_of: dict[str, str]) -> Json:
    """CloudFormation's resources; `log_of` gives the logical name of a function's log. API Gateway has one, too."""
    all_logs = [log_of[each.function] for each in workers]
    return {
        "WorkQuery": _query("work", WORK, all_logs),
        "FaultsQuery": _query("faults", FAULTS, all_logs),
        "AnswersQuery": _query("answers", ANSWERS, [log_of[API]]),
        "RefusedQuery": _query("refused", REFUSED, ["AccessLog"]),
    }


def _query(name: str, text: str, logs: Sequence[str]) -> Json:
    return {
        "Type": "AWS::Logs::QueryDefinition",
        "Condition": CONDITION,
        "Properties": {
            "Name": {"Fn::Sub": f"xenia-{STAGE}/{name}"},
            "QueryString": text,
            "LogGroupNames": [{"Ref": each} for each in logs],
        },
    }
