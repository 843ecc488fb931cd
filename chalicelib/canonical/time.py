"""Instants are UTC and sort as text; stays are local dates with the property's IANA zone."""

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import NewType, TypeVar
from zoneinfo import ZoneInfo

Day = TypeVar("Day", date, datetime)
Instant = NewType("Instant", str)
"""A moment as it is written: `2026-11-23T12:00:00.000000Z`, of fixed width, so that text order is time order."""


def instant(moment: datetime) -> Instant:
    """Write an aware moment."""
    return Instant(moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z")


def moment_of(text: str) -> datetime:
    """Read an ISO 8601 instant. Raises ValueError when it has no zone: a zone is never guessed."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)


def is_date(text: str) -> bool:
    """Whether it is a calendar date as the hub writes it, such as `2026-01-31`; Python reads other forms as well."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def now() -> datetime:
    """The present; the one place that asks the clock."""
    return datetime.now(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The calendar date at the property when the moment came."""
    return moment.astimezone(ZoneInfo(zone)).date()


def months_later(day: Day, months: int) -> Day:
    """The day of the same number so many months later; the last of the month where that has no such day (Regulation
    1182/71, article 3). Of a moment its time of day stays."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
