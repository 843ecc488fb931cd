"""One guest: who it is and what is known, a tab each.

Calls of AWS for a guest of one record, with those for the session and the looks: overview 10 (about 5 more for each who
may be the same, 5 at most), stays 19, records 19, timeline 17, consents 15, memberships 16, one of them 19, sheet 24.
Each further record adds one to stays, memberships and consents, and one for each kind of row to the timeline.
"""

from typing import NamedTuple

from chalice.app import Response

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId, GuestId, Leaf, PropertyId
from chalicelib.canonical.snapshots import Status
from chalicelib.entrypoints.api import consents, guests, habits, membership, origins, records, spend, stays, timeline
from chalicelib.entrypoints.api.guests import GuestShown
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.preferences import StatementShown
from chalicelib.entrypoints.console import by_month, hotels, named
from chalicelib.entrypoints.console.pages import beside_each_other, guest_origins
from chalicelib.entrypoints.console.preferred import values_in_words
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.guests.statements import FIELDS
from chalicelib.languages.preferred import KINDS

TABS = (
    ("", N_("Overview")),
    ("/preferences", N_("Preferences")),
    ("/fields", N_("Own fields")),
    ("/notes", N_("Notes")),
    ("/household", N_("Household")),
    ("/records", N_("Records")),
    ("/stays", N_("Stays")),
    ("/timeline", N_("Timeline")),
    ("/consents", N_("Consents")),
    ("/membership", N_("Membership")),
)
MOST_NAMED = 5
"""Guests who may be the same, by name: each is asked for."""
ON_A_SHEET = 10
"""Stays."""
STAYED = {Status.IN_HOUSE, Status.CHECKED_OUT}
"""States of what is a stay, and not only a booking."""


class Tab(NamedTuple):
    address: str
    title: str
    is_here: bool


def overview(visit: Visit) -> Response:
    guest = found(visit)
    beside = [each for one in guest.candidates[:MOST_NAMED] if (each := _named(visit, one))]
    return shown(visit, "guest.html", guest, beside=beside, more=len(guest.candidates) - MOST_NAMED)


def sheet(visit: Visit) -> Response:
    """What fits on one page of paper."""
    guest = found(visit)
    return shown(
        visit,
        "guest_sheet.html",
        guest,
        stayed=visit.call(stays.listed, id_of(visit), page=Page("sheet", ON_A_SHEET)).items,
        agreed=visit.call(consents.listed, id_of(visit)),
        standings=visit.call(membership.listed, id_of(visit)).items,
        programs=named.programs_by_id(visit),
    )


def beside(visit: Visit) -> Response:
    """What each source says, one column a record."""
    source, guest = visit.asked("source"), found(visit)
    only = ConnectionId(source) if source else None
    listing = visit.call(records.listed, id_of(visit), source=only, page=visit.part(visit.path))
    rows = beside_each_other.rows(visit, listing.items, hotels.of(visit))
    told = [] if visit.query.get("cursor") else visit.call(origins.listed, id_of(visit)).items
    sources = sorted({each.source for each in guest.leaves if each.source} | ({source} if source else set()))
    profile = guest_origins.lines(visit, told)
    return shown(visit, "guest_records.html", guest, listing=listing, rows=rows, sources=sources, profile=profile)


def stayed(visit: Visit) -> Response:
    hotel, status = visit.asked("property_id"), visit.asked("status")
    there = PropertyId(hotel) if hotel else None
    listing = visit.call(stays.listed, id_of(visit), property_id=there, status=status, page=visit.part(visit.path))
    began = [(each.arrival, 1) for each in listing.items if each.status in STAYED]
    months = by_month.bars(visit.wording, began)
    told, spent = visit.call(habits.get, id_of(visit)), visit.call(spend.of_guest, id_of(visit))
    return shown(
        visit,
        "guest_stays.html",
        found(visit),
        listing=listing,
        months=months,
        states=list(Status),
        habits=told,
        spent=spent,
    )


def happened(visit: Visit) -> Response:
    listing = visit.call(timeline.listed, id_of(visit), kind=visit.asked("kind"), page=visit.part(visit.path))
    mailed = any(each.message and each.message.campaign for each in listing.items)
    campaigns = named.campaigns_by_id(visit) if mailed else {}
    said = {each.id: in_words(visit, each.statement) for each in listing.items if each.statement}
    return shown(visit, "guest_timeline.html", found(visit), listing=listing, campaigns=campaigns, said=said)


def in_words(visit: Visit, said: StatementShown) -> tuple[str, str]:
    """What it is about, and what was said; "" where it took back what was said before."""
    about = said.about.removeprefix(FIELDS)
    title = visit.words(KINDS[about]) if about in KINDS else about
    return title, values_in_words(about, said.values, visit.words)


def found(visit: Visit) -> GuestShown:
    """Raises NotFound. An id that was merged into another's leads to that one."""
    return visit.call(guests.get, id_of(visit))


def shown(visit: Visit, template: str, guest: GuestShown, **values: object) -> Response:
    """A page of a guest, under its name and tabs."""
    known = hotels.of(visit)
    own = {"guest": guest, "hotels": known, "zone": hotels.zone(known, guest.properties), "tabs": _tabs(visit, guest)}
    return visit.shown(template, **own, **values)


def id_of(visit: Visit) -> GuestId:
    return GuestId(Leaf(visit.names["guest_id"]))


def _named(visit: Visit, candidate: str) -> GuestShown | None:
    """None for one that is another's meanwhile."""
    try:
        return visit.call(guests.get, GuestId(Leaf(candidate)))
    except NotFound:
        return None


def _tabs(visit: Visit, guest: GuestShown) -> list[Tab]:
    here = visit.path.removeprefix(f"/guests/{id_of(visit)}")
    return [
        Tab(visit.at(f"/guests/{guest.id}{end}"), visit.words(title), _is_in(here, end))
        for end, title in TABS
        if visit.opens_at(f"/guests/{guest.id}{end}")
    ]


def _is_in(here: str, end: str) -> bool:
    return here.startswith(end) if end else not here
