"""What to say to a guest at the desk, and whether their birthday falls into a stay. Pure."""

from datetime import date

from chalicelib.guests.model import Traits
from chalicelib.identity.birthdays import birth_day, birthday_in, is_likely

FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})
"""ISO 639-1: who speaks these is called by the family name first."""
BY_GIVEN_NAME = frozenset({"am", "is"})
"""What stands behind the given name is the father's: also with a title somebody is called by the given name."""


def name_to_use(traits: Traits) -> str | None:
    """`Dr Lee` of whom a source gives a title; without one the whole name, in the order of the guest's language."""
    given, family, spoken = traits.given_name, traits.family_name, (traits.language or "").lower()[:2]
    if traits.salutation:
        name = (given or family) if spoken in BY_GIVEN_NAME else (family or given)
        return f"{traits.salutation} {name}" if name else None
    in_order = (family, given) if spoken in FAMILY_FIRST else (given, family)
    return " ".join(name for name in in_order if name) or None


def birthday_within(born: date | None, first: date, last: date) -> date | None:
    """The first birthday from one day to another, both included. None also for the first of January, which stands for
    a year alone, and for a day that nobody alive was born on."""
    if born is None or birth_day(born) is None or not is_likely(born, first):
        return None
    birthdays = (birthday_in(year, born) for year in range(first.year, last.year + 1))
    return next((day for day in birthdays if first <= day <= last), None)
