"""What a million mails cost beside SES's own price: measured units, calls and CPU times list prices."""

from benchmarks import prices
from benchmarks.campaign import EVENTS_PER_MAIL, Campaigned
from benchmarks.figures import Figure
from infra.workers import worker

MEGABYTES = {"send": worker("send_chunk").memory, "events": worker("record_mail_events").memory}
"""Planning and pacing run in as much as sending, or less."""
SQS = {"SendMessage", "SendMessageBatch", "DeleteMessage", "ChangeMessageVisibility"}
POLLER = 2
"""Requests that Lambda's poller makes a batch: receive and delete."""
MILLION = 1_000_000


def figure(ran: Campaigned, send_ms: float, events_ms: float) -> list[Figure]:
    """`send_ms` and `events_ms` are the CPU per mail of sending it and of recording its events."""
    mails = ran.cloud.mails
    total = sum(per_run(ran, send_ms, events_ms).values()) / mails * MILLION
    name = "hub's own cost per million mails ÷ SES's price"
    waits = f"{prices.USUAL_LATENCY_MS:g} ms a call and {prices.LATENCY_MS['SendBulkEmail']:g} ms a bulk call assumed"
    unit = f"USD, list prices; {waits}"
    return [Figure(name, unit, total, prices.MAIL * MILLION, 0.09)]


def per_run(ran: Campaigned, send_ms: float, events_ms: float) -> dict[str, float]:
    """Dollars by service."""
    mails = ran.cloud.mails
    invocations = len(ran.steps) + len(ran.events)
    queue_requests = sum(count for name, count in ran.calls.items() if name in SQS) + POLLER * invocations
    waits = sum(prices.LATENCY_MS.get(name, prices.USUAL_LATENCY_MS) * count for name, count in ran.calls.items())
    events_wait = ran.calls_of_events * prices.USUAL_LATENCY_MS
    return {
        "DynamoDB writes": ran.units.write * prices.WRITE_UNIT,
        "DynamoDB reads": ran.units.read * prices.READ_UNIT,
        "SQS": queue_requests * prices.SQS_REQUEST,
        "SNS": EVENTS_PER_MAIL * mails * prices.SNS_PUBLISH,
        "EventBridge": len(ran.cloud.facts) * prices.EVENT,
        "Lambda": invocations * prices.LAMBDA_REQUEST
        + _compute("send", send_ms * mails, waits - events_wait)
        + _compute("events", events_ms * mails, events_wait),
        "CloudWatch Logs": ran.logged / 1e9 * prices.LOG_GIGABYTE,
    }


def _compute(kind: str, cpu_ms: float, wait_ms: float) -> float:
    """A function with less memory than a whole CPU's worth has that much less of it."""
    megabytes = MEGABYTES[kind]
    seconds = (cpu_ms * prices.CPU_MEGABYTES / megabytes + wait_ms) / 1000
    return seconds * megabytes / 1024 * prices.LAMBDA_GB_SECOND
