"""Where a page was come to from a line of the board, and the way back to it."""

from collections.abc import Mapping
from typing import NamedTuple

from chalice.app import Response

from chalicelib.canonical.ids import PropertyId
from chalicelib.entrypoints.api import captures, membership, programs
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console.pages.guest import id_of
from chalicelib.entrypoints.console.visits import Visit


class Offers(NamedTuple):
    """What who is there may do from each line: ask for an address, and make a member where there is a programme."""

    ask: bool
    enrol: bool


def offers(visit: Visit) -> Offers:
    may_enrol = visit.may(membership.enrol) and bool(visit.call(programs.listed, page=EVERYTHING).items)
    return Offers(visit.may(captures.create), may_enrol)


NAMES = ("hotel", "date", "list", "cursor", "limit")
"""What the address, and each form, of such a page says of the board."""


def place(visit: Visit) -> Mapping[str, str]:
    told = {name: visit.form.text(name) or visit.query.get(name, "") for name in NAMES}
    return {name: text for name, text in told.items() if text}


def hotel(visit: Visit) -> PropertyId | None:
    """The board's; None of who came from elsewhere."""
    found = place(visit).get("hotel")
    return PropertyId(found) if found else None


def back(visit: Visit, done: str, otherwise: str) -> Response:
    """To the board, where the page was come to from there; else to a page of the guest."""
    found = dict(place(visit))
    if at := found.pop("hotel", ""):
        return visit.go(f"/board/{at}", **found, done=done)
    return visit.go(f"/guests/{id_of(visit)}{otherwise}", done=done)
