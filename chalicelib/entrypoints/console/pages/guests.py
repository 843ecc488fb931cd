"""Guests: found by what they are known by."""

from chalice.app import Response

from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import ConnectionId
from chalicelib.entrypoints.api import guests
from chalicelib.entrypoints.api.guests import GuestList
from chalicelib.entrypoints.console.visits import Visit

ASKED_BY = ("name", "email", "phone", "member")


def search(visit: Visit) -> Response:
    """The form, and whom it found. What is asked wrongly is told above the form, as of any other."""
    asked = {name: text for name in (*ASKED_BY, "source", "source_id") if (text := visit.query.get(name, "").strip())}
    try:
        found = _found(visit, asked) if asked else None
    except CallerError as refusal:
        return visit.refused(refusal).shown("guests.html", found=None)
    return visit.shown("guests.html", found=found)


def _found(visit: Visit, asked: dict[str, str]) -> GuestList:
    source = ConnectionId(asked["source"]) if "source" in asked else None
    by = {name: asked.get(name) for name in (*ASKED_BY, "source_id")}
    return visit.call(guests.search, source=source, **by)
