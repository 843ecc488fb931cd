"""The hotels of who is there, by their ids: what pages call a hotel, and whose clock they read."""

from collections.abc import Iterable, Mapping

from chalicelib.canonical.ids import PropertyId
from chalicelib.entrypoints.api import properties
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.entrypoints.console.wording import UTC
from chalicelib.properties.model import Property

Hotels = Mapping[PropertyId, Property]


def of(visit: Visit) -> Hotels:
    """All of them, by id: one query, and one more for every 200."""
    found: dict[PropertyId, Property] = {}
    after: str | None = None
    while True:
        listing = visit.call(properties.listed, page=Page("hotels", MOST, after))
        found |= {each.id: each for each in listing.items}
        if listing.next_cursor is None:
            return found
        after = listing.items[-1].id


def zone(hotels: Hotels, among: Iterable[PropertyId]) -> str:
    """The time of the first of these hotels that is known; UTC where none is."""
    return next((hotels[each].time_zone for each in among if each in hotels), UTC)
