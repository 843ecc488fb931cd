"""Who arrives at a property on a date, and who leaves: one query each of an index that holds nothing else.

The indexes follow the table within moments: a board may miss what was written just now.
"""

import json
from collections.abc import Iterator
from datetime import date

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.guests.model import BoardLine


def arrivals(
    property_id: PropertyId, day: date, *, after: str | None = None, limit: int | None = None
) -> list[BoardLine]:
    """Who is expected or came on that date and has not left, in the order of reservations, `after` one of them."""
    return list(_lines(keys.INDEX_1, keys.arrivals(property_id, day), after, limit))


def departures(
    property_id: PropertyId, day: date, *, after: str | None = None, limit: int | None = None
) -> list[BoardLine]:
    """Who leaves or left on that date."""
    return list(_lines(keys.INDEX_2, keys.departures(property_id, day), after, limit))


def _lines(index: keys.Index, pk: str, after: str | None, limit: int | None) -> Iterator[BoardLine]:
    for item in table.query_index(index, pk, after=after, limit=limit):
        yield _line(item, item[index.sk])


def _line(item: Item, reservation: ReservationId) -> BoardLine:
    leaf = item["pk"].removeprefix(keys.leaf(Leaf("")))
    return BoardLine.model_validate({"leaf": leaf, "reservation": reservation, **json.loads(item[keys.PROJECTED])})
