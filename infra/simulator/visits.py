"""Casts the bookings: who books, who stays, under which profile, and through which channel."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from infra.simulator.bookings import Booking
from infra.simulator.people import Cast
from infra.simulator.records import Record
from infra.simulator.returning import returning


@dataclass(frozen=True)
class Channel:
    """What Mews says about where a booking came from, and the source that it means."""

    source: str
    origin: str
    commander: str | None = None
    details: str | None = None
    through_agency: bool = False
    through_company: bool = False


DIRECT = (
    Channel("direct", "Distributor"),
    Channel("direct", "Navigator"),
    Channel("direct", "Commander", "Phone"),
    Channel("direct", "Commander", "Email"),
    Channel("direct", "Commander", "Website"),
    Channel("direct", "Commander", "CallCenter"),
)
WALK_IN = Channel("direct", "Commander", "InPerson")
OTAS = (
    Channel("ota", "ChannelManager", None, "Booking.com"),
    Channel("ota", "ChannelManager", None, "Booking.com", through_agency=True),
    Channel("ota", "ChannelManager", None, "Expedia"),
    Channel("ota", "Commander", "Channel"),
)
GDS = Channel("gds", "ChannelManager", None, "Amadeus GDS")
BED_BANK = Channel("wholesale", "ChannelManager", None, "Hotelbeds")
AGENCY = Channel("wholesale", "Commander", "Email", through_agency=True)
COMPANY = Channel("corporate", "Commander", "Phone", through_company=True)
ROOMING_LIST = Channel("group", "Commander", "RoomingList")
IMPORTED = Channel("unknown", "Import")
# What the connection must be told: these channels are no OTAs though a channel manager brought the booking.
SOURCES_BY_DETAILS = {"Booking.com": "ota", "Amadeus GDS": "gds", "Hotelbeds": "wholesale"}


@dataclass
class Visit:
    """One reservation to be: a booking with its people."""

    booking: Booking
    channel: Channel
    account: Record | None  # None: the account is a company
    guest: Record | None  # the primary guest by construction; None where nobody is known
    company: str | None = None
    agency: str | None = None
    companions: list[Record] = field(default_factory=list)
    booker: Record | None = None
    is_walk_in: bool = False
    group: str = ""


class Casting:
    """Gives every booking its people, in the order of the source."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self._cast = cast
        self._rng = random.Random(f"visits:{seed}")
        self._regulars: list[Record] = []
        self._leaving: dict[tuple[str, date], Record] = {}
        self._bookers: dict[str, Record] = {}
        self._pseudo: dict[str, Record] = {}

    def visits(self, bookings: list[Booking]) -> list[Visit]:
        cast = [visit for party in _parties(bookings) for visit in self._party(party)]
        self._cast.settle_agencies()
        self._cast.forget_some()
        return cast

    def _party(self, party: list[Booking]) -> list[Visit]:
        group = f"group {party[0].number}"
        visits = [self._single(party[0])] if len(party) == 1 else self._group(party)
        for visit in visits:
            visit.group = group
        return visits

    def _group(self, rooms: list[Booking]) -> list[Visit]:
        """Half of the groups stay on the leader's profile, the others on their own with the leader's address."""
        channel = AGENCY if rooms[0].agent else ROOMING_LIST
        if self._rng.random() < 0.5:
            leader = self._cast.newcomer(rooms[0].country, "direct")
            self._regulars.append(leader)
            guests = [leader] * len(rooms)
        else:
            guests = self._cast.group(rooms[0].country, len(rooms))
        agency = rooms[0].agent
        booker = self._booker(agency) if agency and self._rng.random() < 0.5 else None
        return [
            Visit(room, channel, guest, guest, agency=agency, booker=booker)
            for room, guest in zip(rooms, guests, strict=True)
        ]  # fmt: skip

    def _single(self, booking: Booking) -> Visit:
        channel = self._channel(booking)
        if booking.segment == "Complementary" and self._rng.random() < 0.3:
            account = self._pseudo_profile("paymaster", None, "Posting Master", "PaymasterAccount")
            return Visit(booking, channel, account, None)
        if channel in DIRECT and booking.lead_days == 0 and booking.outcome == "Check-Out":
            return self._walk_in(booking)
        if channel is COMPANY and self._rng.random() < 0.5:
            return self._on_company(booking)
        guest = self._guest(booking, channel)
        visit = Visit(booking, channel, guest, guest, company=booking.company, agency=booking.agent)
        visit.companions = self._companions(booking, guest)
        visit.booker = self._who_booked(visit)
        return visit

    def _channel(self, booking: Booking) -> Channel:
        if booking.channel == "GDS":
            return GDS
        match booking.segment:
            case "Online TA":
                return self._rng.choices((*OTAS, BED_BANK), (56, 12, 22, 4, 6))[0]
            case "Offline TA/TO" | "Aviation":
                return AGENCY
            case "Groups":
                return AGENCY if booking.agent else ROOMING_LIST
            case "Corporate":
                return COMPANY
            case "Direct":
                return self._rng.choice(DIRECT)
            case "Complementary":
                return WALK_IN
            case _:
                return IMPORTED

    def _walk_in(self, booking: Booking) -> Visit:
        if self._rng.random() < 0.4:
            given, family = (None, "Walk In") if booking.hotel == "City Hotel" else ("Walk", "In")
            account = self._pseudo_profile(f"walk in {booking.hotel}", given, family)
            return Visit(booking, WALK_IN, account, None, is_walk_in=True)
        if self._rng.random() < 0.1:
            return Visit(booking, WALK_IN, self._pseudo_profile("tba", None, "TBA"), None, is_walk_in=True)
        guest = self._cast.walk_in_guest(booking.country)
        return Visit(booking, WALK_IN, guest, guest, is_walk_in=True)

    def _on_company(self, booking: Booking) -> Visit:
        """The company pays; its travellers are companions, and some rooms have nobody's name yet."""
        travellers = []
        if self._rng.random() < 0.75:
            travellers.append(self._guest(booking, COMPANY))
            if booking.adults > 1:
                travellers.append(self._cast.newcomer(booking.country, "direct"))
        guest = min(travellers, key=lambda record: record.id, default=None)
        return Visit(booking, COMPANY, None, guest, company=booking.company or "0", companions=travellers)

    def _guest(self, booking: Booking, channel: Channel) -> Record:
        contact = {"ota": "ota", "wholesale": "agency"}.get(channel.source, "direct")
        agency = booking.agent if contact == "agency" else None
        staying_on = self._leaving.get((booking.hotel, booking.arrival))
        if staying_on and self._rng.random() < 0.1:
            record = staying_on
        elif self._regulars and self._rng.random() < (0.2 if contact == "ota" else 0.38):
            record = returning(self._cast, self._rng.choice(self._regulars), contact, agency)
        else:
            record = self._cast.newcomer(booking.country, contact, agency)
        self._regulars.append(record)
        if booking.outcome == "Check-Out":
            self._leaving[booking.hotel, booking.departure] = record
        return record

    def _companions(self, booking: Booking, guest: Record) -> list[Record]:
        if booking.adults < 2 or self._rng.random() > 0.3:
            return []
        companion = self._cast.companion(guest)
        if self._rng.random() < 0.3:
            self._regulars.append(companion)
        return [companion]

    def _who_booked(self, visit: Visit) -> Record | None:
        """A travel agent, or a regular who booked for somebody else: never the guest of the stay."""
        if visit.channel is AGENCY and visit.agency and self._rng.random() < 0.3:
            return self._booker(visit.agency)
        if self._rng.random() < 0.03:
            other = self._rng.choice(self._regulars)
            return other if other is not visit.guest else None
        return None

    def _booker(self, agency: str) -> Record:
        if agency not in self._bookers:
            self._bookers[agency] = self._cast.newcomer("PT", "agency", agency)
        return self._bookers[agency]

    def _pseudo_profile(self, key: str, given: str | None, family: str, *classifications: str) -> Record:
        if key not in self._pseudo:
            self._pseudo[key] = self._cast.pseudo(key, given, family, *classifications)
        return self._pseudo[key]


def _parties(bookings: list[Booking]) -> Iterator[list[Booking]]:
    """Rows that follow each other as rooms of one group, and all others alone."""
    for key, rows in groupby(bookings, _party_key):
        rooms = list(rows)
        if key is None or len(rooms) == 1:
            yield from ([room] for room in rooms)
        else:
            yield rooms


def _party_key(booking: Booking) -> tuple[object, ...] | None:
    if booking.segment != "Groups":
        return None
    return booking.hotel, booking.arrival, booking.nights, booking.lead_days, booking.agent, booking.company
