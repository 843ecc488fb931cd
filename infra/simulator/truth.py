"""The figures that the hub must arrive at, computed here from the hotel's state and from what the cast knows of itself.

Two columns: the person (whom nobody but the simulator knows), and the known guest: the group of records that the
deterministic rules can join. A record counts once the hub could learn of it: all customers are announced by notices, so
also one who only booked for others is a guest (without stays); pseudo profiles are not. Whom the hotel forgot is a
guest for the reservations in that name, and nobody without any.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from infra.simulator.hotel import CUSTOMERS, RESERVATIONS, Entity, Hotel
from infra.simulator.people import Cast
from infra.simulator.records import Record
from infra.simulator.visits import Visit

POINTS_PER_UNIT = {"EUR": Decimal(10), "USD": Decimal(9)}
_ROOM = ("SpaceOrder", "NightRebate", "ResourceUpgradeFee")
_OTHER = ("ProductOrder", "ProductOrderRebate", "AdditionalExpenseRebate", "CustomItem", "AllowanceDiscount")


@dataclass
class Room:
    """One reservation as the hub should see it."""

    id: str
    property_id: str
    status: str
    reason: str | None
    source: str
    customer: str | None
    arrival: date
    departure: date
    room_minor: int
    own_minor: int  # of the room, what a person pays: the rest stands on a company's folio
    other_minor: int
    currency: str
    occupancy: str = "none"  # own, unnamed, or none while it is not completed or has no guest
    stay: int | None = None  # which of the customer's linked stays
    points: int = 0
    zero_reason: str | None = None

    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days


def truth(hotel: Hotel, cast: Cast, visits: list[Visit]) -> dict[str, Any]:
    """The whole truth about what has been played so far."""
    with hotel.lock:
        announced = {entity["Id"] for entity in hotel.every(CUSTOMERS)}
        rooms = _rooms(hotel, visits)
    everybody = [record for record in cast.records if record.id in announced and not record.is_pseudo]
    named = {room.customer for room in rooms}
    records = [record for record in everybody if record.id in named or not record.forgotten]
    _decide_occupancy(rooms)
    for room in rooms:
        _award(room)
    guests = _guests(records, rooms)
    return {
        "records": len(records),
        "guests_known": len(guests),
        "persons": len({record.person for record in records}),
        "merged_records": len(records) - len(guests),
        "distance": _distance(records),
        "totals": _totals(rooms),
        "guests": guests,
        "customers": {record.id: {"person": record.person, "guest": record.known} for record in records},
        "reservations": {room.id: _shown(room) for room in rooms},
        "forgotten": _forgotten(everybody, records),
    }


def _forgotten(everybody: list[Record], records: list[Record]) -> dict[str, list[str]]:
    """Who is not a guest any more, and the addresses that find nobody."""
    addresses = {record.address.text for record in everybody if record.forgotten and record.address}
    return {
        "customers": sorted({record.id for record in everybody} - {record.id for record in records}),
        "emails": sorted(
            addresses - {record.address.text for record in records if record.address and not record.forgotten}
        ),
    }


def _rooms(hotel: Hotel, visits: list[Visit]) -> list[Room]:
    rooms = []
    for visit in visits:
        found = hotel.find(RESERVATIONS, [hotel.ids.of("reservation", visit.booking.number)])
        rooms += [_room(hotel, reservation, visit) for reservation in found]
    return rooms


def _room(hotel: Hotel, reservation: Entity, visit: Visit) -> Room:
    place = hotel.property_of(reservation)
    zone = ZoneInfo(place.time_zone)

    def local(*fields: str) -> date:
        instant = next(reservation[field] for field in fields if reservation[field])
        return datetime.fromisoformat(instant).astimezone(zone).date()

    items = [item for item in hotel.items_of(reservation["Id"]) if item["AccountingState"] in ("Open", "Closed")]
    no_show = reservation["CancellationReason"] == "NoShow"
    sleeps = reservation["ActualEndUtc"] and visit.booking.nights and not visit.booking.left_at_once
    return Room(
        id=reservation["Id"],
        property_id=place.id,
        status="NoShow" if no_show else reservation["State"],
        reason=reservation["CancellationReason"],
        source=visit.channel.source,
        customer=visit.guest.id if visit.guest else None,
        arrival=local("ActualStartUtc", "ScheduledStartUtc"),
        departure=_last_night_on(items, zone) + timedelta(days=1)
        if sleeps
        else local("ActualEndUtc", "ScheduledEndUtc"),
        room_minor=_sum(items, _ROOM),
        own_minor=_sum([item for item in items if item["AccountType"] == "Customer"], _ROOM),
        other_minor=_sum(items, _OTHER),
        currency=place.currency,
    )


def _last_night_on(items: list[Entity], zone: ZoneInfo) -> date:
    """Whenever somebody clicked, the hotel struck the nights that were not slept."""
    nights = [item["StartUtc"] for item in items if item["Type"] == "SpaceOrder"]
    return max(datetime.fromisoformat(start).astimezone(zone).date() for start in nights)


def _sum(items: list[Entity], kinds: tuple[str, ...]) -> int:
    return sum(int(Decimal(str(item["Amount"]["NetValue"])) * 100) for item in items if item["Type"] in kinds)


def _decide_occupancy(rooms: list[Room]) -> None:
    """By customer and property: overlapping rooms after the first are somebody else's; touching ones are one stay."""
    by_customer: defaultdict[tuple[str, str], list[Room]] = defaultdict(list)
    for room in rooms:
        if room.customer and room.status == "Processed":
            by_customer[room.customer, room.property_id].append(room)
    for theirs in by_customer.values():
        own: list[Room] = []
        for room in sorted(theirs, key=lambda room: (room.arrival, room.departure, room.id)):
            room.occupancy = "unnamed" if any(_overlap(room, other) for other in own) else "own"
            if room.occupancy == "own":
                own.append(room)
        _link(own)


def _overlap(one: Room, other: Room) -> bool:
    both_have_nights = one.nights > 0 and other.nights > 0
    return both_have_nights and one.arrival < other.departure and other.arrival < one.departure


def _link(own: list[Room]) -> None:
    """`own` is in order of arrival, so that a room that touches several earlier ones joins them into one stay."""
    for number, room in enumerate(own):
        touched = {other.stay for other in own[:number] if other.departure == room.arrival}
        room.stay = min((stay for stay in touched if stay is not None), default=number)
        for other in own[:number]:
            if other.stay in touched:
                other.stay = room.stay


def _award(room: Room) -> None:
    if room.status != "Processed" or room.customer is None:
        return
    rate = POINTS_PER_UNIT.get(room.currency)
    points = Decimal(max(room.own_minor, 0)) / 100 * (rate or 0)
    room.points = int(points.quantize(Decimal(1), ROUND_HALF_EVEN))
    # The first that applies is told: who stayed, how it was booked, whether there is money, and only then rates.
    reasons = (
        (room.occupancy == "unnamed", "unnamed_occupant"),
        (room.source == "ota", "ota_excluded"),
        (room.room_minor <= 0, "no_room_revenue"),
        (room.own_minor <= 0, "not_own_folio"),
        (rate is None, "no_rate"),
        (room.points == 0, "rounds_to_zero"),
    )
    room.zero_reason = next((reason for applies, reason in reasons if applies), None)
    if room.zero_reason:
        room.points = 0


def _guests(records: list[Record], rooms: list[Room]) -> dict[str, Any]:
    by_customer: defaultdict[str, list[Room]] = defaultdict(list)
    for room in rooms:
        if room.customer and room.occupancy == "own":
            by_customer[room.customer].append(room)
    members: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        members[record.known].append(record)
    return {known: _guest(theirs, by_customer) for known, theirs in members.items()}


def _guest(records: list[Record], by_customer: dict[str, list[Room]]) -> dict[str, Any]:
    own = [room for record in records for room in by_customer.get(record.id, ())]
    return {
        "customers": sorted(record.id for record in records),
        "persons": sorted({record.person for record in records}),
        "stays": _stays(own),
        "nights": sum(room.nights for room in own),
        "room_revenue_minor": _by_currency(own, "room_minor"),
        "other_revenue_minor": _by_currency(own, "other_minor"),
        "points": sum(room.points for room in own),
        "members": sorted({record.member for record in records if record.member and not record.forgotten}),
        "marketing_consent": any(record.consents and not record.forgotten for record in records),
        "emails": sorted({address for record in records if (address := usable_address(record))}),
        "forgotten": all(record.forgotten for record in records),
    }


def usable_address(record: Record) -> str | None:
    """The record's own mailbox, normalised; None for one of a relay, a placeholder, the hotel, or an agency, and of
    whom the hotel forgot."""
    if record.forgotten or record.address is None or not record.address.joins:
        return None
    local, _, domain = record.address.text.partition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _distance(records: list[Record]) -> dict[str, int]:
    """How far the known guests are from the persons."""
    guests_of: defaultdict[str, set[str]] = defaultdict(set)
    persons_of: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        guests_of[record.person].add(record.known)
        persons_of[record.known].add(record.person)
    return {
        "persons_seen_as_several_guests": sum(len(guests) > 1 for guests in guests_of.values()),
        "guests_that_are_several_persons": sum(len(persons) > 1 for persons in persons_of.values()),
        "joins_missed": sum(len(guests) - 1 for guests in guests_of.values()),
        "joins_too_many": sum(len(persons) - 1 for persons in persons_of.values()),
    }


def _totals(rooms: list[Room]) -> dict[str, Any]:
    own = [room for room in rooms if room.occupancy == "own"]
    completed = [room for room in rooms if room.status == "Processed"]
    return {
        "reservations": len(rooms),
        "by_status": dict(Counter(room.status for room in rooms)),
        "by_source": dict(Counter(room.source for room in rooms)),
        "completed": len(completed),
        "completed_without_guest": sum(room.customer is None for room in completed),
        "unnamed": sum(room.occupancy == "unnamed" for room in rooms),
        "stays": _stays(own),
        "nights": sum(room.nights for room in own),
        "points": sum(room.points for room in own),
        "room_revenue_minor": _by_currency(own, "room_minor"),
        "other_revenue_minor": _by_currency(own, "other_minor"),
        "room_revenue_minor_of_all_completed": _by_currency(completed, "room_minor"),
        "zero_reasons": dict(Counter(room.zero_reason for room in rooms if room.zero_reason)),
    }


def _stays(own: list[Room]) -> int:
    return len({(room.customer, room.property_id, room.stay) for room in own})


def _by_currency(rooms: list[Room], field: str) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for room in rooms:
        sums[room.currency] += getattr(room, field)
    return dict(sums)


def _shown(room: Room) -> dict[str, Any]:
    return {
        **vars(room),
        "nights": room.nights,
        "arrival": room.arrival.isoformat(),
        "departure": room.departure.isoformat(),
    }
