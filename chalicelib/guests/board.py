"""Who arrives at a property on a date, and who leaves: one query each of an index that holds nothing else.

What a board shows of a reservation lies in the reservation's row beside the rest, so that only its changes are written
to the indexes. These follow the table within moments: a board may miss what was written just now.
"""

import json
from collections.abc import Iterator
from datetime import date

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.indexes import INDEX_1, INDEX_2, PROJECTED, Index
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests.kept import Kept
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import is_arrival, is_departure


class BoardLine(Kept):
    """What a board of arrivals or departures shows of a reservation; who the guest is, the leaf's head tells."""

    leaf: Leaf
    reservation: ReservationId
    property_id: PropertyId
    status: Status
    arrival: date
    departure: date
    arrival_time: str | None = None
    room_type: str | None = None
    room_number: str | None = None
    adults: int | None = None
    children: int | None = None


SHOWN = frozenset(BoardLine.model_fields) - {"leaf", "reservation"}
"""What of a stay a board shows besides its keys."""


def attributes(stay: Stay) -> dict[str, str]:
    """What of a reservation's row is for the boards: what they show, and the entries of the indexes it is to be in."""
    return {
        PROJECTED: stay.packed(only=SHOWN),
        **(_entry(INDEX_1, keys.arrivals(stay.property_id, stay.arrival), stay) if is_arrival(stay) else {}),
        **(_entry(INDEX_2, keys.departures(stay.property_id, stay.departure), stay) if is_departure(stay) else {}),
    }


def shown(item: Item) -> str:
    """What is for the boards, packed; a row of before may have none."""
    packed: str = item.get(PROJECTED, "{}")
    return packed


def _entry(index: Index, pk: str, stay: Stay) -> dict[str, str]:
    return {index.pk: pk, index.sk: stay.reservation}


def arrivals(
    property_id: PropertyId, day: date, *, after: str | None = None, limit: int | None = None
) -> list[BoardLine]:
    """Who is expected or came on that date and has not left, in the order of reservations, `after` one of them."""
    return list(_lines(INDEX_1, keys.arrivals(property_id, day), after, limit))


def departures(
    property_id: PropertyId, day: date, *, after: str | None = None, limit: int | None = None
) -> list[BoardLine]:
    """Who leaves or left on that date."""
    return list(_lines(INDEX_2, keys.departures(property_id, day), after, limit))


def _lines(index: Index, pk: str, after: str | None, limit: int | None) -> Iterator[BoardLine]:
    for item in table.query_index(index, pk, after=after, limit=limit):
        yield _line(item, item[index.sk])


def _line(item: Item, reservation: ReservationId) -> BoardLine:
    leaf = item["pk"].removeprefix(keys.leaf(Leaf("")))
    return BoardLine.model_validate({"leaf": leaf, "reservation": reservation, **json.loads(item[PROJECTED])})
