"""What stays earn. Pure: the same stays and programme always come to the same points."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from chalicelib.canonical.money import to_major
from chalicelib.canonical.snapshots import Status
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import own_stays
from chalicelib.loyalty.model import Account, Program, Reason, Terms


class Award(NamedTuple):
    points: int
    reason: Reason


def awards(stays: Sequence[Stay], program: Program, earns_from: date | None) -> dict[str, Award]:
    """What each reservation of one leaf should have earned by now; `earns_from` is None for who is no member.

    One earner a room, the primary guest; rooms of unnamed occupants earn nobody anything.
    """
    own = {stay.reservation for stay in own_stays(stays)}
    return {stay.reservation: _award(stay, program, earns_from, own=stay.reservation in own) for stay in stays}


def _award(stay: Stay, program: Program, earns_from: date | None, *, own: bool) -> Award:
    if stay.status is not Status.CHECKED_OUT:
        return Award(0, Reason.NOT_COMPLETED)
    if not own:
        return Award(0, Reason.UNNAMED_OCCUPANT)
    if earns_from is None:
        return Award(0, Reason.NOT_ENROLLED)
    terms = program.terms_at(stay.departure)
    if terms is None or stay.departure < max(earns_from, program.starts_on):
        return Award(0, Reason.BEFORE_START)
    if stay.channel in terms.excluded_channels:
        return Award(0, Reason.CHANNEL_EXCLUDED)
    return _by_revenue(stay, terms)


def _by_revenue(stay: Stay, terms: Terms) -> Award:
    if not stay.currency or stay.room_revenue_minor <= 0:
        return Award(0, Reason.NO_ROOM_REVENUE)
    if stay.eligible_room_minor <= 0:
        return Award(0, Reason.NOT_OWN_FOLIO)
    rate = terms.points_per_unit.get(stay.currency)
    if rate is None:
        return Award(0, Reason.NO_RATE)
    points = points_for(stay.eligible_room_minor, stay.currency, rate)
    return Award(points, Reason.EARNED if points else Reason.ROUNDS_TO_ZERO)


def points_for(revenue_minor: int, currency: str, rate: str) -> int:
    """Eligible room revenue in major units times the rate, half to even: rounding favours nobody in the long run."""
    exact = to_major(revenue_minor, currency) * Decimal(rate)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def earns_from(
    accounts: Iterable[Account], program: Program, stays: Sequence[Stay], *, has_number: bool
) -> date | None:
    """The first departure that earns; None for who is no member.

    Enrolled by hand: from the day agreed. By a number of the source: from the programme's start. By a stay under terms
    that enrol by themselves: from the start of those terms.
    """
    starts = [account.earns_from or program.starts_on for account in accounts if account.enrolled_at]
    if has_number:
        starts.append(program.starts_on)
    terms = [program.terms_at(stay.departure) for stay in own_stays(stays)]
    starts += [each.effective_from or program.starts_on for each in terms if each and each.auto_enrol]
    return min(starts, default=None)


def is_changed(award: Award, given: Award | None) -> bool:
    """Whether the ledger has something to say; who never was given anything, and need not be, is passed over."""
    if given is None:
        return award.reason not in {Reason.NOT_COMPLETED, Reason.NOT_ENROLLED}
    return award != given
