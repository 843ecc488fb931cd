"""A guest is made a member in one step, from a line of the board."""

from chalice.app import Response

from chalicelib.canonical.ids import ProgramId
from chalicelib.entrypoints.api import captures, membership, programs
from chalicelib.entrypoints.api.membership import EnrolmentAsked
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console.pages import from_board
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit


def asked(visit: Visit) -> Response:
    """With the reason of whom nobody may make a member; any other the answer tells."""
    form = visit.call(captures.form, id_of(visit))
    known = visit.call(programs.listed, page=EVERYTHING).items
    told = {"place": from_board.place(visit), "programs": known, "refused": form.refused}
    return page(visit, "guest_enrol.html", found(visit), **told)


def enrolled(visit: Visit) -> Response:
    """Raises Conflict with why somebody cannot be one."""
    visit.call(membership.enrol, id_of(visit), ProgramId(visit.form.text("program")), EnrolmentAsked())
    return from_board.back(visit, "enrolled", "/membership")
