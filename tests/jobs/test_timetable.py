"""When a nightly job is due: by the hotel's clock, once for each local date."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.canonical.ids import PropertyId
from chalicelib.jobs.model import Due
from chalicelib.jobs.rules import due_jobs, instant_of

HOTEL = PropertyId("hotel")
AUCKLAND = PropertyId("auckland")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_at(zone: str, text: str, *done: str) -> list[str]:
    """The local dates that are due at one hotel of that zone."""
    known = {Due("reconcile", HOTEL, date.fromisoformat(day)) for day in done}
    return [each.local_date.isoformat() for each in due_jobs(utc(text), {HOTEL: zone}, known)]


@pytest.mark.parametrize(
    ("zone", "before", "after", "day"),
    [
        ("Europe/Vienna", "2026-06-10T03:59:59", "2026-06-10T04:00:00", "2026-06-10"),
        ("Pacific/Tongatapu", "2026-06-09T16:59:59", "2026-06-09T17:00:00", "2026-06-10"),  # +13: a day ahead of UTC
        ("Asia/Kathmandu", "2026-06-10T00:14:59", "2026-06-10T00:15:00", "2026-06-10"),  # +5:45
        ("Pacific/Honolulu", "2026-06-10T15:59:59", "2026-06-10T16:00:00", "2026-06-10"),
    ],
)
def test_a_job_is_due_from_six_in_the_morning_at_the_hotel(zone: str, before: str, after: str, day: str) -> None:
    yesterday = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert due_at(zone, before, yesterday) == []
    assert due_at(zone, after, yesterday) == [day]
    assert due_at(zone, after, yesterday, day) == []


def test_missed_days_are_caught_up_once() -> None:
    assert due_at("Europe/Vienna", "2026-06-10T12:00", "2026-06-01") == ["2026-06-10"]
    assert due_at("Europe/Vienna", "2026-06-10T02:00", "2026-06-01") == ["2026-06-09"]
    assert due_at("Europe/Vienna", "2026-06-10T02:00", "2026-06-01", "2026-06-09") == []


def test_every_hotel_has_its_own_morning() -> None:
    zones = {AUCKLAND: "Pacific/Auckland", PropertyId("lisbon"): "Europe/Lisbon"}
    done = {
        Due("reconcile", AUCKLAND, date(2026, 6, 9)),
        Due("reconcile", PropertyId("lisbon"), date(2026, 6, 9)),
    }
    assert due_jobs(utc("2026-06-09T20:00"), zones, done) == [Due("reconcile", AUCKLAND, date(2026, 6, 10))]


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        # Midnight does not exist in Santiago on this day: the clock goes from 23:59:59 to 1:00.
        ("America/Santiago", date(2026, 9, 6), time(0, 30), "2026-09-06T04:00"),
        # Lord Howe moves by half an hour, from 2:00 to 2:30.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
        ("Europe/Lisbon", date(2026, 3, 29), time(1, 30), "2026-03-29T01:00"),
        # A whole day was left out when Samoa crossed the date line.
        ("Pacific/Apia", date(2011, 12, 30), time(6), "2011-12-30T10:00"),
    ],
)
def test_an_hour_in_a_gap_comes_at_the_first_instant_after_it(zone: str, day: date, hour: time, expected: str) -> None:
    assert instant_of(day, hour, ZoneInfo(zone)) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        ("America/Santiago", date(2026, 4, 4), time(23, 30), "2026-04-05T02:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
        ("Europe/Lisbon", date(2026, 10, 25), time(1, 30), "2026-10-25T00:30"),
    ],
)
def test_a_repeated_hour_comes_the_first_time(zone: str, day: date, hour: time, expected: str) -> None:
    assert instant_of(day, hour, ZoneInfo(zone)) == utc(expected)


@pytest.mark.exhaustive
@pytest.mark.parametrize("zone", ["America/Santiago", "Australia/Lord_Howe", "Europe/Lisbon", "Asia/Kathmandu"])
def test_ticking_through_a_year_queues_every_local_date_once(zone: str) -> None:
    now, done, queued = utc("2026-01-01T12:00"), set[Due](), list[date]()
    for _ in range(365 * 24 * 4):
        now += timedelta(minutes=15)
        found = due_jobs(now, {HOTEL: zone}, done)
        done = (done | set(found)) if found else done
        queued += [each.local_date for each in found]
    assert len(queued) == len(set(queued))
    assert queued == [queued[0] + timedelta(days=number) for number in range(len(queued))]
    assert len(queued) in {365, 366}
