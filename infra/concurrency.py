"""How many of each queue's functions may run at once: all functions of an account share one limit, and the edge, which
cannot wait, has its share of it first."""

from collections.abc import Mapping

EDGE_SHARE = 0.5
"""Of the account's Lambdas: what all queues together leave to webhooks, the API and the pages."""
LEAST = 2
"""AWS takes no smaller limit for a queue."""
TOO_FEW = 50
"""Below this no share can be kept: the least of every queue may take all there is."""


def shares(available: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """The limit of each function, of so many Lambdas: what it wants, or its part of what the edge leaves."""
    if available < TOO_FEW:
        return dict.fromkeys(wanted, LEAST)
    beyond = sum(each - LEAST for each in wanted.values())
    left = max(0, int(available * (1 - EDGE_SHARE)) - LEAST * len(wanted))
    scale = min(1.0, left / beyond) if beyond else 1.0
    return {function: LEAST + int((each - LEAST) * scale) for function, each in wanted.items()}


def warning(available: int) -> str | None:
    """What the person who deploys must know, and do."""
    if available >= TOO_FEW:
        return None
    return (
        f"Lambda runs only {available} functions at once in this account and region: a burst of messages may take "
        "them all, and API Gateway then answers webhooks with an error. Ask for 1,000: Service Quotas, AWS Lambda, "
        '"Concurrent executions" (aws service-quotas request-service-quota-increase --service-code lambda '
        "--quota-code L-B99A9384 --desired-value 1000), then run `hub infra finish` again"
    )
