"""Mews notes when somebody clicked; nights are those sold and slept. Vienna is an hour before UTC in February."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.canonical.snapshots import ReservationSnapshot
from chalicelib.connectors.mews import translate
from chalicelib.guests.rules import own_stays, stats_of
from tests.builders import VIENNA, stay
from tests.fake_mews import LINK, FakeMews, Row, converse, customer, item, reservation, reservations_changed


def told(
    booked: tuple[str, str], came: str | None, left: str | None, nights: Iterable[str] = (), **fields: Any
) -> ReservationSnapshot:
    """A reservation that was checked out, unless nobody left; all instants are of February, in UTC."""
    zone = fields.pop("zone", VIENNA.time_zone)
    start, end = (f"2026-02-{day}Z" for day in booked)
    clicks: Row = {"ActualStartUtc": came and f"2026-02-{came}Z", "ActualEndUtc": left and f"2026-02-{left}Z"}
    row = reservation(ScheduledStartUtc=start, ScheduledEndUtc=end, State="Processed", **clicks, **fields)
    lines = [item(f"i{at_}", StartUtc=f"2026-02-{night}Z") for at_, night in enumerate(nights)]
    return fetched([row, customer(), *lines], zone)


def fetched(rows: list[Row], zone: str = VIENNA.time_zone) -> ReservationSnapshot:
    mews = FakeMews()
    mews.keep(*rows)
    link = replace(LINK, zones={VIENNA.id: zone})
    (snapshot,) = converse(translate.fetch([reservations_changed("r1")], link), mews).snapshots
    assert isinstance(snapshot, ReservationSnapshot)
    return snapshot


def nights_of(snapshot: ReservationSnapshot) -> int:
    return (snapshot.departure - snapshot.arrival).days


ONE_NIGHT, THREE_NIGHTS, DAY_USE = ("03T14:00", "04T10:00"), ("03T14:00", "06T10:00"), ("03T08:00", "03T16:00")
WITHOUT_A_BILL = {
    "as booked": (THREE_NIGHTS, "03T15:00", "06T09:00", 3),
    "clicked the next dawn": (ONE_NIGHT, "03T15:00", "05T04:30", 1),
    "found forgotten a day later": (ONE_NIGHT, "03T15:00", "05T13:00", 1),
    "found forgotten a week later": (ONE_NIGHT, "03T15:00", "11T09:00", 1),
    "clicked just after midnight": (ONE_NIGHT, "03T15:00", "03T23:10", 1),
    "paid on the eve": (ONE_NIGHT, "03T15:00", "03T20:45", 1),
    "paid early on the eve": (ONE_NIGHT, "03T15:00", "03T17:20", 1),
    "paid on the eve of three nights": (THREE_NIGHTS, "03T15:00", "05T21:00", 3),
    "left in the morning a day early": (THREE_NIGHTS, "03T15:00", "05T08:00", 2),
    "left in the afternoon a day early": (THREE_NIGHTS, "03T15:00", "05T15:00", 2),
    "left in the morning two days early": (THREE_NIGHTS, "03T15:00", "04T08:00", 1),
    "left before the first night": (ONE_NIGHT, "03T14:10", "03T15:30", 0),
    "day use": (DAY_USE, "03T08:00", "03T16:00", 0),
    "day use until late": (DAY_USE, "03T08:00", "03T21:00", 0),
    "day use, clicked the next dawn": (DAY_USE, "03T08:00", "04T04:00", 0),
    "came after midnight": (ONE_NIGHT, "04T01:30", "04T09:00", 1),
    "prepared the evening before": (ONE_NIGHT, "02T21:00", "04T09:00", 1),
    "prepared at dawn": (ONE_NIGHT, "03T03:00", "04T09:00", 1),
    "never clicked in": (ONE_NIGHT, None, "04T09:00", 1),
}


@pytest.mark.parametrize("case", WITHOUT_A_BILL)
def test_no_hour_of_a_click_makes_or_takes_a_night(case: str) -> None:
    booked, came, left, nights = WITHOUT_A_BILL[case]
    assert nights_of(told(booked, came, left)) == nights


WITH_A_BILL = {
    "as booked": (THREE_NIGHTS, "06T09:00", ("03", "04", "05"), 3),
    "clicked the next dawn": (THREE_NIGHTS, "07T04:30", ("03", "04", "05"), 3),
    "paid on the eve": (THREE_NIGHTS, "05T21:00", ("03", "04", "05"), 3),
    "left early, the rest struck": (THREE_NIGHTS, "05T08:00", ("03", "04"), 2),
    "left early, the rest struck, paid on the eve": (THREE_NIGHTS, "04T20:00", ("03", "04"), 2),
    "left early, the rest struck, clicked late": (THREE_NIGHTS, "06T09:00", ("03", "04"), 2),
    "left early, the rest charged as a penalty": (THREE_NIGHTS, "05T08:00", ("03", "04", "05"), 2),
    "stayed on, and the dates were not moved": (ONE_NIGHT, "05T09:00", ("03", "04"), 2),
    "stayed on, clicked the next dawn": (ONE_NIGHT, "06T04:00", ("03", "04"), 2),
    "paid for a longer day": (ONE_NIGHT, "04T18:30", ("03", "04"), 1),
    "day use": (DAY_USE, "03T16:00", ("03",), 0),
    "day use that became a night": (DAY_USE, "05T09:00", ("03", "04"), 2),
}


@pytest.mark.parametrize("case", WITH_A_BILL)
@pytest.mark.parametrize("begins", ["T14:00", "T08:00"])
def test_the_nights_on_the_bill_decide_but_for_a_penalty(case: str, begins: str) -> None:
    booked, left, nights, expected = WITH_A_BILL[case]
    assert nights_of(told(booked, booked[0], left, (f"{night}{begins}" for night in nights))) == expected


def test_a_night_that_was_sold_before_a_late_arrival_was_the_guests() -> None:
    late = told(THREE_NIGHTS, "04T09:00", "06T09:00", ("03T14:00", "04T14:00", "05T14:00"))
    assert (late.arrival, nights_of(late)) == (date(2026, 2, 3), 3)
    struck = told(THREE_NIGHTS, "04T09:00", "06T09:00", ("04T14:00", "05T14:00"))
    assert (struck.arrival, nights_of(struck)) == (date(2026, 2, 4), 2)


def test_what_is_struck_or_no_night_or_tells_no_night_decides_nothing() -> None:
    rows = [reservation(ScheduledStartUtc="2026-02-03T14:00Z", ScheduledEndUtc="2026-02-04T10:00Z", State="Processed")]
    rows[0] |= {"ActualStartUtc": "2026-02-03T15:00Z", "ActualEndUtc": "2026-02-05T09:00Z"}
    sold = item("i1", StartUtc="2026-02-03T14:00Z")
    others = [
        item("i2", StartUtc="2026-02-04T14:00Z", AccountingState="Canceled"),
        item("i3", StartUtc="2026-02-04T14:00Z", AccountingState="Inactive"),
        item("i4", type_="CancellationFee", StartUtc="2026-02-04T14:00Z"),
        item("i5", type_="ResourceUpgradeFee", StartUtc="2026-02-04T14:00Z"),
        item("i6", type_="ProductOrder", StartUtc="2026-02-04T14:00Z"),
    ]
    assert nights_of(fetched([*rows, customer(), sold, *others])) == 1
    assert nights_of(fetched([*rows, customer(), sold, item("i7", StartUtc=None)])) == 1


def test_before_the_guest_has_left_dates_are_those_that_are_booked() -> None:
    lines = ("03T14:00", "04T14:00", "05T14:00", "06T14:00")
    in_house = told(THREE_NIGHTS, "03T15:00", None, lines)
    assert (in_house.arrival, in_house.departure) == (date(2026, 2, 3), date(2026, 2, 6))


@pytest.mark.parametrize(
    ("zone", "booked", "left"),
    [
        ("Pacific/Auckland", ("03T02:00", "03T21:00"), "04T15:30"),  # 15:00 on the 3rd to 10:00; clicked at 04:30
        ("Pacific/Auckland", ("03T02:00", "03T21:00"), "03T08:30"),  # clicked at 21:30
        ("America/Chicago", ("03T21:00", "04T17:00"), "05T11:00"),  # 15:00 to 11:00; clicked at 05:00
        ("America/Chicago", ("03T21:00", "04T17:00"), "04T03:00"),  # clicked at 21:00
    ],
)
def test_the_hour_is_the_hotels_own(zone: str, booked: tuple[str, str], left: str) -> None:
    assert nights_of(told(booked, booked[0], left, zone=zone)) == 1


@pytest.mark.parametrize("left", ["04T22:10", "05T04:30", "05T11:00", "08T04:00"])
def test_a_click_makes_the_next_stay_nobody_elses(left: str) -> None:
    """A room that overlaps the one before it under one guest's name is an unnamed occupant's, without points."""
    booked = [("03T14:00", "05T10:00"), ("05T14:00", "07T10:00")]
    told_of = [told(booked[0], "03T15:00", left), told(booked[1], "05T14:30", "07T09:00")]
    stays = [stay(f"r{at_}", each.arrival.isoformat(), each.departure.isoformat()) for at_, each in enumerate(told_of)]
    assert len(own_stays(stays)) == 2
    assert (stats_of(stays).nights, stats_of(stays).room_revenue) == (4, {"EUR": 40000})
    assert all(one.departure <= other.arrival for one, other in pairwise(stays))
