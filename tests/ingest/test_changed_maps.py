"""A connection's map says which property a vendor's hotel is: when it changes, stays move, and none is there twice."""

from collections.abc import Mapping
from itertools import permutations

import pytest

from chalicelib.aws import keys, table
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import PropertyId, leaf_of_profile
from chalicelib.connections import actions as connections
from chalicelib.connections.rules import names_of_hotels
from chalicelib.guests import board
from chalicelib.guests import store as guests
from chalicelib.guests.model import Stay
from chalicelib.ingest import actions
from chalicelib.loyalty import actions as loyalty
from chalicelib.loyalty import programs
from chalicelib.loyalty import store as ledgers
from chalicelib.properties import store as properties
from tests.builders import DAY_ONE, EUR_PROGRAM, PORTO, VIENNA
from tests.fake_mews import ENTERPRISE, FakeMews, Row, connection, customer, item, notice, reservation
from tests.found import guests_with
from tests.ids import CLUB
from tests.ingest.test_fetching import SOURCE, messages

OTHER = "e-porto"
TO_VIENNA, TO_PORTO = {ENTERPRISE: VIENNA.id}, {ENTERPRISE: PORTO.id}


@pytest.fixture
def left(mews: FakeMews) -> FakeMews:
    """A guest has left: two nights, 200 euros."""
    properties.put(PORTO)
    mews.keep(
        reservation(State="Processed", ActualStartUtc="2026-02-01T15:00Z", ActualEndUtc="2026-02-03T09:00Z"),
        customer(),
        item(),
    )
    return mews


def mapped(hotels: Mapping[str, PropertyId]) -> None:
    connections.put(connection(properties=dict(hotels), secrets=(), credentials={}))


def told(*ids: str, enterprise: str = ENTERPRISE) -> None:
    named: list[Row] = [notice(("ServiceOrderUpdated", each), enterprise=enterprise) for each in ids or ("r1",)]
    assert actions.fetch_notices(messages(*named)) == {}


def stays() -> list[Stay]:
    return guests.stays(leaf_of_profile(SOURCE, "c1"))


def where() -> list[tuple[str, int]]:
    return [(each.property_id, each.nights) for each in stays()]


def test_a_stay_moves_with_the_next_notice_and_counts_once(left: FakeMews) -> None:
    told()
    mapped(TO_PORTO)
    told()
    assert where() == [(PORTO.id, 2)]
    (guest,) = guests_with("email", "c1@mail.example")
    stats = guest.traits.stats
    assert (stats.stays, stats.nights, stats.reservations) == (1, 2, 1)
    assert (stats.room_revenue, stats.properties) == ({"EUR": 20000}, (PORTO.id,))


def test_points_are_given_once_however_often_the_map_changes(left: FakeMews, facts: list[Fact]) -> None:
    programs.keep(EUR_PROGRAM, DAY_ONE.date())
    for hotels in (TO_VIENNA, TO_PORTO, TO_VIENNA, TO_PORTO):
        mapped(hotels)
        facts.clear()
        told()
        assert {fact.property_id for fact in facts} == {hotels[ENTERPRISE]}
        for fact in [each for each in facts if each.type == "StayCompleted"]:
            loyalty.award_points({"detail": {**fact.model_dump(mode="json"), "fact_id": fact.fact_id}})
    assert [entry.points for entry in ledgers.entries(leaf_of_profile(SOURCE, "c1"), CLUB)] == [2000]


def test_the_boards_follow(left: FakeMews) -> None:
    left.keep(reservation("r2", "c1", ScheduledStartUtc="2026-03-01T14:00Z", ScheduledEndUtc="2026-03-03T10:00Z"))
    told("r2")
    mapped(TO_PORTO)
    told("r2")
    day = stays()[0].arrival
    assert [*board.arrivals(VIENNA.id, day)] == []
    assert [each.property_id for each in board.arrivals(PORTO.id, day)] == [PORTO.id]


@pytest.mark.parametrize("order", list(permutations((TO_VIENNA, TO_PORTO, TO_VIENNA))), ids=str)
def test_where_a_stay_lies_is_what_the_last_map_said_in_any_order(
    left: FakeMews, order: tuple[Mapping[str, PropertyId], ...]
) -> None:
    for hotels in order:
        mapped(hotels)
        told()
        told()
    assert where() == [(order[-1][ENTERPRISE], 2)]


def test_two_hotels_that_change_places_take_their_stays_along(left: FakeMews) -> None:
    mapped({ENTERPRISE: VIENNA.id, OTHER: PORTO.id})
    left.keep(reservation("r2", ScheduledStartUtc="2026-03-01T14:00Z", ScheduledEndUtc="2026-03-02T10:00Z"))
    told("r1")
    told("r2", enterprise=OTHER)
    assert where() == [(VIENNA.id, 2), (PORTO.id, 1)]
    mapped({ENTERPRISE: PORTO.id, OTHER: VIENNA.id})
    told("r1")
    told("r2", enterprise=OTHER)
    assert where() == [(PORTO.id, 2), (VIENNA.id, 1)]


def test_a_hotel_that_left_the_map_and_a_connection_that_was_deleted_are_known_again(left: FakeMews) -> None:
    told()
    mapped({OTHER: VIENNA.id})
    mapped(TO_PORTO)
    told()
    assert where() == [(PORTO.id, 2)]
    connections.delete(SOURCE)
    connections.put(connection(properties=TO_VIENNA))
    told()
    assert where() == [(VIENNA.id, 2)]


def test_a_connection_that_was_kept_before_hotels_had_names_moves_its_stays_all_the_same(left: FakeMews) -> None:
    for key in (keys.connection(SOURCE), keys.connection_reach(SOURCE)):
        row = table.get(key)
        assert row
        table.write(table.Put({name: value for name, value in row.items() if name != "known_as"}))
    told()
    mapped(TO_PORTO)
    told()
    assert where() == [(PORTO.id, 2)]


def test_two_hotels_that_share_a_property_share_no_reservations(left: FakeMews) -> None:
    """A vendor may count its reservations hotel by hotel."""
    mapped({ENTERPRISE: VIENNA.id, OTHER: VIENNA.id})
    told("r1")
    told("r1", enterprise=OTHER)
    assert len(stays()) == 2


NAMED = [
    ({"a": "x"}, {}, {"a": "x"}),
    ({"a": "y"}, {"a": "x"}, {"a": "x"}),
    ({"a": "y", "b": "x"}, {"a": "x"}, {"a": "x", "b": "b"}),
    ({"b": "x"}, {"a": "x"}, {"a": "x", "b": "b"}),
    ({"a": "x", "b": "x"}, {}, {"a": "x", "b": "b"}),
    ({"a": "x", "b": "x"}, {"a": "x", "b": "x"}, {"a": "x", "b": "x"}),
    ({}, {"a": "x"}, {"a": "x"}),
]


@pytest.mark.parametrize(("hotels", "before", "names"), NAMED)
def test_a_hotel_keeps_its_first_name_and_nobody_else_gets_it(
    hotels: dict[str, str], before: dict[str, str], names: dict[str, str]
) -> None:
    assert names_of_hotels(hotels, before) == names
    assert names_of_hotels(hotels, names) == names
