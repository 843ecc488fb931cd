"""Of who is under age nothing is kept by which they are reached, told from others, or made a member."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.ingest.changes import change_of
from chalicelib.profiles.model import Person
from tests import tables
from tests.builders import VIENNA, at, guest, reservation
from tests.ids import PMS
from tests.profiles.telling import digest, store

REACHED: dict[str, Any] = {
    "email": "kim@mail.example", "phone": "+43 660 1234567", "address": {"street": "Ring 1", "city": "Wien"},
    "member_number": "M-77", "marketing_email": True, "preferences": {"pillow": ["soft"]},
}  # fmt: skip
NAMED = {"given_name", "family_name", "birth_date", "age_category", "source", "source_id"}


def person(moment: datetime | None = None, **fields: Any) -> Person:
    change = change_of(read(guest(**(REACHED | fields))), PMS, {VIENNA.id: VIENNA}, digest, moment=moment)
    assert change
    return change.people[0]


@pytest.mark.parametrize("young", [{"birth_date": "2015-03-02"}, {"age_category": "child"}])
def test_only_who_they_are_and_how_old_is_kept_of_a_child(young: dict[str, str]) -> None:
    kept = person(None, property_id=VIENNA.id, **young)
    assert not kept.identifiers
    assert {name for name, value in kept.record if value} <= NAMED
    assert kept.leaf == person().leaf


@pytest.mark.parametrize(
    ("moment", "hotel", "is_kept"),
    [
        (datetime(2026, 3, 1, 22, 59, tzinfo=UTC), VIENNA.id, False),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), VIENNA.id, True),
        (datetime(2026, 3, 2, 11, 59, tzinfo=UTC), None, False),
        (datetime(2026, 3, 2, 12, 0, tzinfo=UTC), None, True),
    ],
)
def test_who_comes_of_age_at_the_hotel_or_else_everywhere_begins_with_the_next_news(
    moment: datetime, hotel: str | None, is_kept: bool
) -> None:
    told = person(moment, birth_date="2008-03-02", property_id=hotel)
    assert bool(told.record.email) is bool(told.identifiers) is is_kept


def test_a_grown_up_s_category_of_some_stay_before_takes_nothing_away() -> None:
    assert person(birth_date="1990-01-01", age_category="child").record.email


def test_a_birthday_that_comes_later_takes_away_what_was_kept_and_another_brings_it_back(aws: Settings) -> None:
    words = [
        reservation("r1", guest(**REACHED), status="checked_out"),
        guest(**REACHED, birth_date="2015-03-02", changed_at=at(1)),
        guest(**REACHED, birth_date="1985-03-02", changed_at=at(2)),
    ]
    leaf = leaf_of_profile(PMS, "g1")
    for order in permutations(words[:2]):
        tables.empty()
        store(order)
        found = guests.guest(leaf)
        assert found
        assert (found.traits.email, found.traits.phone, found.traits.member) == (None, None, False)
    for order in permutations(words):
        tables.empty()
        store(order)
        found = guests.guest(leaf)
        assert found
        assert (found.traits.email, found.traits.member) == ("kim@mail.example", True)


def test_two_children_at_one_address_are_not_joined_by_it(aws: Settings) -> None:
    young = REACHED | {"birth_date": "2015-03-02"}
    store([guest("g1", **young), guest("g2", **young | {"preferences": None, "member_number": None})])
    assert all((found := guests.guest(leaf_of_profile(PMS, each))) and not found.others for each in ("g1", "g2"))
