"""Guests: found by whatever somebody has of them.

One field tells by itself whether an address, a number or a name was typed; the exact ones stand behind it. A number is
looked for as a member's and as a telephone's. Calls of AWS: those of the API's search, twice for a number.
"""

import re
from collections.abc import Mapping, Sequence

from chalice.app import Response

from chalicelib.canonical.errors import CallerError, FieldError, Invalid
from chalicelib.canonical.ids import ConnectionId
from chalicelib.entrypoints.api import guests
from chalicelib.entrypoints.api.guests import GuestList
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

ANY = "q"
ASKED_BY = ("name", "email", "phone", "member")
EXACT = (*ASKED_BY, "source", "source_id")
OF_SOURCE = re.compile(r"(?P<source>[a-z0-9_-]{1,64}):\s*(?P<source_id>\S.*)")
"""A number in a source's system, with its connection before it."""
IN_A_PHONE = frozenset("0123456789 +-()./")
BOTH = N_("Leave this one empty, or those below.")


def search(visit: Visit) -> Response:
    """The form, and whom it found. What is asked wrongly is told at its field."""
    typed = {name: text for name in (ANY, *EXACT) if (text := visit.query.get(name, "").strip())}
    is_exact = bool(typed.keys() - {ANY})
    try:
        those = found(visit, typed) if typed else None
    except CallerError as refusal:
        return visit.refused(refusal).shown("guests.html", found=None, is_exact=is_exact)
    return visit.shown("guests.html", found=those, is_exact=is_exact)


def found(visit: Visit, typed: Mapping[str, str]) -> GuestList:
    """Whoever is found by what was typed into the fields. Raises Invalid."""
    if ANY not in typed:
        return _asked(visit, typed)
    if len(typed) > 1:
        raise Invalid(FieldError(ANY, visit.words(BOTH)))
    return found_by(visit, typed[ANY])


def found_by(visit: Visit, typed: str) -> GuestList:
    """Those found by whatever was typed. Raises Invalid at the one field."""
    try:
        return _together([_asked(visit, _by(kind, typed)) for kind in meant(typed)])
    except Invalid as refusal:
        raise Invalid(*(FieldError(ANY, each.message) for each in refusal.fields)) from None


def meant(typed: str) -> tuple[str, ...]:
    """What somebody typed who typed this."""
    if "@" in typed:
        return ("email",)
    if OF_SOURCE.fullmatch(typed):
        return ("source",)
    if not any(each.isdigit() for each in typed):
        return ("name",)
    return ("member", "phone") if IN_A_PHONE.issuperset(typed) else ("member",)


def _by(kind: str, typed: str) -> dict[str, str]:
    of_source = OF_SOURCE.fullmatch(typed) if kind == "source" else None
    return of_source.groupdict() if of_source else {kind: typed}


def _asked(visit: Visit, typed: Mapping[str, str]) -> GuestList:
    source = ConnectionId(typed["source"]) if "source" in typed else None
    by = {name: typed.get(name) for name in (*ASKED_BY, "source_id")}
    return visit.call(guests.search, source=source, **by)


def _together(found: Sequence[GuestList]) -> GuestList:
    """Each guest once."""
    items = {each.id: each for part in found for each in part.items}
    return GuestList(items=list(items.values()), more=any(part.more for part in found))
