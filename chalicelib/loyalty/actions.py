"""What wakes the ledger, who is a member, and what a member's ledger says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge

from chalicelib.aws import table
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Leaf, ProgramId, is_person
from chalicelib.canonical.time import Instant, instant, moment_of, now
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.loyalty import programs, rules, store, wakes
from chalicelib.loyalty.model import Account, Entry, Program
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS

OF_ALL_LEAVES = {FactType.GUEST_MERGED, FactType.GUEST_UNMERGED, FactType.MEMBER_NUMBER_CHANGED}


@dataclass(frozen=True)
class Membership:
    """A guest in one programme; `enrolled_at` is None for points that nobody was enrolled for yet."""

    program: ProgramId
    balance: int
    enrolled_at: Instant | None
    earns_from: date | None
    number: str | None


def award_points(message: Mapping[str, object]) -> None:
    """Wake-up by a fact, for the leaf it names in every programme. Raises Rejected, TryAgain."""
    woken_by = wakes.read(message)
    if isinstance(woken_by, Fact):
        _settle_after(woken_by)
    else:
        programs.take_over(woken_by)


def _settle_after(fact: Fact) -> None:
    if fact.leaf is None or not is_person(fact.leaf):
        return
    guest = guests.guest(fact.leaf)
    leaves = list(guest.members) if guest and fact.type in OF_ALL_LEAVES else [fact.leaf]
    at = instant(moment_of(fact.occurred_at))  # it becomes part of a key, where text order must be time order
    for program in PROGRAMS.listed():
        settle(leaves, program, at, woken_by=fact)


def enrol(
    leaf: Leaf,
    program_id: ProgramId,
    number: str | None = None,
    earns_from: date | None = None,
    at: datetime | None = None,
) -> Account:
    """Make a guest a member: stays that end on or after `earns_from` (today) earn. Enrolling again changes nothing."""
    program, guest = PROGRAMS.get(program_id), guests.guest(leaf)
    if program is None or guest is None:
        raise NotFound("No such guest or programme.")
    moment = at or now()
    known = store.accounts(guest.members, program_id)
    enrolled = next((account for account in known.values() if account.enrolled_at), None)
    account = enrolled or _enrolled(guest, program_id, known, number, earns_from or moment.date(), moment)
    # Also for who is a member already: the last attempt may have ended before these lines. The guest is read again, as
    # a merge beside the enrolment found nobody enrolled yet; one that comes later wakes the ledger itself.
    settle((guests.guest(leaf) or guest).members, program, account.enrolled_at or instant(moment))
    return account


def _enrolled(
    guest: Guest,
    program_id: ProgramId,
    known: Mapping[Leaf, Account],
    number: str | None,
    earns_from: date,
    moment: datetime,
) -> Account:
    before = known.get(guest.id) or Account(guest.id, program_id)
    account = before.enrolled(instant(moment), earns_from, number).credited(0)
    try:
        table.write(store.account_write(before, account))
    except table.ConditionFailed:
        raise Conflict("The membership was changed at the same moment: ask again.") from None
    return account


def membership(guest: Guest) -> list[Membership]:
    """A guest's standing in every programme in which one of its leaves has an account."""
    standings = []
    for program in PROGRAMS.listed():
        accounts = list(store.accounts(guest.members, program.id).values())
        if accounts:
            standings.append(_standing(program, accounts))
    return standings


def _standing(program: Program, accounts: Sequence[Account]) -> Membership:
    enrolled = sorted((account for account in accounts if account.enrolled_at), key=lambda each: each.enrolled_at or "")
    first = enrolled[0] if enrolled else None
    return Membership(
        program=program.id,
        balance=rules.balance(accounts),
        enrolled_at=first.enrolled_at if first else None,
        earns_from=first.earns_from if first else None,
        number=next((account.number for account in enrolled if account.number), None),
    )


def ledger(guest: Guest, program_id: ProgramId, before: str | None = None, at_once: int = 50) -> Iterator[Entry]:
    """A guest's entries over all its leaves, newest first, from below a position; read as far as it is asked for.

    Each leaf is read in portions of `at_once`: a page of as many costs one query a leaf, wherever it lies.
    """
    accounts = [store.newest_entries(leaf, program_id, before, at_once) for leaf in guest.members]
    return merge(*accounts, key=lambda entry: entry.position, reverse=True)
