"""/v1/guests/{guest_id}/membership and /ledger: a guest's points, and where each came from."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.caller import Caller
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.api.sight import guest_of
from chalicelib.guests.model import Head
from chalicelib.loyalty import actions, store
from chalicelib.loyalty.model import Entry


class Standing(Shown):
    """A guest's standing in one programme. `enrolled_at` is null for points that nobody was enrolled for yet."""

    program: str
    balance: int
    enrolled_at: str | None
    earns_from: date | None
    number: str | None


class EnrolmentAsked(BaseModel):
    """A new membership; stays that end on or after `earns_from` (the day of enrolment) earn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)] | None = None
    earns_from: date | None = None


def listed(ask: Ask, guest_id: str) -> Listing[Standing]:
    """The guest's standing in every programme."""
    return Listing(items=_standings(guest_of(ask.caller, guest_id)))


def enrol(ask: Ask, guest_id: str, program_id: str, body: EnrolmentAsked) -> Standing:
    """Make a guest a member; doing it again changes nothing."""
    guest = guest_of(ask.caller, guest_id)
    actions.enrol(guest.leaf, program_id, body.number, body.earns_from)
    standing = next((each for each in _standings(guest) if each.program == program_id), None)
    if standing is None:
        raise NotFound("There is no such programme.")
    return standing


def ledger(ask: Ask, guest_id: str, *, program: str | None = None, page: Page) -> Listing[Entry]:
    """The entries that the key's properties made, newest first; every zero has its reason."""
    guest = guest_of(ask.caller, guest_id)
    found = _entries(ask.caller, guest, _program(program), page.after)
    items, more = page.take(found)
    return Listing(items=items, next_cursor=page.cursor(_place(items[-1])) if more else None)


def _standings(guest: Head) -> list[Standing]:
    return [Standing.model_validate(each) for each in actions.membership(guest)]


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
