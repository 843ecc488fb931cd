"""/v1/guests/{guest_id}/membership and /ledger: a guest's points, and where each came from."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.api.sight import guest_of, leaves_of
from chalicelib.guests.model import Head
from chalicelib.loyalty import actions, store
from chalicelib.loyalty.model import Entry, Program

AHEAD = timedelta(days=366)


class Standing(Shown):
    """A guest's standing in one programme: for a key of the whole group the balance, for others the sum of what their
    own properties gave. `enrolled_at` is null for points that nobody was enrolled for yet."""

    program: str
    balance: int
    enrolled_at: str | None
    earns_from: date | None
    number: str | None


class EnrolmentAsked(BaseModel):
    """A new membership; stays that end on or after `earns_from` (the day of enrolment) earn. It may lie as far back as
    the programme's start, and a year ahead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)] | None = None
    earns_from: date | None = None


def listed(ask: Ask, guest_id: str) -> Listing[Standing]:
    """The guest's standing in every programme."""
    return Listing(items=_standings(ask.caller, guest_of(ask.caller, guest_id)))


def enrol(ask: Ask, guest_id: str, program_id: str, body: EnrolmentAsked) -> Standing:
    """Make a guest a member; doing it again changes nothing."""
    guest, program = guest_of(ask.caller, guest_id), _known(program_id)
    if body.earns_from:
        _check_start(body.earns_from, program, moment_of(ask.now).date())
    actions.enrol(guest.leaf, program.id, body.number, body.earns_from)
    return next(each for each in _standings(ask.caller, guest) if each.program == program.id)


def ledger(ask: Ask, guest_id: str, *, program: str | None = None, page: Page) -> Listing[Entry]:
    """The entries that the key's properties made, newest first; every zero has its reason."""
    guest = guest_of(ask.caller, guest_id)
    found = _entries(ask.caller, guest, _program(program), page.after)
    items, more = page.take(found)
    return Listing(items=items, next_cursor=page.cursor(_place(items[-1])) if more else None)


def _known(program_id: str) -> Program:
    program = store.program(program_id)
    if program is None:
        raise NotFound("There is no such programme.")
    return program


def _check_start(earns_from: date, program: Program, today: date) -> None:
    """A membership is made once: a slip of the pen would stand for ever. Raises Invalid."""
    if earns_from < program.starts_on:
        raise Invalid(FieldError("earns_from", f"lies before the programme's start on {program.starts_on}"))
    if earns_from > today + AHEAD:
        raise Invalid(FieldError("earns_from", "lies more than a year ahead"))


def _standings(caller: Caller, guest: Head) -> list[Standing]:
    found = [Standing.model_validate(each) for each in actions.membership(guest)]
    if caller.is_group:
        return found
    return [each.model_copy(update={"balance": _earned_at(caller, guest, each.program)}) for each in found]


def _earned_at(caller: Caller, guest: Head, program: str) -> int:
    entries = (entry for leaf in leaves_of(guest) for entry in store.entries(leaf, program))
    return sum(entry.points for entry in entries if caller.sees(entry.property_id))


def _program(asked: str | None) -> str:
    """With one programme there is nothing to choose."""
    known = [each.id for each in store.programs()]
    if asked is None and len(known) != 1:
        raise Invalid(FieldError("program", f"name one of: {', '.join(known) or '(there is none yet)'}"))
    if asked is not None and asked not in known:
        raise NotFound("There is no such programme.")
    return asked or known[0]


def _entries(caller: Caller, guest: Head, program: str, before: str | None) -> Iterator[Entry]:
    while True:
        found = actions.ledger(guest, program, before, MOST)
        yield from (entry for entry in found if caller.sees(entry.property_id))
        if len(found) < MOST:
            return
        before = _place(found[-1])


def _place(entry: Entry) -> str:
    return f"{entry.at}#{entry.id}"
