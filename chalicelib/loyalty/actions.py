"""What wakes the ledger, who is a member, and what a member's ledger says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from heapq import merge

from chalicelib.aws import bus
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import IdentifierKey, Leaf, ProgramId, is_person, key_of
from chalicelib.canonical.time import Instant, instant, moment_of, now
from chalicelib.guests import minors
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity.digests import digest
from chalicelib.identity.typed import readings
from chalicelib.loyalty import programs, store, wakes
from chalicelib.loyalty.membership import Membership, Standing
from chalicelib.loyalty.model import Entry, Program
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.membership_acts import MembershipAct
from chalicelib.profiles.memberships import EnrolledBeside

OF_ALL_LEAVES = {FactType.GUEST_MERGED, FactType.GUEST_UNMERGED, FactType.MEMBER_NUMBER_CHANGED}


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
    through: Collection[Leaf] | None = None,
    among: Collection[Leaf] | None = None,
) -> Membership:
    """Make a guest a member: stays that end on or after `earns_from` (today) earn. A member gets another number, where
    one is given; the same again changes nothing. It is said through the first of the records `through` (all of the
    guest's), and stays with it. `among` are the records that are looked at (all): what others say is neither asked nor
    touched. Raises NotFound, Invalid, Conflict for a number that is somebody else's, TryAgain.
    """
    moment = at or now()

    def attempt() -> Membership:
        standing = _standing_of(leaf, program_id, through, among)
        _refuse_minors(standing, moment)
        given = number or standing.former_number
        key = _key_of(given) if given else None
        act = standing.enrolling(given, key, earns_from or moment.date(), instant(moment))
        return _say([act] if act else [], standing, moment)

    try:
        return attempt()
    except EnrolledBeside:
        return attempt()


def _refuse_minors(standing: Standing, moment: datetime) -> None:
    """Who is a member already stays one. Raises Conflict."""
    if not standing.is_member and minors.is_minor(standing.guest.traits, minors.first_day(moment)):
        raise Conflict("The guest is under 18, and cannot be made a member.")


def end(
    leaf: Leaf,
    program_id: ProgramId,
    at: datetime | None = None,
    through: Collection[Leaf] | None = None,
    among: Collection[Leaf] | None = None,
) -> Membership:
    """End a membership: stays that end from this day on earn nothing; what was earned stays, and is still corrected.
    Raises NotFound for who never was a member, Conflict where other records make the guest one, TryAgain."""
    standing, moment = _standing_of(leaf, program_id, through, among), at or now()
    return _say(standing.ending(moment.date(), instant(moment)), standing, moment)


def _say(acts: Sequence[MembershipAct], standing: Standing, moment: datetime) -> Membership:
    """The ledger follows at once, also where the last attempt ended before it did, as of when it was said first; and
    what was said is announced. The guest is read again: another record may have come to it, or left it, beside this."""
    facts = [fact for act in acts for fact in profiles.store_act(act)]
    guest = guests.guest(standing.guest.id) or standing.guest
    said_at = [each.said_at for each in acts] or [each.enrolled_at for each in standing.enrolled if each.enrolled_at]
    settle(guest.members, standing.program, next(iter(said_at), instant(moment)))
    bus.announce(facts)
    return _standing(guest, standing.program, among=standing.among).as_it_is


def _key_of(number: str) -> IdentifierKey:
    """Raises Invalid for what numbers nobody."""
    read = next(iter(readings("member", number, ())), None)
    if read is None:
        raise Invalid(FieldError("number", "is no number that tells a member from others"))
    return key_of("member", digest("member", read))


def _standing_of(
    leaf: Leaf, program_id: ProgramId, through: Collection[Leaf] | None, among: Collection[Leaf] | None
) -> Standing:
    program, guest = PROGRAMS.get(program_id), guests.guest(leaf)
    if program is None or guest is None:
        raise NotFound("No such guest or programme.")
    return _standing(guest, program, guest.members if through is None else through, among)


def _standing(
    guest: Guest, program: Program, own: Collection[Leaf] = (), among: Collection[Leaf] | None = None
) -> Standing:
    """Heads before accounts: an account is never older than what made it."""
    leaves = [leaf for leaf in guest.members if among is None or leaf in among]
    heads = guests.with_records(guests.heads(leaves))
    return Standing(program, guest, heads, store.accounts(leaves, program.id), own, among)


def forfeit(leaves: Sequence[Leaf], at: Instant) -> None:
    """What was with records that are erased, at once: the fact would do the same."""
    for program in PROGRAMS.listed():
        settle(leaves, program, at)


def membership(guest: Guest) -> list[Membership]:
    """A guest's standing in every programme that anything is known of it in."""
    standings = [_standing(guest, program).shown for program in PROGRAMS.listed()]
    return [each for each in standings if each]


def ledger(guest: Guest, program_id: ProgramId, before: str | None = None, at_once: int = 50) -> Iterator[Entry]:
    """A guest's entries over all its leaves, newest first, from below a position; read as far as it is asked for.

    Each leaf is read in portions of `at_once`: a page of as many costs one query a leaf, wherever it lies.
    """
    accounts = [store.newest_entries(leaf, program_id, before, at_once) for leaf in guest.members]
    return merge(*accounts, key=lambda entry: entry.position, reverse=True)
