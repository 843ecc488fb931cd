"""What lies ahead of a guest is told for the day asked, at each stay's hotel, as all the stays would tell it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.canonical.ids import PropertyId, ReservationId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests.calendar import SOONEST, Calendar
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import WHOLE, add_stats, stats_of
from chalicelib.guests.stats import Days, DayStats, Stats, days_at, on, tells
from tests.builders import stay
from tests.exhaustive import examples
from tests.guests.test_sums import Kept

AUCKLAND, VIENNA, HONOLULU = (PropertyId(each) for each in ("auckland", "vienna", "honolulu"))
ZONES = {AUCKLAND: "Pacific/Auckland", VIENNA: "Europe/Vienna", HONOLULU: "Pacific/Honolulu"}
DAY = date(2026, 2, 1)
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
AHEAD = [Status.CONFIRMED] * 5 + [Status.PENDING] + [Status.IN_HOUSE] * 2
STAYS = st.builds(
    lambda number, first, nights, status, at: stay(
        f"r{number}",
        (DAY + timedelta(days=first)).isoformat(),
        (DAY + timedelta(days=first + nights)).isoformat(),
        status=status,
        property_id=at,
    ),
    st.integers(0, 24),
    st.integers(-30, 30),
    st.integers(0, 5),
    st.sampled_from([*AHEAD, Status.CHECKED_OUT, Status.CANCELLED]),
    st.sampled_from(list(ZONES)),
)
INSTANTS = st.integers(-40 * 24, 40 * 24).map(lambda hours: NOON + timedelta(hours=hours))


def truth(stays: Sequence[Stay], days: Days) -> tuple[date | None, bool, int, int]:
    """Next arrival, in house, upcoming bookings and nights, said once more and of each stay by itself."""
    booked = [each for each in stays if each.status in {Status.PENDING, Status.CONFIRMED}]
    ahead = [each for each in booked if each.arrival >= days.of(each.property_id)]
    inside = [each for each in stays if each.status is Status.IN_HOUSE]
    return (
        min((each.arrival for each in ahead), default=None),
        any(days.of(each.property_id) <= each.departure for each in inside),
        len(ahead),
        sum(each.nights for each in ahead),
    )


def told(asked: DayStats) -> tuple[date | None, bool, int, int]:
    return asked.next_arrival, asked.in_house, asked.upcoming_bookings, asked.upcoming_nights


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(st.booleans(), STAYS), max_size=40), st.lists(INSTANTS, min_size=1, max_size=6))
def test_what_is_kept_tells_of_any_day_what_all_the_stays_tell(
    steps: list[tuple[bool, Stay]], instants: list[datetime]
) -> None:
    """Kept change by change under two leaves; or it says that it does not tell, and then the stays are summed whole."""
    leaves = {each: Kept() for each in (False, True)}
    for which, each in steps:
        leaves[which].put(each)
        leaves[which].check()
    stays = [each for kept in leaves.values() for each in kept.stays.values()]
    sums = add_stats([kept.head.stats for kept in leaves.values()])
    whole = add_stats([stats_of(list(kept.stays.values()), WHOLE) for kept in leaves.values()], WHOLE)
    for moment in instants:
        days = days_at(moment, ZONES)
        assert told(on(whole, days)) == truth(stays, days)
        if tells(sums, days):
            assert told(on(sums, days)) == truth(stays, days)
        assert tells(whole, days)


@given(st.lists(STAYS, max_size=SOONEST.most), INSTANTS)
def test_a_guest_of_few_bookings_is_always_told(stays: list[Stay], moment: datetime) -> None:
    few = [each.of_reservation(ReservationId(f"r{at}")) for at, each in enumerate(stays)]
    booked = [each for each in few if each.status is not Status.IN_HOUSE]
    assert tells(stats_of(booked), days_at(moment, ZONES))


def booked(number: int, arrival: date, **more: object) -> Stay:
    return stay(
        f"r{number}", arrival.isoformat(), (arrival + timedelta(days=2)).isoformat(), **{"status": "confirmed", **more}
    )


def test_a_booking_of_last_year_that_nobody_closed_is_not_the_next_arrival() -> None:
    stats = stats_of([booked(1, date(2025, 3, 1)), booked(2, date(2026, 3, 1))])
    assert on(stats, Days(DAY)).next_arrival == date(2026, 3, 1)
    assert on(stats_of([booked(1, date(2025, 3, 1))]), Days(DAY)) == DayStats(reservations=1, properties=(VIENNA,))
    forgotten = stats_of([booked(1, date(2025, 3, 1), status="in_house")])
    assert [on(forgotten, Days(day)).in_house for day in (date(2025, 3, 3), date(2025, 3, 4))] == [True, False]


def test_a_day_changes_what_is_ahead_without_a_write() -> None:
    stats = stats_of([booked(1, DAY), booked(2, DAY + timedelta(days=5))])
    by_day = [told(on(stats, Days(DAY + timedelta(days=later))))[::2] for later in (0, 1, 5, 6)]
    assert by_day == [(DAY, 2), (DAY + timedelta(days=5), 1), (DAY + timedelta(days=5), 1), (None, 0)]


@pytest.mark.parametrize(
    ("hotel", "hour", "expected"),
    [
        (AUCKLAND, 10, DAY),  # still 1 February
        (AUCKLAND, 11, None),  # 2 February
        (VIENNA, 22, DAY),
        (VIENNA, 23, None),
        (HONOLULU, 33, DAY),
        (HONOLULU, 34, None),
    ],
)
def test_the_day_is_that_of_the_stays_own_hotel(hotel: PropertyId, hour: int, expected: date | None) -> None:
    moment = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=hour)
    stats = stats_of([booked(1, DAY, property_id=hotel)])
    assert on(stats, days_at(moment, ZONES)).next_arrival == expected


@pytest.mark.parametrize("tours", [30, 300])
def test_a_tour_leader_keeps_the_days_that_come_first_and_the_number_of_the_others(tours: int) -> None:
    """Three hundred rooms on ten days are ten entries at most; of three hundred days six are kept."""
    kept = Kept()
    for number in range(300):
        kept.put(booked(number, DAY + timedelta(days=number % tours)))
    assert len(kept.head.stats.arriving.listed) == SOONEST.most
    assert len(kept.head.stats.packed()) < 450
    sixth = DAY + timedelta(days=SOONEST.most - 1)
    assert told(on(kept.head.stats, Days(sixth))) == truth(list(kept.stays.values()), Days(sixth))
    assert [tells(kept.head.stats, Days(sixth + timedelta(days=later))) for later in (0, 1)] == [True, False]


def test_a_tour_that_is_checked_in_reads_what_follows_once_for_each_day() -> None:
    kept = Kept()
    for number in range(100):
        kept.put(booked(number, DAY + timedelta(weeks=number // 10)))
    reads = []
    for number in range(20):
        kept.put(booked(number, DAY + timedelta(weeks=number // 10), status="in_house"))
        kept.check()
        reads += kept.looked_in
    assert len(reads) == 2, "the last room of each day makes room for another day"


def test_more_rooms_in_house_than_are_listed_are_still_told() -> None:
    kept = Kept()
    for number in range(6):
        kept.put(booked(number, DAY + timedelta(days=number), status="in_house"))
    for number in reversed(range(6)):
        kept.check()
        last = DAY + timedelta(days=number + 2)
        assert [on(kept.head.stats, Days(day)).in_house for day in (last, last + timedelta(days=1))] == [True, False]
        kept.put(booked(number, DAY + timedelta(days=number), status="checked_out"))


def test_what_an_earlier_version_kept_is_of_unknown_days() -> None:
    earlier = Stats.model_validate_json('{"stays":1,"next_arrival":"2026-05-01","in_house":true}')
    assert (earlier.stays, earlier.arriving, earlier.leaving) == (1, Calendar(rooms=1), Calendar(rooms=1))
    assert not tells(earlier, Days(DAY))
    assert tells(Stats.model_validate_json('{"stays":1,"last_departure":"2026-01-01"}'), Days(DAY))


def test_days_since_a_stay_are_counted_at_its_hotel_and_of_two_on_one_day_at_the_one_named_last() -> None:
    stays = [booked(1, DAY, property_id=at, status="checked_out") for at in (VIENNA, AUCKLAND)]
    whole = stats_of([each.of_reservation(ReservationId(f"r{at}")) for at, each in enumerate(stays)])
    assert (whole.first_hotel, whole.last_hotel) == (AUCKLAND, VIENNA)
    parts = [stats_of([each]) for each in stays]
    assert add_stats(parts) == add_stats(parts[::-1])
    assert (add_stats(parts).first_hotel, add_stats(parts).last_hotel) == (AUCKLAND, VIENNA)


def state(day: str, *stays: Stay) -> str:
    days = Days(date.fromisoformat(day))
    return str(on(stats_of(stays), days).state)


def test_where_somebody_stands_goes_from_prospect_to_lapsed_and_back() -> None:
    first = stay("r1", "2024-01-01", "2024-01-03", status=Status.CONFIRMED)
    came = stay("r1", "2024-01-01", "2024-01-03", status=Status.IN_HOUSE)
    left = stay("r1", "2024-01-01", "2024-01-03", status=Status.CHECKED_OUT)
    again = stay("r2", "2026-05-01", "2026-05-04", status=Status.CONFIRMED)
    cancelled = stay("r3", "2024-01-01", "2024-01-03", status=Status.CANCELLED)
    assert state("2023-12-01") == state("2023-12-01", cancelled) == "prospect"
    assert state("2023-12-01", first) == "expected"
    assert state("2024-02-01", first) == "prospect"  # nobody closed it, and nobody came
    assert state("2024-01-02", came) == "in_house"
    assert [state(day, left) for day in ("2024-01-03", "2026-01-02", "2026-01-03")] == ["stayed", "stayed", "lapsed"]
    assert state("2026-02-01", left, again) == "stayed"
    assert state("2026-06-01", left, again) == "lapsed"


def test_the_nights_of_a_stay_are_an_average_to_the_nearest() -> None:
    stays = [
        stay(f"r{at}", f"2026-01-{at:02d}", f"2026-01-{at + nights:02d}", status=Status.CHECKED_OUT)
        for at, nights in ((1, 1), (5, 2), (10, 4))
    ]
    averages = [on(stats_of(stays[:count]), Days(date(2026, 2, 1))).nights_per_stay for count in range(4)]
    assert averages == [0, 1, 2, 2]
