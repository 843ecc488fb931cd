"""What a million webhooks of the season cost, with all that they cause: units, calls and CPU times list prices."""

from collections import Counter
from functools import partial
from statistics import median

from benchmarks import bill, hub, prices
from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.played import Invocation, Played, Way, play
from benchmarks.stopwatch import each_milliseconds
from infra.workers import API

WAYS: dict[Way, str] = {"whole": "pushed whole (canonical)", "named": "only named, the PMS is asked (mews)"}
BATCHES = ((10, "batches of ten", 14), (1, "batches of one", 20))


def figures(reservations: int, rounds: int) -> list[Figure]:
    return [
        _figure(play(reservations, way, size), f"{WAYS[way]}, {batches}", bound, rounds)
        for way in WAYS
        for size, batches, bound in BATCHES
    ]


def _figure(played: Played, how: str, bound: float, rounds: int) -> Figure:
    dollars = sum(per_season(played, cpu_ms(played, rounds)).values()) / played.webhooks * prices.MILLION
    waits = f"{prices.USUAL_LATENCY_MS:g} ms a call of AWS"
    waits += f" and {prices.VENDOR_LATENCY_MS:g} ms one of the PMS" if "PMS" in how else ""
    name = f"USD per million webhooks of the season's mix, everything counted: {how}"
    return Figure(name, f"USD, list prices; {waits} assumed", dollars, None, bound, OF_MEASURED)


def cpu_ms(played: Played, rounds: int) -> list[float]:
    """Of each invocation: answered from the tape, so that neither the table's work nor the PMS's is in it."""
    turns = [_turn(played) for _ in range(rounds)]
    return [median(times) for times in zip(*turns, strict=True)]


def _turn(played: Played) -> list[float]:
    hub.forget()
    played.tape.play()
    with hub.vendor_answering(played.vendor.again()):
        return each_milliseconds(partial(hub.perform, each.function, each.event) for each in played.invocations)


def per_season(played: Played, cpu: list[float]) -> dict[str, float]:
    """Dollars by service."""
    ran = played.invocations
    calls = Counter(name for each in ran for name in each.calls)
    batches = sum(each.function != API for each in ran)
    return {
        "API Gateway": played.webhooks * prices.REST_REQUEST,
        **bill.table(played.units),
        "SQS": bill.queues(calls, batches, played.woken),
        "EventBridge": played.facts * prices.EVENT,
        "Lambda": sum(_function(each, spent) for each, spent in zip(ran, cpu, strict=True)),
        "S3": calls["PutObject"] * prices.S3_PUT + played.cloud.stored / 1e9 * prices.S3_GIGABYTE,
        "KMS": bill.counted(calls, bill.KMS) * prices.KMS_REQUEST,
        "Secrets Manager": calls["GetSecretValue"] * prices.SECRET_REQUEST,
        "CloudWatch Logs": bill.logs(sum(each.logged for each in ran), len(ran)) + bill.access_log(played.webhooks),
    }


def _function(each: Invocation, cpu: float) -> float:
    wait = bill.waits_ms(Counter(each.calls)) + each.turns * prices.VENDOR_LATENCY_MS
    return prices.LAMBDA_REQUEST + bill.compute(each.function, cpu, wait)
