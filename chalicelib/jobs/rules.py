"""When a nightly job is due at a property: by its local clock, once for each local date. Plain values."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.canonical.ids import PropertyId
from chalicelib.jobs.model import Due

HOURS = {"reconcile": time(6)}
"""Job → the local hour after which it runs: six is after the night audit."""


def due_jobs(now: datetime, zones: Mapping[PropertyId, str], done: Collection[Due]) -> list[Due]:
    """The jobs whose hour has passed and that were not queued yet. `zones`: property id → IANA zone.

    Only the newest date of each counts: however many days were missed, they are caught up once.
    """
    newest = [
        Due(job, property_id, _newest_date(now, hour, ZoneInfo(zone)))
        for property_id, zone in sorted(zones.items())
        for job, hour in HOURS.items()
    ]
    return [due for due in newest if due not in done]


def _newest_date(now: datetime, hour: time, zone: ZoneInfo) -> date:
    today = now.astimezone(zone).date()
    return today if now >= instant_of(today, hour, zone) else today - timedelta(days=1)


def instant_of(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """When a local hour comes: a repeated one at its first time, a skipped one at the first instant after the gap."""
    wanted = datetime.combine(day, hour, zone)
    first, second = wanted.astimezone(UTC), wanted.replace(fold=1).astimezone(UTC)
    return first if first <= second else _end_of_gap(second, first, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Halve the span until the second in which the clock moved. PEP 495: in a gap, `fold` turns the two around."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after


MONDAY, NIGHT, EVERY = 0, 3, 15
"""A weekly job is begun by UTC, at four minutes of that hour: should one be missed, there is another."""


def is_weekly(now: datetime) -> bool:
    return now.weekday() == MONDAY and now.hour == NIGHT and now.minute % EVERY == 0
