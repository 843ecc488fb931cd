"""The CPU of a webhook, edge and ingest, against the same AWS calls made bare."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from benchmarks import hub, season, webhooks
from benchmarks.cloud import Cloud
from benchmarks.figures import Figure
from benchmarks.stopwatch import Sides, compare
from benchmarks.tape import Bare, Maker, Tape, of_the_hub, plain
from benchmarks.webhooks import BATCH, FUNCTIONS

GUESTS = 2 * BATCH
NAME = "of edge + ingest per webhook ÷ the same AWS calls bare"


class Kind(NamedTuple):
    """Webhooks of one kind, and the queue that they come to."""

    webhooks: Callable[[int, int], list[dict[str, Any]]]
    """(guests, minute) → events, one for each guest."""
    queue: str


KINDS: Mapping[str, Kind] = {
    "reservation change, canonical": Kind(webhooks.changes, "inbox"),
    "check-out, canonical": Kind(webhooks.check_outs, "inbox"),
    "reservation change, mews, through fetch": Kind(lambda guests, _: webhooks.mews_changes(guests), "fetch"),
}


def figures(rounds: int) -> list[Figure]:
    return [figure for name in KINDS for figure in _figures(name, rounds)]


def _figures(name: str, rounds: int) -> Iterator[Figure]:
    """The hub's clients ask for less of boto3 than it does by itself: what is left without that is shown, too."""
    for floor, made, bound in (("", plain, 1.5), (" by the hub's own clients", of_the_hub, None)):
        with sides(name, made=made) as both:
            pair = compare(both, rounds)
        yield Figure(f"CPU {NAME}{floor}: {name}", "ms of CPU", pair.measured, pair.floor, bound)


@contextmanager
def sides(name: str, guests: int = GUESTS, made: Maker = plain) -> Iterator[Sides]:
    """Webhooks of a kind, taken in once and recorded: to be taken in again, or made bare."""
    kind, cloud = KINDS[name], webhooks.known_guests(guests)
    with _mews_answering(minute=5):
        webhooks.push(cloud, webhooks.mews_changes(guests), "fetch")
    with _mews_answering(minute=10):
        tape = Tape(hub.wire())
        tape.record()
        events = kind.webhooks(guests, 10)
        deliveries = _taken_in(cloud, tape, events, kind.queue)
        bare = Bare(tape, made)
        yield Sides(
            lambda: _run_hub(tape, events, deliveries, FUNCTIONS[kind.queue]),
            lambda: _run_floor(tape, bare, events, deliveries),
            guests,
        )


def _taken_in(cloud: Cloud, tape: Tape, events: Sequence[Any], queue: str) -> list[Any]:
    """What the queue delivered; each webhook and each batch is a stretch of the tape."""
    for event in events:
        assert hub.accept(event) in {200, 202}
        tape.mark()
    deliveries = [hub.delivery(bodies) for bodies in hub.batches(cloud.take(queue), BATCH)]
    for each in deliveries:
        hub.run(FUNCTIONS[queue], each)
        tape.mark()
    return deliveries


def _run_hub(tape: Tape, events: Sequence[Any], deliveries: Sequence[Any], function: str) -> None:
    tape.play()
    with hub.quiet():
        for event in events:
            hub.answered(event)
        for each in deliveries:
            hub.invoke(function, each)


def _run_floor(tape: Tape, bare: Bare, events: Sequence[Any], deliveries: Sequence[Any]) -> None:
    """JSON in, the recorded calls, JSON out; no Chalice, no hub."""
    tape.play()
    stretches = tape.stretches()
    for event, calls in zip(events, stretches, strict=False):
        bare.make(calls)
        json.dumps({"statusCode": 202, "body": json.loads(event["body"])})
    for each, calls in zip(deliveries, stretches, strict=True):
        for record in each["Records"]:
            json.loads(record["body"])
        bare.make(calls)


def _mews_answering(minute: int) -> AbstractContextManager[None]:
    answers: dict[str, Any] = {}

    def answer(method: str, url: str, body: Any, seconds: float = 0) -> Any:
        del seconds
        key = method + url + json.dumps(body)
        if key not in answers:
            answers[key] = season.mews_answer(url, body, minute)
        return answers[key]

    return hub.vendor_answering(answer)
