"""/v1/guests/{guest_id}/notes: what staff write down of a guest for each other."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.canonical import happenings
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import NOTE, GuestId, NoteId, PropertyId, timed_id
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.entrypoints.api import properties
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.stays import history_of, page_of
from chalicelib.entrypoints.api.visibility import InSight, guest_of, hotel_meant, speaks_through
from chalicelib.guests import notes
from chalicelib.guests.notes import Note
from chalicelib.guests.standing import is_somebodys

MOST_LETTERS = 2_000
USUAL_DAYS, MOST_DAYS = 365, 730
ROLES = frozenset({"admin", "front_desk"})
"""Who reads notes, also in a timeline. They are for those who have the guest before them."""


class NoteShown(Shown):
    """A note: who wrote it and when, for the people of which hotel (null: of all), and the instant at which it ends."""

    id: str
    text: str
    author: str
    at: Instant
    until: Instant
    property_id: PropertyId | None


class NoteAsked(BaseModel):
    """What is to be known, and up to which day (that day included; a year from now where it is left out, two years at
    most). A hotel's people write for their hotel, those of all hotels for one that they name, or for all. Allergies,
    diets, health and religion stay in the PMS."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_LETTERS, strip_whitespace=True)]
    until: date | None = None
    property_id: HubId | None = None


def listed(ask: Ask, guest_id: GuestId, *, page: Page) -> Listing[NoteShown]:
    """The notes of a guest that have not ended, newest first."""
    sight = guest_of(ask.caller, guest_id)
    found = history_of(sight, (notes.happenings,), page, wanted=of_people(sight))
    return page_of(page, found, [shown(each.what) for each in found.happenings if isinstance(each.what, Note)])


def create(ask: Ask, guest_id: GuestId, body: NoteAsked) -> NoteShown:
    """Write a note; it is never in a mail, in no segment, and only front desks and admins read it. Of a record that is
    no person's none is taken: it may be somebody's later."""
    sight = guest_of(ask.caller, guest_id)
    hotel = hotel_meant(sight, body.property_id)
    note = Note(
        id=NoteId(timed_id(NOTE, ask.first, ask.seed)),
        text=body.text,
        author=ask.caller.told,
        at=ask.first,
        until=_until(ask, body.until, hotel),
        property_id=hotel,
    )
    leaf = speaks_through(sight, hotel)
    head = next((head for head in sight.heads if head.leaf == leaf), None)
    if head is None:
        raise NotFound("There is no such guest.")
    return shown(notes.keep(head, note))


def delete(ask: Ask, guest_id: GuestId, note_id: str) -> None:
    """Take a note away, whoever wrote it."""
    sight = guest_of(ask.caller, guest_id)
    may = of_people(sight)
    for leaf in sight.members:
        for each in notes.happenings(leaf, None, notes.READ_AT_ONCE):
            if each.id == note_id and may(each) and _is_seen(sight, each):
                notes.take_away(leaf, each.what)
                return
    raise NotFound("There is no such note.")


def of_people(sight: InSight) -> Callable[[happenings.Happening[object]], bool]:
    """Of a guest's history, all but notes of whom a source took the person out: what was written of them goes then. The
    records are read when the first note asks."""
    people = cache(lambda: {head.leaf for head in sight.heads if is_somebodys(head)})
    return lambda line: not isinstance(line.what, Note) or line.leaf in people()


def shown(note: Note) -> NoteShown:
    return NoteShown.model_validate(note.model_dump())


def _is_seen(sight: InSight, line: happenings.Happening[Note]) -> bool:
    return line.property_id is None or sight.caller.sees(line.property_id)


def _until(ask: Ask, day: date | None, hotel: PropertyId | None) -> Instant:
    """The end of that day at the hotel. Raises Invalid."""
    if day is None:
        return instant(moment_of(ask.first) + timedelta(days=USUAL_DAYS))
    zone = ZoneInfo(properties.get(ask, hotel).time_zone if hotel else "UTC")
    today = moment_of(ask.now).astimezone(zone).date()
    if not 0 <= (day - today).days <= MOST_DAYS:  # there is no day behind the last one that there is
        raise Invalid(FieldError("until", f"must be a day from today on, at most {MOST_DAYS} days ahead"))
    return instant(datetime.combine(day + timedelta(days=1), time.min, zone))
