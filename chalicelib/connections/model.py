"""What a connection is. The webhook route reads it within a second, on a cold start: nothing heavy is imported here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.time import Instant

FIRST = 1
"""The version of what was kept before versions were."""
API = ConnectionId("api")
"""The source of what comes through the API; `api-{property}` where the key speaks for single hotels. Rooms and charges
are the hotel's, whoever tells of them: they are the API's in either case."""


SIGNUP = ConnectionId("signup")
"""The source of what people say of themselves who sign up for newsletters and confirm it."""


def is_own(connection: ConnectionId) -> bool:
    """Whether a name is one of the hub's own sources; no connection may be called so."""
    return is_api(connection) or connection == SIGNUP


def is_api(connection: ConnectionId) -> bool:
    """Whether a name is the API's own."""
    return connection == API or connection.startswith(f"{API}-")


IMPORTED = "csv-"
"""How the sources of imported lists are called; what follows is their owner's own name for one."""


def is_import(connection: ConnectionId) -> bool:
    """Whether a name is that of an imported list; no connection may be called so."""
    return connection.startswith(IMPORTED)


def api_of(property_id: PropertyId) -> ConnectionId:
    """The source of what a key of single hotels says of one of them."""
    return ConnectionId(f"{API}-{property_id}")


def hotel_of(source: ConnectionId) -> PropertyId | None:
    """The hotel that alone speaks through a source, by a key of its own. None for the group's keys, and for connections
    (see `KeptConnection.claims`)."""
    return PropertyId(source.removeprefix(f"{API}-")) if source.startswith(f"{API}-") else None


class VendorsHotel(NamedTuple):
    """What names a vendor's hotel in the ids of its reservations, and how often the connection's map has moved it."""

    name: str
    moves: int = 0


@dataclass(frozen=True)
class KeptConnection:
    """A connection as it lies in the table: secrets hashed or encrypted, credentials encrypted."""

    id: ConnectionId
    vendor: str
    base_url: str = ""
    properties: Mapping[str, PropertyId] = field(default_factory=dict)
    """The vendor's hotel id → property id; empty for one that may speak for every property."""
    known_as: Mapping[str, str] = field(default_factory=dict)
    """The vendor's hotel id → what names that hotel in the ids of its reservations, for good (rules.py)."""
    moves: Mapping[str, int] = field(default_factory=dict)
    """The vendor's hotel id → how often the map has moved that hotel."""
    channels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    desk_url: str = ""
    """The page of a reservation in the PMS, for people: with `{reservation}`, and `{hotel}`, as the vendor calls them
    (desks.py)."""
    sealed_secrets: tuple[str, ...] = ()
    sealed_credentials: str | None = None
    made_secrets: tuple[str, ...] = ()
    """The ids of the last secrets that were made for it (rotation.py), ended ones among them."""
    is_claim: bool = False
    """Whether a key of single hotels wrote it last. One that a key of all hotels wrote is the group's word."""
    version: int = FIRST
    """How often it was written; making and ending its secrets counts for nothing."""
    changed_at: Instant | None = None
    changed_by: str | None = None

    @property
    def claims(self) -> frozenset[PropertyId]:
        """The hotels that alone say what comes through it; none where it is the group's word."""
        return frozenset(self.properties.values()) if self.is_claim else frozenset()

    def hotel(self, vendors_id: str) -> VendorsHotel | None:
        """None for one that was never in the map."""
        name = self.known_as.get(vendors_id)
        return VendorsHotel(name, self.moves.get(vendors_id, 0)) if name else None
