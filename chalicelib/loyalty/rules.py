"""What stays earn, which terms hold, and which accounts give. Pure: the same state always comes to the same points."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import Leaf, ReservationId
from chalicelib.canonical.money import to_major
from chalicelib.canonical.snapshots import Status
from chalicelib.guests.enrolments import Earning, periods
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.rules import own_stays
from chalicelib.loyalty.model import Account, Program, Reason, Terms
from chalicelib.properties.world import currency_fault

MOST_EARLIER = 50
"""Earlier terms of a programme: stays are priced by them for good, and all of them are one row."""


class NotEnough(Conflict):
    """The membership holds fewer points than were asked for; how many it holds is not told."""

    title = "Not enough points"


class Award(NamedTuple):
    points: int
    reason: Reason


def awards(stays: Sequence[Stay], program: Program, earns_from: date | None) -> dict[ReservationId, Award]:
    """What each reservation of one leaf should have earned by now; `earns_from` is None for who is no member.

    One earner a room, the primary guest; rooms of unnamed occupants earn nobody anything.
    """
    own, earning = {stay.reservation for stay in own_stays(stays)}, tuple(periods(earns_from))
    return {stay.reservation: award(stay, program, earning, own=stay.reservation in own) for stay in stays}


def award(stay: Stay, program: Program, earning: Earning, *, own: bool) -> Award:
    if stay.status is not Status.CHECKED_OUT:
        return Award(0, Reason.NOT_COMPLETED)
    if not own:
        return Award(0, Reason.UNNAMED_OCCUPANT)
    if not earning:
        return Award(0, Reason.NOT_ENROLLED)
    terms = program.terms_at(stay.departure)
    if terms is None or stay.departure < max(earning[0].start, program.starts_on):
        return Award(0, Reason.BEFORE_START)
    if not any(each.has(stay.departure) for each in earning):
        return Award(0, Reason.MEMBERSHIP_ENDED)
    if stay.channel in terms.excluded_channels:
        return Award(0, Reason.CHANNEL_EXCLUDED)
    return _by_revenue(stay, terms)


def _by_revenue(stay: Stay, terms: Terms) -> Award:
    """What stands in several currencies earns in each at its own rate; nothing is converted."""
    if not _is_any(stay.room_revenue):
        return Award(0, Reason.NO_ROOM_REVENUE)
    if not _is_any(stay.eligible_room):
        return Award(0, Reason.NOT_OWN_FOLIO)
    rates = terms.points_per_unit
    priced = {currency: amount for currency, amount in stay.eligible_room.items() if currency in rates}
    if not _is_any(priced):
        return Award(0, Reason.NO_RATE)
    points = max(0, _rounded(sum(_exact_points(amount, each, rates[each]) for each, amount in priced.items())))
    return Award(points, Reason.EARNED if points else Reason.ROUNDS_TO_ZERO)


def _is_any(amounts: Amounts) -> bool:
    return any(amount > 0 for amount in amounts.values())


def points_for(revenue_minor: int, currency: str, rate: str) -> int:
    """Eligible room revenue in major units times the rate."""
    return _rounded(_exact_points(revenue_minor, currency, rate))


def _exact_points(revenue_minor: int, currency: str, rate: str) -> Decimal:
    return to_major(revenue_minor, currency) * Decimal(rate)


def _rounded(points: Decimal | int) -> int:
    """Half to even: rounding favours nobody in the long run."""
    return int(Decimal(points).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


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


def has_number(head: Head) -> bool:
    return bool(head.record and head.record.member_number)


def member_from(program: Program, head: Head, account: Account | None, own: Sequence[Stay] = ()) -> date | None:
    """From when a record makes a member, whatever people said of it; None where it does not. `own` are its stays, as
    far as they are read."""
    start = earns_from([account] if account else [], program, own, has_number=has_number(head))
    by_stays = account.by_stays_from if account else None
    return min((day for day in (start, by_stays) if day), default=None)


def is_changed(award: Award, given: Award | None) -> bool:
    """Whether the ledger has something to say; who never was given anything, and need not be, is passed over."""
    if given is None:
        return award.reason not in {Reason.NOT_COMPLETED, Reason.NOT_ENROLLED}
    return award != given


# Terms


def currency_faults(before: Program | None, asked: Program) -> list[FieldError]:
    """Rates of currencies that are none. Those that a programme has already stay as they are."""
    new = asked.points_per_unit.keys() - (before.points_per_unit.keys() if before else set())
    faults = {code: currency_fault(code) for code in sorted(new)}
    return [
        FieldError(f"points_per_unit.{code}", words, "points_per_unit.?") for code, words in faults.items() if words
    ]


def first_version(asked: Program) -> Program:
    return asked.starting(asked.effective_from or asked.starts_on).kept_as(1, ())


def next_version(before: Program, asked: Program, today: date) -> Program:
    """The programme after a change; the same again is the same version. Raises Invalid when it would change what stays
    have earned already."""
    if asked.starts_on != before.starts_on:
        raise Invalid(FieldError("starts_on", "is fixed: stays have earned by it"))
    same_terms = asked.terms().starting(before.effective_from) == before.terms()
    if same_terms and asked.effective_from in {None, before.effective_from}:
        return _renamed(before, asked)
    return _on_new_terms(before, asked, today)


def _renamed(before: Program, asked: Program) -> Program:
    same = asked.starting(before.effective_from).kept_as(before.version, before.earlier)
    return before if same == before else same.kept_as(before.version + 1, before.earlier)


def _on_new_terms(before: Program, asked: Program, today: date) -> Program:
    """New terms begin after today, and take the place of terms that were to begin later; the old ones are kept."""
    start = asked.effective_from or today + timedelta(days=1)
    if start <= today:
        raise Invalid(FieldError("effective_from", "must be after today: what was earned stays earned"))
    past = [each for each in (*before.earlier, before.terms()) if (each.effective_from or before.starts_on) < start]
    if len(past) > MOST_EARLIER:
        raise Invalid(
            FieldError("effective_from", f"a programme keeps {MOST_EARLIER} earlier terms: begin another one")
        )
    return asked.starting(start).kept_as(before.version + 1, tuple(past))


# Spending


def balance(accounts: Iterable[Account]) -> int:
    """What a membership may spend. An account that owes is set off against the others; nobody has less than nothing."""
    return max(0, sum(account.balance for account in accounts))


def draws(accounts: Iterable[Account], points: int) -> dict[Leaf, int]:
    """How much each account gives, by leaf: the richest first, so that few are written, and none more than it holds.

    Raises NotEnough when the membership as a whole holds less, and Invalid for no points at all.
    """
    if points <= 0:
        raise Invalid(FieldError("points", "must be more than none"))
    known = sorted(accounts, key=lambda account: (-account.balance, account.leaf))
    if points > balance(known):
        raise NotEnough("The membership holds fewer points than that.")
    given: dict[Leaf, int] = {}
    for account in known:
        part = min(account.balance, points - sum(given.values()))
        if part > 0:
            given[account.leaf] = part
    return given
