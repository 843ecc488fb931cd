"""Who is under age: nobody advertises to them, and nobody enrols them. Pure."""

from datetime import date, datetime, timedelta

from chalicelib.canonical.details import AgeCategory
from chalicelib.canonical.ids import PropertyId
from chalicelib.guests.model import Traits
from chalicelib.guests.stats import Days

FULL_AGE = 18
"""Years."""
LATEST_ZONE = timedelta(hours=12)
"""Nowhere is it an earlier day than there."""
YOUNG = frozenset({AgeCategory.INFANT, AgeCategory.CHILD, AgeCategory.TEENAGER})


def is_minor(traits: Traits, today: date) -> bool:
    """By the day of birth; only who has none is as young as a source counts them, which was so at some stay before."""
    if traits.birth_date is None:
        return traits.age_category in YOUNG
    return today < of_age_on(traits.birth_date)


def first_day(moment: datetime) -> date:
    """The first of the days that it is anywhere at an instant: who is of age then is so everywhere."""
    return (moment - LATEST_ZONE).date()


def of_age_on(born: date) -> date:
    """The birthday; of who was born on the 29th of February the 1st of March where the year has no such day."""
    year = born.year + FULL_AGE
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


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
