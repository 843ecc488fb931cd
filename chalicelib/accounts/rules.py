"""What a company's or an agency's reservations come to. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.canonical.snapshots import Status
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import UPCOMING, by_currency


class Sums(NamedTuple):
    """`stays` and all behind it are of the reservations that were completed, room by room: whoever slept there, the
    account brought them. `first_arrival` is the earliest that was looked at."""

    reservations: int
    stays: int
    nights: int
    upcoming: int
    cancelled: int
    no_shows: int
    room_revenue: Amounts
    other_revenue: Amounts
    first_arrival: date | None
    last_departure: date | None


def sums_of(stays: Iterable[Stay]) -> Sums:
    all_of_them: Sequence[Stay] = list(stays)
    states = Counter(stay.status for stay in all_of_them)
    done = [stay for stay in all_of_them if stay.status is Status.CHECKED_OUT]
    return Sums(
        reservations=len(all_of_them),
        stays=len(done),
        nights=sum(stay.nights for stay in done),
        upcoming=sum(states[each] for each in UPCOMING),
        cancelled=states[Status.CANCELLED],
        no_shows=states[Status.NO_SHOW],
        room_revenue=by_currency(pair for stay in done for pair in stay.room_revenue.items()),
        other_revenue=by_currency(pair for stay in done for pair in stay.other_revenue.items()),
        first_arrival=min((stay.arrival for stay in done), default=None),
        last_departure=max((stay.departure for stay in done), default=None),
    )
