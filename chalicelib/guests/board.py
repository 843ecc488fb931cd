"""Who arrives at a property on a date, who leaves, and who is there: queries of an index that holds nothing else.

What a board shows of a reservation lies in the reservation's row beside the rest, so that only its changes are written
to the indexes. These follow the table within moments: a board may miss what was written just now.

Who is in house came within the last 30 days, or stays longer than that: a long stay lies in a partition of its own
instead of its day's, which costs no write more.
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

LONG_NIGHTS = 30
"""A stay of more nights is a long one."""


class BoardLine(Kept):
    """What a board of arrivals or departures shows of a reservation; who the guest is, the leaf's head tells."""

    leaf: Leaf
    reservation: ReservationId
    lies_in: str
    """The month of the stay's row."""
    property_id: PropertyId
    status: Status
    arrival: date
    departure: date
    arrival_time: str | None = None
    room_type: str | None = None
    room_number: str | None = None
    adults: int | None = None
    children: int | None = None


SHOWN = frozenset(BoardLine.model_fields) - {"leaf", "reservation", "lies_in"}
"""What of a stay a board shows besides its keys."""


def attributes(stay: Stay) -> dict[str, str]:
    """What of a reservation's row is for the boards: what they show, and the entries of the indexes it is to be in."""
    return {
        PROJECTED: stay.packed(only=SHOWN),
        **(_entry(INDEX_1, _arrives_among(stay), stay) if is_arrival(stay.status) else {}),
        **(
            _entry(INDEX_2, keys.departures(stay.property_id, stay.departure), stay)
            if is_departure(stay.status)
            else {}
        ),
    }


def _arrives_among(stay: Stay) -> str:
    is_long = stay.nights > LONG_NIGHTS
    return keys.long_stays(stay.property_id) if is_long else keys.arrivals(stay.property_id, stay.arrival)


def shown(item: Item) -> str:
    """What is for the boards, packed; a row of before may have none."""
    packed: str = item.get(PROJECTED, "{}")
    return packed


def _entry(index: Index, pk: str, stay: Stay) -> dict[str, str]:
    return {index.pk: pk, index.sk: stay.reservation}


def arrivals(
    property_id: PropertyId, day: date, *, after: str | None = None, at_once: int | None = None
) -> Iterator[BoardLine]:
    """Who is expected or came on that date and has not left, but for the long stays, in the order of reservations,
    `after` one of them, as far as they are asked for: `at_once` in one call."""
    return _lines(INDEX_1, keys.arrivals(property_id, day), after, at_once)


def long_stays(property_id: PropertyId, *, after: str | None = None, at_once: int | None = None) -> Iterator[BoardLine]:
    """Of any date, who is expected or came for more nights than 30, and has not left."""
    return _lines(INDEX_1, keys.long_stays(property_id), after, at_once)


def departures(
    property_id: PropertyId, day: date, *, after: str | None = None, at_once: int | None = None
) -> Iterator[BoardLine]:
    """Who leaves or left on that date."""
    return _lines(INDEX_2, keys.departures(property_id, day), after, at_once)


def _lines(index: Index, pk: str, after: str | None, at_once: int | None) -> Iterator[BoardLine]:
    for item in table.query_index(index, pk, after=after, at_once=at_once):
        yield _line(item, item[index.sk])


def _line(item: Item, reservation: ReservationId) -> BoardLine:
    leaf = item["pk"].removeprefix(keys.leaf(Leaf("")))
    lies_in, _ = keys.month_and_reservation(table.key_of(item))
    told = {"leaf": leaf, "reservation": reservation, "lies_in": lies_in}
    return BoardLine.model_validate({**told, **json.loads(item[PROJECTED])})
