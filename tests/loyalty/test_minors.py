"""A child's stays earn nothing, also when the child has grown up, whenever the birthday is told and in any order."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.loyalty import programs
from chalicelib.profiles import actions as profiles
from tests.builders import DAY_ONE, EUR_PROGRAM, VIENNA, at, claimed, guest
from tests.loyalty.hotels import BY_HAND, G1, Hotel, checked_out

FIRST = checked_out(1, departure="2026-02-03")
LATER = {**checked_out(2, arrival="2026-03-01", departure="2026-03-04"), "source_id": "r2"}
LAST = {**checked_out(3, arrival="2026-04-01", departure="2026-04-02"), "source_id": "r3"}


def total(hotel: Hotel) -> dict[str, int]:
    return {leaf: sum(points) for leaf, points in hotel.points().items() if sum(points)}


def tell(hotel: Hotel, *snapshots: dict[str, Any]) -> None:
    """And deliver what that alone announces."""
    known = len(hotel.facts)
    hotel.tell(*snapshots)
    hotel.deliver(hotel.facts[known:])


def born(day: str, minute: int) -> dict[str, Any]:
    return guest(birth_date=day, property_id=VIENNA.id, changed_at=at(minute))


@pytest.mark.parametrize(
    ("birthdays", "points"),
    [
        ([], 3000),
        (["2008-03-04"], 2000),
        (["2008-03-05"], 1000),
        (["2015-01-01"], 0),
        (["2015-01-01", "1985-01-01"], 3000),
        (["1985-01-01", "2008-03-04"], 2000),
    ],
)
def test_what_is_earned_follows_from_the_day_of_birth_that_is_known_at_last(
    monkeypatch: pytest.MonkeyPatch, birthdays: list[str], points: int
) -> None:
    news = [FIRST, LATER, LAST, *(born(day, 10 + number) for number, day in enumerate(birthdays))]
    for order in permutations(news):
        hotel = Hotel(monkeypatch)
        for each in order:
            tell(hotel, each)
        assert sum(total(hotel).values()) == points, order
        assert all(account.balance >= 0 for account in hotel.accounts().values())
        hotel.deliver(hotel.facts[::-1])
        assert sum(total(hotel).values()) == points


def test_a_programme_that_enrols_by_itself_and_a_number_of_the_source_make_no_member_of_a_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for program in (None, BY_HAND):
        hotel = Hotel(monkeypatch, program) if program else Hotel(monkeypatch)
        young = guest(birth_date="2015-01-01", member_number="M-1", property_id=VIENNA.id)
        hotel.tell(young, checked_out(1, primary=young))
        hotel.deliver()
        assert hotel.accounts() == {}
        found = guests.guest(G1)
        assert found
        assert found.traits.member is False


def test_a_category_alone_earns_nothing_as_long_as_it_stands(hotel: Hotel) -> None:
    tell(hotel, FIRST, guest(age_category="child", property_id=VIENNA.id, changed_at=at(5)))
    assert total(hotel) == {}
    tell(hotel, guest(age_category="adult", property_id=VIENNA.id, changed_at=at(6)))
    assert total(hotel) == {G1: 1000}


def test_of_two_records_of_one_person_the_day_that_either_tells_holds_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = {"email": "anna@mail.example"}
    first = checked_out(1, primary=guest(**mail))
    other = guest("g2", **mail, property_id=VIENNA.id)
    for birthday, points in [("2008-03-02", 0), ("1990-03-02", 1000)]:
        hotel = Hotel(monkeypatch)
        tell(hotel, first, other)
        assert sum(total(hotel).values()) == 1000
        tell(hotel, {**other, "birth_date": birthday, "changed_at": "2026-03-10T09:00:00Z"})
        assert sum(total(hotel).values()) == points


def test_a_hotel_s_claim_that_somebody_is_a_child_takes_no_points_of_the_group_s_guest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = {"email": "anna@mail.example"}
    hotel = Hotel(monkeypatch)
    claim = claimed(VIENNA.id, guest("x1", **mail, birth_date="2008-03-02", changed_at="2026-03-10T09:00:00Z"))
    hotel.tell(checked_out(1, primary=guest(**mail)))
    said = {name: value for name, value in claim.items() if name != "source"}
    change = change_of(read(said), claim["source"], {VIENNA.id: VIENNA}, digest)
    assert change
    assert profiles.store_changes([change]) == {}
    hotel.deliver()
    found = guests.guest(G1)
    assert found
    assert len(found.members) == 2
    assert sum(total(hotel).values()) == 1000


def test_a_child_s_stay_stands_in_no_ledger_beside_those_of_the_grown_up(hotel: Hotel) -> None:
    tell(hotel, born("2008-03-04", 5), FIRST, LATER, LAST)
    assert list(hotel.points().values()) == [[1000, 1000]]


def test_a_child_s_stay_under_terms_that_enrol_by_themselves_makes_nobody_a_member_later(hotel: Hotel) -> None:
    by_hand = {"auto_enrol": False, "effective_from": date(2026, 3, 1)}
    programs.keep(EUR_PROGRAM.model_copy(update=by_hand), DAY_ONE.date())
    tell(hotel, born("2008-03-01", 5), FIRST, LATER, LAST)
    assert total(hotel) == {}
