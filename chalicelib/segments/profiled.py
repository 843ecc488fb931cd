"""Of whom a segment may be asked: who is not to be profiled is in none but by facts of the booking itself. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from chalicelib.guests import minors
from chalicelib.guests.kinds import UNPROFILED, Unprofiled
from chalicelib.guests.model import Traits
from chalicelib.guests.stats import Days
from chalicelib.segments.model import Rule
from chalicelib.segments.rules import conditions, matches, question_of

OF_THE_BOOKING = frozenset({
    "stats.next_arrival", "stats.in_house", "stats.upcoming_bookings", "stats.upcoming_nights", "language", "email",
    "phone",
})  # fmt: skip
"""What a stay that is ahead or under way says of itself, and how its guest is reached. What somebody did before, where
they live and how old they are is a profile."""
RESTRICTED = "r"
"""As the head says it."""
Why = Unprofiled | Literal["minor"]
"""Why somebody is not to be profiled; a MINOR is not either."""


def belongs(rule: Rule, traits: Traits, days: Days) -> bool:
    """Whether a guest is in a segment: its rule holds, and may be asked of them."""
    return is_asked(rule, why_unprofiled(traits, days)) and matches(rule, traits, days)


def why_unprofiled(traits: Traits, days: Days) -> Why | None:
    if traits.unprofiled:
        return traits.unprofiled
    return "minor" if minors.is_minor(traits, days.first) else None


def is_asked(rule: Rule, why: Why | None) -> bool:
    """Nothing is asked of who is restricted: their data is only kept."""
    return why is None or (why != "restricted" and is_of_the_booking(rule))


def is_of_the_booking(rule: Rule) -> bool:
    """Whether a rule asks for nothing else."""
    return all(".".join(question_of(each.trait).path) in OF_THE_BOOKING for each in conditions(rule))


def packed_check(rule: Rule, days: Days) -> Callable[[Mapping[str, Any]], bool]:
    """`is_asked` of the traits as they lie on the head, taken apart once."""
    for_objectors, for_minors = is_asked(rule, "objected"), is_asked(rule, "minor")
    of_age = minors.youngest_of_age(days.first).isoformat()

    def check(known: Mapping[str, Any]) -> bool:
        if why := known.get(UNPROFILED):
            return for_objectors and why != RESTRICTED
        born = known.get("birth_date")
        is_minor = born > of_age if born else known.get("age_category") in minors.YOUNG
        return for_minors or not is_minor

    return check
