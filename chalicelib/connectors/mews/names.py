"""What a reservation's ids of a room and of age categories stand for.

Asked for a hotel and for a service as a whole: the question is the same from batch to batch, and its answer remembered.
A token that may not ask gets no answer, and nothing is stated of what rests on it.
https://docs.mews.com/connector-api/operations/resources and its neighbour `agecategories`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.connectors.beside import beside
from chalicelib.connectors.contract import Conversation, Link
from chalicelib.connectors.mews import calls
from chalicelib.connectors.mews.calls import Row

ADULT, CHILD = "Adult", "Child"


@dataclass(frozen=True)
class Names:
    """By id: how a room is called, and as what an age category counts (`ADULT`, `CHILD`)."""

    rooms: Mapping[str, str] = field(default_factory=dict)
    ages: Mapping[str, str] = field(default_factory=dict)

    def room_of(self, stay: Row) -> str | None:
        return self.rooms.get(str(stay.get("AssignedResourceId")))

    def persons_of(self, stay: Row, counted_as: str) -> int | None:
        """How many a reservation counts as this; None where it does not say of everybody what they count as."""
        counts: dict[str, int] = {ADULT: 0, CHILD: 0}
        for each in stay.get("PersonCounts") or ():
            age, count = self.ages.get(str(each.get("AgeCategoryId"))), each.get("Count")
            if age not in counts or not isinstance(count, int):
                return None
            counts[age] += count
        return counts[counted_as] if any(counts.values()) else None


def names_for(stays: Sequence[Row], hotels: Collection[str], link: Link) -> Conversation[Names]:
    """Names of what these stays at these properties have; where none has a room yet, rooms are not asked for."""
    in_rooms = any(stay.get("AssignedResourceId") for stay in stays)
    enterprises = sorted(each for each, hotel in link.properties.items() if in_rooms and hotel in hotels)
    services = sorted({str(stay["ServiceId"]) for stay in stays if stay.get("PersonCounts")})
    rooms, ages = yield from beside(
        _looked_up(link, "resources/getAll", "Resources", map(_rooms_of, enterprises)),
        _looked_up(link, "ageCategories/getAll", "AgeCategories", map(_ages_of, services)),
    )
    return Names(_by_id(rooms, "Name"), _by_id(ages, "Classification"))


def _looked_up(link: Link, operation: str, answer: str, queries: Iterable[Row]) -> Conversation[list[Row]]:
    found: list[Row] = []
    for each in queries:
        found += yield from calls.look_up(link, operation, answer, each)
    return found


def _rooms_of(enterprise: str) -> Row:
    return {"EnterpriseIds": [enterprise], "Extent": {"Resources": True, "Inactive": False}}


def _ages_of(service: str) -> Row:
    """Deleted ones, too: a reservation of before still names them."""
    return {"ServiceIds": [service], "ActivityStates": ["Active", "Deleted"]}


def _by_id(rows: Sequence[Row], word: str) -> dict[str, str]:
    return {str(row["Id"]): str(row[word]) for row in rows if row.get("Id") and row.get(word)}
