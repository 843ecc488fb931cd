"""What an account's reservations come to: room by room, and only what was completed."""

from datetime import date

from chalicelib.accounts.rules import sums_of
from chalicelib.canonical.snapshots import Status
from tests.builders import stay


def test_every_room_that_was_completed_counts_also_those_at_the_same_time() -> None:
    found = sums_of([stay("r1"), stay("r2"), stay("r3", "2026-03-01", "2026-03-02", stated_currency="USD")])
    assert (found.stays, found.nights, found.room_revenue) == (3, 5, {"EUR": 40_000, "USD": 20_000})
    assert (found.first_arrival, found.last_departure) == (date(2026, 2, 1), date(2026, 3, 2))


def test_what_was_not_completed_is_counted_and_brings_nothing() -> None:
    states = [Status.CANCELLED, Status.NO_SHOW, Status.CONFIRMED, Status.PENDING, Status.INQUIRY, Status.UNKNOWN]
    found = sums_of([stay(f"r{at}", status=each) for at, each in enumerate(states)])
    assert (found.reservations, found.cancelled, found.no_shows, found.upcoming) == (6, 1, 1, 2)
    assert (found.stays, found.nights, found.room_revenue, found.last_departure) == (0, 0, {}, None)
