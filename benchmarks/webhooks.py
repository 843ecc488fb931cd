"""What a webhook costs in write units and calls, as counted on the wire; and the webhooks that are measured."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks import hub, season
from benchmarks.cloud import Cloud
from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.population import Population
from benchmarks.table import Table

BATCH = 10


def known_guests(count: int, population: int = 0) -> Cloud:
    """A hub that has seen `count` guests with a booking each, beside a computed population."""
    cloud = hub.open_hub(Table(Population(population)))
    season.open_hotel()
    push(cloud, [season.webhook(season.booking(number, 0)) for number in range(count)])
    return cloud


def push(cloud: Cloud, events: Sequence[dict[str, Any]], queue: str = "inbox") -> None:
    """Through the edge, then through the queue's function in batches of ten."""
    for event in events:
        assert hub.accept(event) in {200, 202}
    for bodies in hub.batches(cloud.take(queue), BATCH):
        hub.run(FUNCTIONS[queue], hub.delivery(bodies))


FUNCTIONS = {"inbox": "ingest_notices", "fetch": "fetch_notices"}


def changes(guests: int, minute: int) -> list[dict[str, Any]]:
    """The guest takes the more expensive rate: nothing of the guest itself is new."""
    return [season.webhook(season.booking(number, minute, room_revenue_minor=26000)) for number in range(guests)]


LATER = {"arrival": "2026-02-05", "departure": "2026-02-09"}
IN_APRIL = {"arrival": "2026-04-05", "departure": "2026-04-09"}
NEXT_MONTH = {"arrival": "2026-03-05", "departure": "2026-03-09"}
NEXT_SUMMER = {"arrival": "2026-07-05", "departure": "2026-07-09"}


def moved(guests: int, minute: int, dates: dict[str, str] = LATER) -> list[dict[str, Any]]:
    return [season.webhook(season.booking(number, minute, **dates)) for number in range(guests)]


def check_ins(guests: int, minute: int) -> list[dict[str, Any]]:
    """After the move: both boards show it."""
    return [season.webhook(season.booking(number, minute, "in_house", **LATER)) for number in range(guests)]


def check_outs(guests: int, minute: int, **dates: str) -> list[dict[str, Any]]:
    return [season.webhook(season.booking(number, minute, "checked_out", **dates)) for number in range(guests)]


def stays_again(guests: int, minute: int, status: str) -> list[dict[str, Any]]:
    """Another stay of each guest."""
    told = [season.booking(number, minute, status, **IN_APRIL) for number in range(guests)]
    named = [{**each, "source_id": f"a{at}", "booking_id": f"a{at}"} for at, each in enumerate(told)]
    return [season.webhook(each) for each in named]


def mews_changes(guests: int) -> list[dict[str, Any]]:
    return [season.mews_webhook(f"m{number}") for number in range(guests)]


# Units and calls


def first_booking(guests: int = 20) -> list[Figure]:
    """Of guests whom nobody knew, with e-mail, phone and consent.

    The floor is head, gate, two identifiers, the stay, where it lies, and its lines on two boards, each written once.
    """
    cloud = hub.open_hub()
    season.open_hotel()
    events = [season.webhook(season.booking(number, 0)) for number in range(guests)]
    written = _written(cloud, lambda: push(cloud, events)) / guests
    return [_absolute("write units per webhook: first booking of a new guest", "write units", written, 8, 30)]


def units(guests: int = 20) -> list[Figure]:
    """Counted on the wire from the rows; the floor is the rows that must change, written once without a transaction.

    A change must write the stay and the guest's sums; a check-out the ledger entry, the balance and what the stay was
    given besides. Nothing less would survive a redelivery.
    """
    cloud = known_guests(guests)
    rows = [("reservation change", changes, 2, 6), ("change with moved dates", moved, 6, 10)]
    rows += [("change that the boards show (check-in)", check_ins, 4, 8)]
    figures = []
    for minute, (name, webhooks, floor, bound) in enumerate(rows, start=1):
        written = _written(cloud, partial(push, cloud, webhooks(guests, minute))) / guests
        figures.append(_absolute(f"write units per webhook: {name}", "write units", written, floor, bound))
    figures += _check_out_units(cloud, guests)
    once = known_guests(guests)  # who stayed twice within months is looked at with the stays around: two calls more
    return [*figures, *_calls(once, guests), *_health(once, guests)]


def moved_far(guests: int = 20) -> list[Figure]:
    """Nothing else must change than where the dates move within a month: the floor is the same."""
    cloud = known_guests(guests)
    name = "write units per webhook: dates moved into another month where a board shows the stay"
    near = _written(cloud, lambda: push(cloud, moved(guests, 1, NEXT_MONTH))) / guests
    far = _written(cloud, lambda: push(cloud, moved(guests, 2, NEXT_SUMMER))) / guests
    return [
        _absolute(name, "write units", near, 6, 10),
        _absolute("the same, moved by more than three months", "write units", far, 6, 10),
    ]


def _check_out_units(cloud: Cloud, guests: int) -> list[Figure]:
    """The first makes each guest a member, whom a list has from then on: that is written once in a membership."""
    first = _with_points(cloud, check_outs(guests, 5, **LATER))
    push(cloud, stays_again(guests, 6, "in_house"))
    events = stays_again(guests, 7, "checked_out")
    second = _with_points(cloud, events)
    again = _written(cloud, lambda: push(cloud, events))
    unit, of = "write units", "write units per webhook:"
    return [
        _absolute(f"{of} check-out with points (ingest + award)", unit, second / guests, 7, 16),
        _absolute(f"{of} check-out that makes a member, with its points", unit, first / guests, 8, 20),
        _absolute(f"{of} duplicate", unit, again / guests, None, 0),
    ]


def _with_points(cloud: Cloud, events: Sequence[dict[str, Any]]) -> int:
    """Write units of what is told, and of the ledger that follows."""
    cloud.facts.clear()
    stored = _written(cloud, lambda: push(cloud, events))
    woken = hub.wake_ups(cloud.facts)
    return stored + _written(cloud, lambda: hub.run("award_points", hub.delivery(woken)))


def _health(cloud: Cloud, guests: int) -> list[Figure]:
    """What ten notices that come again cost when a minute has passed: they write nothing themselves."""
    from chalicelib.connections import noted

    events = changes(guests, 10)[:BATCH]
    usual = _called(cloud, lambda: push(cloud, events))
    noted.noted().clock = lambda: noted.EACH_SECONDS
    written = _written(cloud, lambda: push(cloud, events))
    noted.noted().clock = lambda: 2 * noted.EACH_SECONDS
    called = _called(cloud, lambda: push(cloud, events)) - usual
    name = "how a connection fares, told at most once a minute and process"
    return [
        _absolute(f"write units of {name}", "write units", written, 1, 1),
        _absolute(f"AWS calls of {name}", "calls", called, 1, 2),
    ]


def _calls(cloud: Cloud, guests: int) -> list[Figure]:
    events = changes(guests, 9)
    cloud.calls.clear()
    for event in events:
        hub.accept(event)
    at_edge = cloud.calls.total() / guests
    bodies = cloud.take("inbox")
    cloud.calls.clear()
    for batch in hub.batches(bodies, BATCH):
        hub.run("ingest_notices", hub.delivery(batch))
    ingested = cloud.calls.total() / guests
    alone = _calls_alone(cloud, changes(guests, 10))
    return [
        _absolute("AWS calls per webhook at the edge", "calls", at_edge, 1, 1),
        _absolute("AWS calls per notice in a batch of ten, ingest", "calls", ingested, 1, 2.5),
        _absolute("AWS calls per notice at batch one, ingest", "calls", alone, 1, 8),
    ]


def _calls_alone(cloud: Cloud, events: Sequence[dict[str, Any]]) -> float:
    for event in events:
        hub.accept(event)
    bodies = cloud.take("inbox")
    cloud.calls.clear()
    for body in bodies:
        hub.run("ingest_notices", hub.delivery([body]))
    return cloud.calls.total() / len(bodies)


def _absolute(name: str, unit: str, measured: float, floor: float | None, bound: float) -> Figure:
    return Figure(name, unit, measured, floor, bound, OF_MEASURED)


def _called(cloud: Cloud, work: Callable[[], object]) -> int:
    cloud.calls.clear()
    work()
    return cloud.calls.total()


def _written(cloud: Cloud, work: Callable[[], object]) -> int:
    cloud.table.units.take()
    work()
    return cloud.table.units.take().write
