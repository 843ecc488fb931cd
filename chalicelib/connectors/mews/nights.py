"""The nights of a Mews reservation: those that were sold and slept, whatever the hour at which somebody clicked.

Mews notes when a check-in and a check-out were clicked: the evening before, when the bill is paid, or at dawn, by who
found it forgotten. https://docs.mews.com/connector-api/operations/reservations
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.canonical.time import moment_of
from chalicelib.connectors.mews.calls import Row

NIGHT_ENDS = time(6)
"""Who arrives after midnight and before this local hour, a day late, slept the night that was booked."""
EVENING_BEGINS = time(18)
"""Whose check-out is clicked after this local hour of the last day but one sleeps the last night, too."""
NIGHT = timedelta(days=1)


def dates_of(row: Row, nights: Sequence[Row], zone: str) -> tuple[date, date]:
    """Local arrival and departure. `nights` are the lines of the bill that sell a night of the room.

    Once the guest has left, the nights on the bill decide; but for those after an early departure, which are a penalty.
    """
    booked_from, booked_until = (_local(row[each], zone).date() for each in ("ScheduledStartUtc", "ScheduledEndUtc"))
    came, left = (_local(row[each], zone) if row.get(each) else None for each in ("ActualStartUtc", "ActualEndUtc"))
    start = _arrival(came, booked_from) if came else booked_from
    if left is None:
        return start, max(start, booked_until)
    sold = _sold(nights, zone)
    if not sold or (booked_from == booked_until and len(sold) == 1):  # day use is a line of the bill, and no night
        return start, max(start, _departure(left, booked_until))
    start, until = min(sold), max(sold) + NIGHT
    return start, max(start, _departure(left, until, sleeps_there=until <= booked_until))


def _local(instant: str, zone: str) -> datetime:
    """Mews writes even dates as UTC instants."""
    return moment_of(instant).astimezone(ZoneInfo(zone))


def _arrival(came: datetime, booked: date) -> date:
    """Nobody sleeps before the first night that was sold: an earlier click is somebody's who prepares the day."""
    is_late = came.time() < NIGHT_ENDS and came.date() == booked + NIGHT
    return booked if is_late else max(booked, came.date())


def _departure(left: datetime, until: date, *, sleeps_there: bool = True) -> date:
    """`until` is the end of what was sold: a click after it is late, and one on the evening before it early. Who does
    not sleep there paid for a longer day."""
    is_eve = sleeps_there and left.time() > EVENING_BEGINS and left.date() + NIGHT == until
    return until if is_eve else min(until, left.date())


def _sold(nights: Collection[Row], zone: str) -> set[date]:
    """The nights that the bill shows; none where one of its lines does not tell its night."""
    if not all(each.get("StartUtc") for each in nights):
        return set()
    return {_local(each["StartUtc"], zone).date() for each in nights}
