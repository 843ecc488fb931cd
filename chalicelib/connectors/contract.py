"""What every vendor's folder offers. Nothing here, and nothing in a vendor's folder, does I/O.

A vendor has two faces. The *edge* (`edge.py`) is needed within a second, on a cold start: it verifies raw bytes, and
says what must never be queued. It imports neither pydantic nor anything heavy. The *translation* (`translate.py`) turns
notices into snapshots in a worker. A fat vendor's notice is the whole truth; a thin vendor's notice names ids, and the
translation is a generator that yields the `Call`s it needs and is sent their answers (`beside` carries on two of them
together); a polled vendor has no notices, only `changed_since`. Commands back to a PMS are further generators of
`Call`s.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

from chalicelib.canonical.errors import FieldError
from chalicelib.canonical.ids import ConnectionId, PropertyId

if TYPE_CHECKING:
    from chalicelib.canonical.snapshots import ChargeSnapshot, GuestSnapshot, ReservationSnapshot

Json = Any
"""A parsed JSON document whose shape is the vendor's; it ends at the translation."""


@dataclass(frozen=True)
class Request:
    """One webhook call. Header names are lower case; `at` is when it came."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    at: datetime


class Edge(Protocol):
    """What the webhook route needs of a vendor."""

    secret_use: Literal["compare", "sign"]
    """Secrets that are only compared are stored as SHA-256; those that sign are stored encrypted."""
    thin: bool
    """Thin notices wait in a queue of their own, so that a slow vendor API holds up nobody else's."""
    success: int
    """The HTTP status this vendor takes for success."""
    id_fields: frozenset[str]
    """Fields, lower case, that hold ids: digits in them are never taken for card numbers."""
    dropped_fields: frozenset[str]
    """Fields, lower case, that must never reach the queue: documents, health, diet, tokens, card data, free text."""

    listed_fields: frozenset[str] | None
    """The only fields whose values are kept, as they are spelt; None where all are but those that must go."""

    entries: str
    """The list of a notice, if it has one, whose entries may as well come in several notices."""
    credentials: frozenset[str]
    """What the vendor's API wants of a connection."""
    options: frozenset[str]
    """What else may be said of a connection to this vendor; its translation asks for it by these names."""

    def secret_fault(self, secret: str) -> str | None:
        """Why a webhook secret cannot vouch for anything, or would never arrive; None for one that is fit."""
        ...

    def secret_of(self, made: bytes) -> str:
        """A webhook secret of this vendor's form out of 32 bytes that nobody can guess."""
        ...

    def verify(self, request: Request, secrets: Sequence[str]) -> bool:
        """Whether one of the secrets vouches for the request; takes the same time for every wrong one."""
        ...

    is_told: bool
    """Who sends mends what it is told: a notice of which nothing can be read is refused, with its fields. Else it is
    taken, and set aside with why."""

    def faults(self, notices: Sequence[Json], at: datetime) -> Sequence[FieldError]:
        """What is wrong where nothing of the notices can be taken; never a value of theirs."""
        ...

    def hotel_of(self, body: Json) -> str | None:
        """The vendor's hotel id, where a cheap look finds exactly one."""
        ...


@dataclass(frozen=True)
class Link:
    """What a translation may know of its connection."""

    connection: ConnectionId
    properties: Mapping[str, PropertyId]
    """The vendor's hotel id → property id."""
    zones: Mapping[PropertyId, str]
    """Property id → IANA zone."""
    channels: Mapping[str, str]
    """The vendor's source code → canonical channel."""
    options: Mapping[str, Sequence[str]]
    """What only this vendor needs, e.g. which Mews services are accommodation."""
    credentials: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One request to a vendor's API, relative to the connection's base URL."""

    path: str
    body: Json
    method: str = "POST"
    is_look_up: bool = False
    """It asks what ids stand for, which seldom changes: the answer may be an hour old. It is null where the vendor does
    not let these credentials ask: the rest of the conversation goes on."""


if TYPE_CHECKING:
    Snapshots = list[GuestSnapshot | ReservationSnapshot | ChargeSnapshot]


class UnknownWord(NamedTuple):
    """A word that no table knows and that may be told (codes.py), by which of the ignored it is counted, and the
    vendor's id of what it was said of."""

    counted_as: str
    word: str
    subject: str


@dataclass(frozen=True)
class Translated:
    """Snapshots of one notice, and the words of it that the hub passes over, by name."""

    snapshots: "Snapshots"
    ignored: Mapping[str, int]
    broken: Mapping[str, str] = field(default_factory=dict)
    """What could not be translated, by the vendor's id or its place in the notice, and why, never with a value of it:
    its neighbours are in `snapshots`."""
    hotels: Mapping[str, str] = field(default_factory=dict)
    """By the vendor's id of a reservation, the vendor's id of its hotel, where the connection's map says which property
    that is: the map may change, and the reservation is the same."""
    of_no_hotel: frozenset[str] = frozenset()
    """Profiles, by the vendor's id, of the whole chain: their snapshots name the hotel that was asked, but nobody says
    that the guest was ever there."""
    unknown_words: Sequence[UnknownWord] = ()
    """Those of the words passed over that may be told."""


Answered = TypeVar("Answered")
Conversation = Generator[Sequence[Call], Sequence[Json], Answered]
"""Yields calls that may be made beside each other, is sent their answers in their order, returns what they came to."""


class FatTranslation(Protocol):
    """The translation of a vendor whose notices hold the whole truth."""

    def translate(self, notice: Json, link: Link, received_at: datetime) -> Translated:
        """What cannot be read is in `broken`. Raises Rejected when nothing of it is of the vendor's shape."""
        ...


class Sample(Protocol):
    """A notice to try a connection with, of a vendor whose notices hold the whole truth."""

    def pushed(self, secret: str, hotel: PropertyId, at: datetime) -> Request:
        """As its source would push it: about nobody, at one of our hotels."""
        ...


class ThinTranslation(Protocol):
    """The translation of a vendor whose notices name ids."""

    def named_by(self, notice: Json) -> frozenset[str]:
        """The vendor's ids that a notice names. Raises Rejected when the notice is not of the vendor's shape."""
        ...

    def fetch(self, notices: Sequence[Json], link: Link) -> Conversation[Translated]:
        """One conversation for all notices of a batch: one call of each kind."""
        ...

    def changed_since(self, link: Link, since: datetime, until: datetime) -> Conversation[list[Json]]:
        """The notices that the vendor would have sent for what changed in [since, until)."""
        ...
