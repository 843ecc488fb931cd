"""Which guest a page is about: found by what somebody has of them, chosen among those found, and never by a raw id.

A form holds the field `find`, for what it was that was `found`, and one of `guest`. What was chosen among others than
those who are looked for now is nobody. The search is that of the page of guests, with the same right and hotels.
"""

from collections.abc import Callable
from typing import NamedTuple

from chalicelib.canonical.errors import Conflict, Invalid, NotFound
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.entrypoints.api import guests
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.guests import GuestList
from chalicelib.entrypoints.console.pages.guests import found_by
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

FIND, FOUND, GUEST = "find", "found", "guest"
NOBODY_FOUND = N_("Nobody was found. Guests of other hotels are not shown.")
SEVERAL = N_("Several guests were found: choose one of them first.")


class Hit(NamedTuple):
    """One who was found."""

    id: str
    traits: Shown


class Whom(NamedTuple):
    """What was typed, who was found by it (and whether there are more), who of them is meant, and what is wrong."""

    typed: str = ""
    hits: tuple[Hit, ...] = ()
    more: bool = False
    chosen: Hit | None = None
    fault: str = ""


def of(visit: Visit) -> Whom:
    """Raises NotFound for an address that names a guest who is not theirs; a form that does comes back, with what was
    typed. Calls of AWS: none where nobody is asked for; those of a guest or of a search."""
    typed, guest = _typed(visit), _chosen(visit)
    if not typed:
        return _of_one(visit, guest) if guest else Whom()
    try:
        return _among(typed, guest, found_by(visit, typed))
    except Invalid as refusal:
        return Whom(typed, fault="; ".join(each.message for each in refusal.fields))


def required(visit: Visit) -> str:
    """The id of who is meant; "" where nobody is looked for. Raises Conflict where none is chosen of those found."""
    if _is_found(visit):
        return _chosen(visit)
    whom = of(visit)
    if whom.chosen is None:
        raise Conflict(whom.fault or visit.words(SEVERAL if whom.hits else NOBODY_FOUND))
    return whom.chosen.id


def _of_one(visit: Visit, guest: str) -> Whom:
    try:
        found = visit.call(guests.get, GuestId(Leaf(guest)))
    except NotFound as gone:
        if not visit.form.fields:
            raise
        return Whom(fault=str(gone))
    hit = Hit(found.id, found.traits)
    return Whom(hits=(hit,), chosen=hit)


def _among(typed: str, guest: str, found: GuestList) -> Whom:
    """One who was found alone is meant."""
    hits = tuple(Hit(each.id, each.traits) for each in found.items)
    alone = hits[0] if len(hits) == 1 and not found.more else None
    return Whom(typed, hits, found.more, next((each for each in hits if each.id == guest), alone))


def _typed(visit: Visit) -> str:
    return _said(visit)(FIND)


def _chosen(visit: Visit) -> str:
    return _said(visit)(GUEST) if _is_found(visit) else ""


def _is_found(visit: Visit) -> bool:
    """Whether those to choose among are those who are looked for."""
    said = _said(visit)
    return said(FIND) == said(FOUND)


def _said(visit: Visit) -> Callable[[str], str]:
    """Of the form that was sent, or of the address."""
    if visit.form.fields:
        return lambda name: visit.form.text(name).strip()
    return lambda name: visit.query.get(name, "").strip()
