"""Who lives with a guest: said here, and suggested by what is known.

Calls of AWS, beside those of any page of a guest: some 12, and for a search those of the API's.
"""

from chalice.app import Response

from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.entrypoints.api import guests as api
from chalicelib.entrypoints.api import household
from chalicelib.entrypoints.console.pages import guests
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit


def shown(visit: Visit) -> Response:
    """Who does, who might, and a search for anybody else."""
    guest, typed = found(visit), visit.query.get(guests.ANY, "").strip()
    told = visit.call(household.get, id_of(visit))
    others, refusal = None, None
    try:
        if typed:
            others = [each for each in guests.found(visit, {guests.ANY: typed}).items if each.id != guest.id]
    except CallerError as error:
        refusal = error
    there = visit.refused(refusal) if refusal else visit
    return page(there, "guest_household.html", guest, told=told, others=others, may_write=visit.may(household.put))


def asking(visit: Visit) -> Response:
    """About one other, before it is said: that they live together, or that they do no more."""
    members = visit.call(household.get, id_of(visit)).members
    other = visit.call(api.get, _other(visit))
    is_member = any(each.guest == other.id for each in members)
    return page(visit, "guest_together.html", found(visit), other=other, is_member=is_member)


def said(visit: Visit) -> Response:
    """What the page asked, which its form says again: somebody may have said the other meanwhile."""
    at = f"/guests/{id_of(visit)}/household"
    if visit.form.text("act") == "end":
        visit.call(household.delete, id_of(visit), _other(visit))
        return visit.go(at, done="deleted")
    visit.call(household.put, id_of(visit), _other(visit))
    return visit.go(at, done="saved")


def _other(visit: Visit) -> GuestId:
    return GuestId(Leaf(visit.names["other_id"]))
