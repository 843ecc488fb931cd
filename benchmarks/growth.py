"""What must not grow: request units beside a million guests, and beside a guest's own long history."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from benchmarks import hub, season
from benchmarks.cloud import Cloud
from benchmarks.figures import Figure
from benchmarks.webhooks import changes, check_outs, known_guests, push

UNIT = "read and write units"
FEW, MANY = 5, 500
FIRST_STAY = date(2016, 1, 4)


def figures() -> list[Figure]:
    return [of_guests(), *of_stays(FEW, MANY)]


def of_guests(guests: int = 20) -> Figure:
    small, large = (_with_population(guests, population) for population in (1_000, 1_000_000))
    name = "request units per webhook at 1,000,000 guests ÷ at 1,000 (change and check-out with points)"
    return Figure(name, UNIT, large, small, 1.05)


def _with_population(guests: int, population: int) -> float:
    cloud = known_guests(guests, population)
    return _used(cloud, lambda: _change_and_check_out(cloud, guests)) / (2 * guests)


def _change_and_check_out(cloud: Cloud, guests: int) -> None:
    push(cloud, changes(guests, 1))
    push(cloud, check_outs(guests, 2))
    award(cloud)


def of_stays(few: int, many: int) -> list[Figure]:
    """Of one guest, who stays once more after so many stays, each of them with its points."""
    small, large = _one_more_stay(few), _one_more_stay(many)
    title = f"request units per {{}} at {many} stays of the guest ÷ at {few}"
    return [
        Figure(title.format(kind), UNIT, large[at], small[at], 1.1)
        for at, kind in enumerate(("check-out with points", "duplicate of it"))
    ]


def _one_more_stay(stays: int) -> tuple[float, float]:
    """Units of its check-out, and of the same told again."""
    cloud = hub.open_hub()
    keep_stays(cloud, stays)
    push(cloud, [season.webhook(stay(stays, "in_house"))])
    left = check_out_of(stays)
    return _used(cloud, lambda: _leave(cloud, left)), _used(cloud, lambda: push(cloud, [left]))


def _leave(cloud: Cloud, check_out: dict[str, Any]) -> None:
    push(cloud, [check_out])
    award(cloud)


def keep_stays(cloud: Cloud, stays: int) -> None:
    """A guest with so many stays and their points: one wake-up writes what one for each would have written."""
    season.open_hotel()
    push(cloud, [check_out_of(number) for number in range(stays)])
    cloud.facts = cloud.facts[-1:]
    award(cloud)


def check_out_of(number: int) -> dict[str, Any]:
    return season.webhook(stay(number, "checked_out", minute=1))


def stay(number: int, status: str, minute: int = 0) -> dict[str, Any]:
    """One a week, so that none touches another; each is told at an instant of its own."""
    arrival = FIRST_STAY + timedelta(weeks=number)
    dates = {"arrival": arrival.isoformat(), "departure": (arrival + timedelta(days=2)).isoformat()}
    return season.booking(0, 10 * number + minute, status, source_id=f"r{number}", booking_id=f"b{number}", **dates)


def award(cloud: Cloud) -> None:
    """Points for what was announced since the last time."""
    for woken in hub.batches(hub.wake_ups(cloud.facts)):
        hub.run("award_points", hub.delivery(woken))
    cloud.facts.clear()


def _used(cloud: Cloud, work: Callable[[], object]) -> float:
    cloud.table.units.take()
    work()
    used = cloud.table.units.take()
    return used.read + used.write
