"""Who is under age: their contact data is not kept, nobody advertises to them, and nothing is earned. Pure."""

from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.canonical.details import AgeCategory
from chalicelib.canonical.ids import PropertyId
from chalicelib.guests.stats import Days
from chalicelib.identity.birthdays import birthday_in

FULL_AGE = 18
"""Years."""
LATEST_ZONE = timedelta(hours=12)
"""Nowhere is it an earlier day than there."""
YOUNG = frozenset({AgeCategory.INFANT, AgeCategory.CHILD, AgeCategory.TEENAGER})


class Aged(Protocol):
    """A guest's traits, or a record."""

    @property
    def birth_date(self) -> date | None: ...

    @property
    def age_category(self) -> AgeCategory | None: ...


def is_minor(known: Aged, today: date) -> bool:
    """By the day of birth; only who has none is as young as a source counts them, which was so at some stay before."""
    if known.birth_date is None:
        return known.age_category in YOUNG
    return today < of_age_on(known.birth_date)


def earns_from(known: Aged) -> date | None:
    """The first day on which a stay may end that is not a child's; None where no day is known of who is under age."""
    if known.birth_date is None:
        return None if known.age_category in YOUNG else date.min
    return of_age_on(known.birth_date)


def first_day(moment: datetime) -> date:
    """The first of the days that it is anywhere at an instant: who is of age then is so everywhere."""
    return (moment - LATEST_ZONE).date()


def of_age_on(born: date) -> date:
    return birthday_in(born.year + FULL_AGE, born)


def youngest_of_age(today: date) -> date:
    """The last day of birth of who is of age."""
    year = today.year - FULL_AGE
    try:
        return today.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def day_for(hotel: PropertyId | None, days: Days) -> date:
    """The day at a hotel; for the group the first of those that it is anywhere: nobody is of age too early."""
    return days.of(hotel) if hotel else days.first
