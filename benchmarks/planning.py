"""What planning takes: the CPU of a segment's rule, and how hard a run writes to one partition of the table."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from benchmarks import bill, hub, prices
from benchmarks.campaign import launched
from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.population import Population
from benchmarks.stopwatch import median_milliseconds, milliseconds
from benchmarks.table import Table
from chalicelib.campaigns.model import PARTS
from chalicelib.canonical.ids import Leaf
from chalicelib.guests.model import Guest
from chalicelib.guests.stats import Days
from chalicelib.guests.store import guest
from chalicelib.segments.compiled import compiled
from chalicelib.segments.model import Segment
from chalicelib.segments.rules import check
from infra.workers import worker

GUESTS = prices.MILLION
TODAY = Days(date(2026, 6, 1))
LEAVES: tuple[dict[str, Any], ...] = (
    {"trait": "stats.stays", "op": "gte", "value": 2},
    {"trait": "stats.nights", "op": "lt", "value": 100},
    {"trait": "stats.reservations", "op": "in", "value": [1, 2, 3]},
    {"trait": "stats.room_revenue.EUR", "op": "gte", "value": 50_000},
    {"trait": "stats.properties", "op": "contains", "value": "vienna"},
    {"trait": "country", "op": "in", "value": ["DE", "AT", "CH"]},
    {"trait": "language", "op": "eq", "value": "de"},
    {"trait": "stats.cancelled", "op": "ne", "value": 7},
    {"trait": "stats.in_house", "op": "eq", "value": False},
    {"trait": "stats.last_departure.days_since", "op": "exists", "value": False},
)
"""All are true of a computed guest, so that each of them is asked."""


def figures(rounds: int, guests: int) -> list[Figure]:
    return [_rule(rounds), _hottest_partition(guests)]


def _rule(rounds: int, times: int = 5_000) -> Figure:
    segment = Segment.model_validate({"id": "ten", "name": "Ten", "rule": {"and": list(LEAVES)}})
    check(segment.rule)
    match, packed = compiled(segment.rule, TODAY), _computed().traits.packed()
    assert match(packed)

    def ask() -> None:
        for _ in range(times):
            match(packed)

    spent = median_milliseconds(ask, rounds) / times * 1000
    return Figure(
        f"planning: CPU per guest of a rule of {len(LEAVES)} leaves", "µs of CPU", spent, None, 25, OF_MEASURED
    )


def _computed() -> Guest:
    population = Population(1)
    hub.open_hub(Table(population))
    found = guest(Leaf(population.leaf(0)))
    assert found is not None
    return found


class Planned(NamedTuple):
    """Write units by partition, calls by name, and milliseconds of CPU, of planning so many guests."""

    guests: int
    units: Counter[str]
    calls: Counter[str]
    cpu_ms: float


def plan(guests: int) -> Planned:
    cloud = launched(Population(guests))
    cloud.calls.clear()
    cloud.table.by_partition = Counter()
    spent = milliseconds(lambda: [hub.run("plan_run", hub.delivery([body])) for body in cloud.take("plan")])
    return Planned(guests, cloud.table.by_partition, cloud.calls, spent)


def seconds_of_a_part(planned: Planned) -> float:
    """All parts are planned at once, each by a function of its own. The table's answers are made in the same CPU time,
    so the pace that is assumed is too slow rather than too fast."""
    scaled_cpu = planned.cpu_ms * prices.CPU_MEGABYTES / worker("plan_run").memory
    return (scaled_cpu + bill.waits_ms(planned.calls)) / PARTS / 1000


def _hottest_partition(guests: int) -> Figure:
    """Units and time grow alike with the guests: what a sample has in a second, a million has."""
    planned = plan(guests)
    _, most = planned.units.most_common(1)[0]
    name = f"planning {GUESTS:,} guests, {PARTS} parts at once: write units a second on the busiest partition"
    pace = f"{guests:,} guests planned; {prices.USUAL_LATENCY_MS:g} ms a call assumed"
    return Figure(name, f"write units a second; {pace}", most / seconds_of_a_part(planned), None, 1000, OF_MEASURED)
