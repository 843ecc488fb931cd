"""What is on today: who arrives and leaves, what is on its way, what failed, and which connections fell silent.

Calls of AWS: 3 for what waits (and where a run is on its way, those of the list of campaigns), 1 for the hotels, and
for each of at most 3 hotels two boards, of 3 to 10 calls each.
"""

from typing import NamedTuple

from chalice.app import Response

from chalicelib.entrypoints.api import boards, today
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.boards import BoardLineShown
from chalicelib.entrypoints.api.paging import USUAL, Page
from chalicelib.entrypoints.console import hotels, named
from chalicelib.entrypoints.console.pages import from_board
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.properties.model import Property

MOST_HOTELS = 3
"""Whose boards are read; of the others there are links."""
FIRST = 5
"""Lines of each that are shown."""


class OfHotel(NamedTuple):
    """A hotel with its boards of today."""

    hotel: Property
    arrivals: Listing[BoardLineShown]
    departures: Listing[BoardLineShown]


def shown(visit: Visit) -> Response:
    """Nothing is asked for that the role may not see: the API's call leaves it out."""
    known, told = list(hotels.of(visit).values()), visit.call(today.get)
    return visit.shown(
        "today.html",
        here=[_of(visit, each) for each in known[:MOST_HOTELS]],
        others=known[MOST_HOTELS:],
        told=told,
        campaigns=named.campaigns_by_id(visit) if told.runs else {},
        first=FIRST,
        offers=from_board.offers(visit),
    )


def _of(visit: Visit, hotel: Property) -> OfHotel:
    page = Page("today", USUAL)
    arrivals = visit.call(boards.arrivals, hotel.id, page=page)
    return OfHotel(hotel, arrivals, visit.call(boards.departures, hotel.id, page=page))
