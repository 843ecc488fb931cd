"""How somebody stays is told from the completed stays that are the person's own, and from nothing else."""

from datetime import date, timedelta
from typing import Any

from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.guests.habits import Counted, habits_of, party_of
from chalicelib.guests.model import Stay
from tests.builders import stay

FRIDAY = date(2026, 1, 2)


def told(number: int, nights: int = 2, status: Status = Status.CHECKED_OUT, **fields: Any) -> Stay:
    arrival = FRIDAY + timedelta(weeks=number)
    made = stay(f"r{number}", arrival.isoformat(), (arrival + timedelta(days=nights)).isoformat(), status=status)
    return made.model_copy(update={"channel": Channel.DIRECT, **fields})


def test_nobody_has_habits_without_a_completed_stay() -> None:
    found = habits_of([[told(1, status=Status.CANCELLED), told(2, status=Status.CONFIRMED)], []])
    assert (found.stays, found.nights_per_stay, found.lead_days, found.discounted_percent) == (0, None, None, None)
    assert (found.properties, found.channels, found.parties, found.arrival_weekdays) == ((), (), (), ())


def test_what_is_most_frequent_comes_first_and_of_equals_the_first_by_name() -> None:
    rooms = ["DBL", "DBL", "SGL", "APP", None]
    found = habits_of([[told(number, room_type=room) for number, room in enumerate(rooms)]])
    assert found.room_types == (Counted("DBL", 2), Counted("APP", 1), Counted("SGL", 1))
    assert found.channels == (Counted("direct", 5),)
    assert found.arrival_weekdays == (Counted("friday", 5),)


def test_all_records_of_a_guest_count_and_rooms_that_touch_are_one_stay() -> None:
    first, second = told(1, nights=7), told(2, nights=7)
    assert habits_of([[first], [second]]).stays == 2
    joined = habits_of([[first, second]])
    assert (joined.stays, joined.nights_per_stay) == (1, 14)


def test_how_long_ahead_is_the_middle_one_of_those_that_say_when_they_were_booked() -> None:
    days = [3, 400, 21, None]
    stays = [
        each.model_copy(update={"booked_on": each.arrival - timedelta(days=ahead) if ahead else None})
        for each, ahead in zip(map(told, range(4)), days, strict=True)
    ]
    after = told(5)
    stays.append(after.model_copy(update={"booked_on": after.arrival + timedelta(days=1)}))
    assert habits_of([stays]).lead_days == 21


def test_the_share_of_stays_with_a_promotion_is_of_all_stays() -> None:
    found = habits_of([[told(1, promotion_code="SPRING"), told(2), told(3)]])
    assert found.discounted_percent == 33


def test_who_travels_together_follows_from_adults_and_children() -> None:
    parties = [(1, 0), (2, None), (2, 0), (3, 0), (1, 1), (2, 2), (None, None), (None, 1), (0, 0)]
    assert [party_of(told(1, adults=adults, children=children)) for adults, children in parties] == [
        "alone", "couple", "couple", "group", "family", "family", None, "family", None,
    ]  # fmt: skip
