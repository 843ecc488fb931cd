"""Who is under age, by plain values."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.details import AgeCategory
from chalicelib.canonical.ids import PropertyId
from chalicelib.guests.minors import day_for, is_minor, youngest_of_age
from chalicelib.guests.model import Traits
from chalicelib.guests.stats import Days


@pytest.mark.parametrize(
    ("born", "today", "minor"),
    [
        (date(2008, 3, 2), date(2026, 3, 1), True),
        (date(2008, 3, 2), date(2026, 3, 2), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_who_is_18_today_is_of_age(born: date, today: date, minor: bool) -> None:
    assert is_minor(Traits(birth_date=born), today) is minor


@pytest.mark.parametrize("category", AgeCategory)
def test_without_a_day_of_birth_the_source_s_category_tells(category: AgeCategory) -> None:
    young = category in {"infant", "child", "teenager"}
    assert is_minor(Traits(age_category=category), date(2026, 1, 1)) is young


def test_a_day_of_birth_tells_more_than_a_category_of_some_stay_before() -> None:
    grown_up = Traits(birth_date=date(2000, 1, 1), age_category=AgeCategory.CHILD)
    assert not is_minor(grown_up, date(2026, 1, 1))
    assert is_minor(Traits(birth_date=date(2015, 1, 1), age_category=AgeCategory.ADULT), date(2026, 1, 1))


def test_of_whom_nothing_is_known_is_not_taken_for_a_child() -> None:
    assert not is_minor(Traits(), date(2026, 1, 1))


def test_it_goes_by_the_day_at_the_hotel_and_for_the_group_by_the_first_of_all() -> None:
    west = PropertyId("west")
    days = Days(date(2026, 3, 2), {west: date(2026, 3, 1)})
    assert (day_for(west, days), day_for(PropertyId("east"), days)) == (date(2026, 3, 1), date(2026, 3, 2))
    assert day_for(None, days) == date(2026, 3, 1)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(-2, 2))
def test_whoever_is_born_by_a_day_is_of_age_and_nobody_who_is_born_later(today: date, apart: int) -> None:
    born = youngest_of_age(today) + timedelta(days=apart)
    assert is_minor(Traits(birth_date=born), today) is (apart > 0)
