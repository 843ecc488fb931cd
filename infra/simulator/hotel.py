"""The state of the PMS: customers, reservations, companions and bills as Mews shapes them, and what may happen to them.

Entities are replaced, never changed in place, so that a reader's answer cannot change while it is written out.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from infra.simulator.records import Ids

Entity = dict[str, Any]
CUSTOMERS, RESERVATIONS, COMPANIONSHIPS, ORDER_ITEMS = "Customers", "Reservations", "Companionships", "OrderItems"
AGE_CATEGORIES = "AgeCategories"


@dataclass(frozen=True)
class Property:
    """One hotel of the group."""

    id: str
    name: str
    enterprise: str
    stay_service: str
    parking_service: str
    time_zone: str
    currency: str
    country: str
    email_domain: str
    vat: Decimal

    def instant(self, day: date, at: time) -> datetime:
        """The UTC instant of a local time of the day."""
        return datetime.combine(day, at, ZoneInfo(self.time_zone)).astimezone(UTC)


def properties(ids: Ids) -> list[Property]:
    """The three hotels: two in Portugal, and one in a currency for which the demo's programme has no rate."""

    def hotel(key: str, name: str, zone: str, currency: str, country: str, vat: str) -> Property:
        enterprise, stays, parking = (ids.of(kind, key) for kind in ("enterprise", "stays", "parking"))
        return Property(key, name, enterprise, stays, parking, zone, currency, country, f"{key}.example", Decimal(vat))

    return [
        hotel("resort", "Resort Hotel", "Europe/Lisbon", "EUR", "PT", "0.06"),
        hotel("city", "City Hotel", "Europe/Lisbon", "EUR", "PT", "0.06"),
        hotel("lake", "Lake Hotel", "Europe/Zurich", "CHF", "CH", "0.038"),
    ]


def _ages(place: Property, ids: Ids) -> list[Entity]:
    """As whom the stay service counts people."""
    words = {"adult": "Adult", "child": "Child"}
    return [
        {"Id": age_id(place, kind, ids), "ServiceId": place.stay_service, "Classification": word, "IsActive": True}
        for kind, word in words.items()
    ]


def age_id(place: Property, kind: str, ids: Ids) -> str:
    return ids.of("age", f"{place.id} {kind}")


@dataclass(frozen=True)
class Notice:
    """One event of a webhook."""

    enterprise: str
    discriminator: str
    id: str


class Clock:
    """Instants that strictly increase by at least a millisecond."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = datetime.min.replace(tzinfo=UTC)

    def tick(self) -> str:
        self._last = max(self._last + timedelta(milliseconds=1), self._now())
        return utc(self._last)


def utc(instant: datetime) -> str:
    """As Mews writes instants, to the millisecond."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


class Hotel:
    """All entities of the chain. Each change moves the entity's `UpdatedUtc`; callers turn changes into notices."""

    def __init__(self, ids: Ids, now: Callable[[], datetime]) -> None:
        self.ids = ids
        self.properties = properties(ids)
        self.lock = threading.RLock()
        self.clock = Clock(now)
        self.entities: dict[str, dict[str, Entity]] = {
            kind: {} for kind in (CUSTOMERS, RESERVATIONS, COMPANIONSHIPS, ORDER_ITEMS)
        }
        self.entities[AGE_CATEGORIES] = {each["Id"]: each for place in self.properties for each in _ages(place, ids)}
        self.updated: dict[str, str] = {}  # by entity id; companionships have the instant, but do not show it
        self._items: defaultdict[str, list[str]] = defaultdict(list)
        self._companions: defaultdict[str, list[str]] = defaultdict(list)

    def property_of(self, reservation: Entity) -> Property:
        service = reservation["ServiceId"]
        return next(place for place in self.properties if service in (place.stay_service, place.parking_service))

    # reading

    def find(self, kind: str, ids: Iterable[str]) -> list[Entity]:
        with self.lock:
            return [self.entities[kind][key] for key in ids if key in self.entities[kind]]

    def every(self, kind: str) -> list[Entity]:
        with self.lock:
            return list(self.entities[kind].values())

    def items_of(self, reservation_id: str) -> list[Entity]:
        with self.lock:
            return [self.entities[ORDER_ITEMS][key] for key in self._items.get(reservation_id, ())]

    def companionships_of(self, reservation_id: str) -> list[Entity]:
        with self.lock:
            return [self.entities[COMPANIONSHIPS][key] for key in self._companions.get(reservation_id, ())]

    # what may happen

    def put(self, kind: str, entity: Entity) -> None:
        with self.lock:
            instant = self.clock.tick()
            if kind != COMPANIONSHIPS:
                entity = {**entity, "UpdatedUtc": instant}
            self.updated[entity["Id"]] = instant
            self.entities[kind][entity["Id"]] = entity

    def change(self, kind: str, entity_id: str, **fields: object) -> None:
        with self.lock:
            self.put(kind, {**self.entities[kind][entity_id], **fields})

    def accompany(self, reservation: Entity, customer_id: str) -> None:
        """One more person in the room."""
        key = self.ids.of("companionship", f"{reservation['Id']} {customer_id}")
        row = {
            "Id": key,
            "CustomerId": customer_id,
            "ReservationGroupId": reservation["GroupId"],
            "ReservationId": reservation["Id"],
        }
        with self.lock:
            self._companions[reservation["Id"]].append(key)
            self.put(COMPANIONSHIPS, row)

    def reschedule(self, reservation_id: str, start: datetime, end: datetime) -> None:
        self.change(
            RESERVATIONS, reservation_id,
            ScheduledStartUtc=utc(start), StartUtc=utc(start), ScheduledEndUtc=utc(end), EndUtc=utc(end),
        )  # fmt: skip

    def check_in(self, reservation_id: str, at: datetime) -> None:
        self.change(RESERVATIONS, reservation_id, State="Started", ActualStartUtc=utc(at), StartUtc=utc(at))

    def check_out(self, reservation_id: str, at: datetime) -> None:
        with self.lock:
            for item in self.items_of(reservation_id):
                if item["AccountingState"] == "Open":
                    self.change(ORDER_ITEMS, item["Id"], AccountingState="Closed", ClosedUtc=utc(at))
            self.change(RESERVATIONS, reservation_id, State="Processed", ActualEndUtc=utc(at), EndUtc=utc(at))

    def reverse_check_out(self, reservation_id: str) -> None:
        self.change(RESERVATIONS, reservation_id, State="Started", ActualEndUtc=None)

    def cancel(self, reservation_id: str, reason: str) -> None:
        with self.lock:
            for item in self.items_of(reservation_id):
                self.strike(item)
            instant = self.clock.tick()
            self.change(RESERVATIONS, reservation_id, State="Canceled", CancellationReason=reason, CancelledUtc=instant)

    def strike(self, item: Entity) -> None:
        """The line stays on the bill, and counts no more."""
        self.change(ORDER_ITEMS, item["Id"], AccountingState="Canceled", CanceledUtc=self.clock.tick())

    def charge(
        self, reservation_id: str, kind: str, net: Decimal, *, state: str = "Open", start: datetime | None = None
    ) -> str:
        """One more line on the bill, with the reservation touched as Mews does; answers the line's id."""
        with self.lock:
            reservation = self.entities[RESERVATIONS][reservation_id]
            number = len(self._items[reservation_id])
            item = self._order_item(reservation, number, kind, net, state, start)
            self._items[reservation_id].append(item["Id"])
            self.put(ORDER_ITEMS, item)
            self.change(RESERVATIONS, reservation_id)
            return str(item["Id"])

    def _order_item(
        self, reservation: Entity, number: int, kind: str, net: Decimal, state: str, start: datetime | None
    ) -> Entity:
        place = self.property_of(reservation)
        gross = (net * (1 + place.vat)).quantize(Decimal("0.01"))
        amount = {
            "Currency": place.currency,
            "NetValue": float(net),
            "GrossValue": float(gross),
            "TaxValues": [{"Code": f"{place.country}-L", "Value": float(gross - net)}],
        }
        return {
            "Id": self.ids.of("item", f"{reservation['Id']} {number}"),
            "EnterpriseId": place.enterprise,
            "AccountId": reservation["AccountId"],
            "AccountType": reservation["AccountType"],
            "Notes": "",
            "ServiceId": reservation["ServiceId"],
            "ServiceOrderId": reservation["Id"],
            "BillId": self.ids.of("bill", reservation["Id"]),
            "UnitCount": 1,
            "UnitAmount": amount,
            "Amount": amount,
            "OriginalAmount": amount,
            "RevenueType": "Service" if kind == "SpaceOrder" else "Additional",
            "CreatedUtc": self.clock.tick(),
            "ConsumedUtc": reservation["ScheduledEndUtc"],
            "CanceledUtc": None,
            "ClosedUtc": None,
            "StartUtc": utc(start) if start else reservation["ScheduledStartUtc"],
            "AccountingState": state,
            "Type": kind,
            "Options": {"CanceledWithReservation": kind == "SpaceOrder"},
            "Data": None,
        }
