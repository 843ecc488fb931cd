"""What a date of birth can say of two records. Pure."""

from datetime import date

OLDEST = 120
"""Years: who would be older has a date that somebody typed because the field must not be empty."""
BirthDay = tuple[int, int, int]
"""Year, and day and month in whatever order: many write them the other way round."""


def is_likely(birth_date: date, told_on: date) -> bool:
    """Whether somebody can be born then, of whom it is told on a day: neither in 1900, nor tomorrow."""
    return birth_date <= told_on and told_on.year - birth_date.year <= OLDEST


def birthday_in(year: int, born: date) -> date:
    """Of who was born on the 29th of February the 1st of March where the year has no such day."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def birth_day(birth_date: date | None) -> BirthDay | None:
    """What tells two people apart. None for the first of January, of whatever year: where only a year is known, or
    nothing, it stands for that."""
    if birth_date is None or (birth_date.month, birth_date.day) == (1, 1):
        return None
    lesser, greater = sorted((birth_date.month, birth_date.day))
    return birth_date.year, lesser, greater
