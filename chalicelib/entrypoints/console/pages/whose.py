"""Whose a guest's records are: another guest's, too, or not this one's at all; and what was decided of that.

Calls of AWS, with those for the session and the looks: the page 15, and for a search those of the API's.
"""

from chalice.app import Response

from chalicelib.canonical.errors import CallerError
from chalicelib.entrypoints.api import merge_decisions, records
from chalicelib.entrypoints.api.merge_decisions import UnmergeAsked
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.api.records import RecordShown
from chalicelib.entrypoints.console.pages import guests
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit

LATEST = 20
"""Decisions on a page; all of them the API tells."""


def shown(visit: Visit) -> Response:
    """The search for another guest, the records to split off, and what was decided."""
    guest, typed = found(visit), visit.query.get(guests.ANY, "").strip()
    others, refusal = None, None
    try:
        if typed:
            others = [each for each in guests.found(visit, {guests.ANY: typed}).items if each.id != guest.id]
    except CallerError as error:
        refusal = error
    decided = visit.call(merge_decisions.listed, id_of(visit), page=Page("decided", LATEST)).items
    there = visit.refused(refusal) if refusal else visit
    return page(there, "guest_whose.html", guest, others=others, said=_records(visit), decided=decided)


def splitting(visit: Visit) -> Response:
    """What will happen, before it does. What is to leave stands in the address, or in the form that came back."""
    said, leaving = _records(visit), _leaving(visit)
    off = [each for each in said if each.id in leaving]
    stay = [each for each in said if each.id not in leaving]
    return page(visit, "guest_split.html", found(visit), off=off, stay=stay)


def split(visit: Visit) -> Response:
    asked = {"records": visit.form.texts("record"), "reason": visit.form.text("reason")}
    told = visit.call(merge_decisions.unmerge, id_of(visit), visit.body(UnmergeAsked, asked))
    return visit.go(f"/guests/{told.stayed}", done="split")


def _records(visit: Visit) -> list[RecordShown]:
    return visit.call(records.listed, id_of(visit), page=Page("records", MOST)).items


def _leaving(visit: Visit) -> set[str]:
    """A box each, which is called as its record is."""
    return {name for name, value in visit.query.items() if value == "off"} | {*visit.form.texts("record")}
