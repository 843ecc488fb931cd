"""The boards of a property: who arrives on a date, and who leaves."""

from datetime import date
from itertools import islice
from typing import Any

import pytest

from chalicelib.aws import indexes, keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, PropertyId, leaf_of_profile, reservation_id
from chalicelib.guests import board
from chalicelib.ingest.actions import ingest_notices
from chalicelib.properties import store as properties
from tests.builders import PORTO, VIENNA, at, guest, notice, reservation

API = ConnectionId("api")

FIRST, THIRD = date(2026, 2, 1), date(2026, 2, 3)


@pytest.fixture(autouse=True)
def hotels(aws: Settings, facts: list[Fact]) -> None:
    properties.put(VIENNA)
    properties.put(PORTO)


def booked(number: int = 1, minute: int = 0, **fields: Any) -> None:
    told = reservation(f"r{number}", guest(f"g{number}"), changed_at=at(minute), **fields)
    assert ingest_notices([notice(told)]) == {}


def id_of(number: int, property_id: PropertyId = VIENNA.id) -> str:
    return reservation_id(API, property_id, f"r{number}", 0)


def on_boards(arrival: date = FIRST, departure: date = THIRD, property_id: PropertyId = VIENNA.id) -> tuple[int, int]:
    return len([*board.arrivals(property_id, arrival)]), len([*board.departures(property_id, departure)])


def test_a_board_shows_the_room_the_hour_and_whose_it_is() -> None:
    booked(room_number="101", room_type="DBL", arrival_time="15:30", adults=2, children=1)
    (line,) = board.arrivals(VIENNA.id, FIRST)
    assert (line.leaf, line.reservation) == (leaf_of_profile(API, "g1"), id_of(1))
    assert (line.room_number, line.room_type, line.arrival_time, line.adults, line.children) == (
        "101",
        "DBL",
        "15:30",
        2,
        1,
    )
    assert (line.status, line.arrival, line.departure) == ("confirmed", FIRST, THIRD)
    assert [*board.departures(VIENNA.id, THIRD)] == [line]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("inquiry", (0, 0)),
        ("pending", (1, 1)),
        ("confirmed", (1, 1)),
        ("in_house", (1, 1)),
        ("checked_out", (0, 1)),
        ("cancelled", (0, 0)),
        ("no_show", (0, 0)),
        ("unknown", (0, 0)),
    ],
)
def test_who_has_left_is_no_arrival_and_who_does_not_come_is_on_no_board(status: str, shown: tuple[int, int]) -> None:
    booked()
    booked(minute=1, status=status)
    assert on_boards() == shown


def test_a_reservation_that_moves_is_on_the_boards_of_its_new_dates_only() -> None:
    booked()
    booked(minute=1, arrival="2026-02-02", departure="2026-03-01")
    assert on_boards() == (0, 0)
    assert on_boards(date(2026, 2, 2), date(2026, 3, 1)) == (1, 1)


def test_a_reservation_whose_guest_changes_is_on_the_board_once() -> None:
    booked()
    told = reservation("r1", guest("g2", "Bo", "Ray"), changed_at=at(1))
    assert ingest_notices([notice(told)]) == {}
    assert [line.leaf for line in board.arrivals(VIENNA.id, FIRST)] == [leaf_of_profile(API, "g2")]


def test_a_property_sees_its_own_board() -> None:
    booked(1)
    booked(2, property_id=PORTO.id)
    assert [line.reservation for line in board.arrivals(VIENNA.id, FIRST)] == [id_of(1)]
    assert [line.reservation for line in board.departures(PORTO.id, THIRD)] == [id_of(2, PORTO.id)]


def test_a_board_comes_in_pages() -> None:
    for number in range(5):
        booked(number)
    first = [*islice(board.arrivals(VIENNA.id, FIRST, at_once=3), 3)]
    rest = [*board.arrivals(VIENNA.id, FIRST, at_once=3, after=first[-1].reservation)]
    assert [line.reservation for line in (*first, *rest)] == sorted(id_of(number) for number in range(5))
    assert (len(first), len(rest)) == (3, 2)


def test_an_index_holds_what_a_board_shows_and_nothing_else() -> None:
    booked(cancel_reason="none", promotion_code="SECRET")
    (entry,) = table.query_index(indexes.INDEX_1, keys.arrivals(VIENNA.id, FIRST))
    assert set(entry) == {"pk", "sk", "pk1", "sk1", "projected"}
    assert "SECRET" not in str(entry)
    assert "20000" not in str(entry)
