"""/v1/guests/{guest_id}/membership and /ledger: a guest's points, and where each came from."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import GuestId, ProgramId, PropertyId, ReservationId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page, one_of
from chalicelib.entrypoints.api.visibility import InSight, guest_of, own_leaves
from chalicelib.loyalty import actions, store
from chalicelib.loyalty.membership import Membership
from chalicelib.loyalty.model import Entry, Program, Reason, Reversal, StayEarned
from chalicelib.loyalty.store import PROGRAMS

AHEAD = timedelta(days=366)
OfStay = Literal["stay_earned", "reversal"]
OfAct = Literal["redemption", "expiry", "transfer", "release", "adjustment", "opening", "forfeiture"]
ORIGINS = (*get_args(OfStay), *get_args(OfAct))


class Standing(Shown):
    """A guest's standing in one programme, by the records in the key's sight: for a key of the whole group the balance,
    for others the sum of what their own properties gave. `enrolled_at` is null for points that nobody was enrolled for
    yet. Stays that end from `earns_from` to before `ended_on` (null: without an end) earn."""

    program: ProgramId
    balance: int
    enrolled_at: Instant | None
    earns_from: date | None
    ended_on: date | None
    number: str | None


class EnrolmentAsked(BaseModel):
    """A membership; stays that end on or after `earns_from` (the day of enrolment) earn. It may lie as far back as the
    programme's start, and a year ahead; of a member it is fixed. A `number` that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)] | None = None
    earns_from: date | None = None


class StayEntry(Shown):
    """A line of the ledger that a stay made; `points` is the difference to what the stay was given before."""

    id: str
    at: Instant
    origin: OfStay
    points: int
    reason: Reason
    reservation: ReservationId
    property_id: PropertyId
    rule_version: int
    stay_version: int


class ActEntry(Shown):
    """A line of the ledger that an act made. It names no hotel, and is shown to keys of the whole group."""

    id: str
    at: Instant
    origin: OfAct
    points: int


LedgerEntry = Annotated[StayEntry | ActEntry, Field(discriminator="origin")]


class LedgerPage(Listing[LedgerEntry]):
    """One page of the ledger, newest first. `next_cursor` leads to the next one, and is null on the last."""


def listed(ask: Ask, guest_id: GuestId) -> Listing[Standing]:
    """The guest's standing in every programme."""
    sight = guest_of(ask.caller, guest_id)
    return Listing(items=[_standing(sight, each) for each in actions.membership(sight.guest)])


def enrol(ask: Ask, guest_id: GuestId, program_id: ProgramId, body: EnrolmentAsked) -> Standing:
    """Make a guest a member, or give a member another number; doing it again changes nothing.

    The guest is found by the number everywhere from then on. One that is another guest's is refused. Who was a member
    before comes in again from that day on. What a hotel's key says stays with a record of that hotel, and beside what
    others said.
    """
    sight, program, now = guest_of(ask.caller, guest_id), PROGRAMS.required(program_id), moment_of(ask.now)
    if body.earns_from:
        _check_start(body.earns_from, program, now.date())
    said = program.id, body.number, body.earns_from, now, own_leaves(sight)
    return _standing(sight, actions.enrol(sight.whole.id, *said, among=sight.among))


def end(ask: Ask, guest_id: GuestId, program_id: ProgramId) -> None:
    """End a membership: stays that end from today on earn nothing, and the number is free.

    Points and ledger stay, and are shown as before; stays that ended earlier are still priced and corrected. A PUT
    makes the guest a member again.
    """
    sight, program = guest_of(ask.caller, guest_id), PROGRAMS.required(program_id)
    actions.end(sight.whole.id, program.id, moment_of(ask.now), own_leaves(sight), among=sight.among)


def ledger(
    ask: Ask, guest_id: GuestId, *, program: ProgramId | None = None, origin: str | None = None, page: Page
) -> LedgerPage:
    """The entries that the key's properties made, newest first; every zero has its reason.

    With an `origin` those of one kind alone. A page may be short, and still have a `next_cursor`.
    """
    wanted = one_of("origin", origin, ORIGINS)
    sight = guest_of(ask.caller, guest_id)
    entries = actions.ledger(sight.guest, _program(program), page.after, at_once=page.limit + 1)

    def show(entry: Entry) -> StayEntry | ActEntry | None:
        return _shown(entry) if wanted in {None, entry.origin.kind} and _is_seen(sight.eyes, entry) else None

    found: tuple[list[StayEntry | ActEntry], str | None] = page.sift(entries, lambda each: each.position, show)
    return LedgerPage(items=found[0], next_cursor=found[1])


def _shown(entry: Entry) -> StayEntry | ActEntry:
    origin = entry.origin
    if not isinstance(origin, StayEarned | Reversal):
        return ActEntry(id=entry.id, at=entry.at, origin=origin.kind, points=entry.points)
    return StayEntry(
        id=entry.id,
        at=entry.at,
        origin=origin.kind,
        points=entry.points,
        reason=origin.reason,
        reservation=origin.reservation,
        property_id=origin.property_id,
        rule_version=origin.rule_version,
        stay_version=origin.stay_version,
    )


def _is_seen(caller: Caller, entry: Entry) -> bool:
    """What names a hotel is that hotel's; what names none tells of the whole group."""
    origin = entry.origin
    return caller.sees(origin.property_id) if isinstance(origin, StayEarned | Reversal) else caller.is_group


def _check_start(earns_from: date, program: Program, today: date) -> None:
    """A membership is made once: a slip of the pen would stand for ever. Raises Invalid."""
    if earns_from < program.starts_on:
        raise Invalid(FieldError("earns_from", f"lies before the programme's start on {program.starts_on}"))
    if earns_from > today + AHEAD:
        raise Invalid(FieldError("earns_from", "lies more than a year ahead"))


def _standing(sight: InSight, membership: Membership) -> Standing:
    balance = membership.balance if sight.eyes.is_group else _earned_at(sight, membership.program)
    return Standing.model_validate({**asdict(membership), "balance": balance})


def _earned_at(sight: InSight, program: ProgramId) -> int:
    entries = (entry for leaf in sight.members for entry in store.entries(leaf, program))
    return sum(entry.points for entry in entries if _is_seen(sight.eyes, entry))


def _program(asked: ProgramId | None) -> ProgramId:
    """With one programme there is nothing to choose."""
    known = [each.id for each in PROGRAMS.listed()]
    if asked is None and len(known) != 1:
        raise Invalid(FieldError("program", f"name one of: {', '.join(known) or '(there is none yet)'}"))
    if asked is not None and asked not in known:
        raise NotFound("There is no such programme.")
    return asked or known[0]
