"""What a million mails cost beside SES's own price: measured units, calls and CPU times list prices."""

from benchmarks import bill, prices
from benchmarks.campaign import EVENTS_PER_MAIL, Campaigned
from benchmarks.figures import Figure

MAILS = prices.MILLION


def figure(ran: Campaigned, send_ms: float, events_ms: float) -> list[Figure]:
    """`send_ms` and `events_ms` are the CPU per mail of sending it and of recording its events."""
    total = sum(per_run(ran, send_ms, events_ms).values()) / ran.cloud.mails * MAILS
    name = "hub's own cost per million mails ÷ SES's price"
    waits = f"{prices.USUAL_LATENCY_MS:g} ms a call and {prices.LATENCY_MS['SendBulkEmail']:g} ms a bulk call assumed"
    return [Figure(name, f"USD, list prices; {waits}", total, prices.MAIL * MAILS, 0.09)]


def per_run(ran: Campaigned, send_ms: float, events_ms: float) -> dict[str, float]:
    """Dollars by service. Planning and pacing run in as much memory as sending, or less."""
    mails = ran.cloud.mails
    invocations = len(ran.steps) + len(ran.events)
    events_wait = ran.calls_of_events * prices.USUAL_LATENCY_MS
    return {
        **bill.table(ran.units),
        "SQS": bill.queues(ran.calls, invocations),
        "SNS": EVENTS_PER_MAIL * mails * prices.SNS_PUBLISH,
        "EventBridge": len(ran.cloud.facts) * prices.EVENT,
        "Lambda": invocations * prices.LAMBDA_REQUEST
        + bill.compute("send_chunk", send_ms * mails, bill.waits_ms(ran.calls) - events_wait)
        + bill.compute("record_mail_events", events_ms * mails, events_wait),
        "CloudWatch Logs": bill.logs(ran.logged, invocations),
    }
