"""Dollars for what was counted: calls, units, and the time of functions."""

from collections.abc import Iterable, Mapping

from benchmarks import prices
from benchmarks.table import Units
from infra.workers import worker

MILLION = prices.MILLION
SQS = frozenset({"SendMessage", "SendMessageBatch", "DeleteMessage", "ChangeMessageVisibility"})
POLLER = 2
"""Requests that Lambda's poller makes a batch: receive and delete."""
KMS = frozenset({"Encrypt", "Decrypt"})


def compute(function: str, cpu_ms: float, wait_ms: float) -> float:
    """A function with less memory than a whole CPU's worth has that much less of it."""
    megabytes = worker(function).memory
    seconds = (cpu_ms * prices.CPU_MEGABYTES / megabytes + wait_ms) / 1000
    return seconds * megabytes / 1024 * prices.LAMBDA_GB_SECOND


def waits_ms(calls: Mapping[str, int]) -> float:
    return sum(prices.LATENCY_MS.get(name, prices.USUAL_LATENCY_MS) * count for name, count in calls.items())


def table(units: Units) -> dict[str, float]:
    return {
        "DynamoDB writes": units.write * prices.WRITE_UNIT,
        "DynamoDB reads": units.read * prices.READ_UNIT,
    }


def queues(calls: Mapping[str, int], batches: int, delivered: int = 0) -> float:
    """Calls of the hub, of Lambda's pollers for each batch, and of the bus for each message that it delivers."""
    return (counted(calls, SQS) + POLLER * batches + delivered) * prices.SQS_REQUEST


def counted(calls: Mapping[str, int], names: Iterable[str]) -> int:
    return sum(calls.get(name, 0) for name in names)


def access_log(requests: int) -> float:
    return requests * prices.ACCESS_LOG_BYTES / 1e9 * prices.LOG_GIGABYTE


def logs(size: int, invocations: int) -> float:
    return (size + invocations * prices.PLATFORM_LOG_BYTES) / 1e9 * prices.LOG_GIGABYTE
