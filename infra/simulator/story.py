"""Tells the season as waves of steps: book, change, arrive, depart, settle, again, merge, forget. A step changes the
hotel and returns the notices that Mews would push for it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from infra.simulator.hotel import CUSTOMERS, RESERVATIONS, Entity, Hotel, Notice, Property
from infra.simulator.orders import reservation
from infra.simulator.people import Cast
from infra.simulator.profiles import announce, anonymised, later
from infra.simulator.records import Record
from infra.simulator.visits import Visit

Step = Callable[[], list[Notice]]
WAVES = ("book", "change", "arrive", "depart", "settle", "again", "merge", "forget")
_REASONS = ("Other", "BookingAbandoned", "InvalidPayment", "Update", "ForceMajeure", "PriceTooHigh")
_OTHER_EVENTS = ("ResourceUpdated", "MessageAdded", "PaymentUpdated", "ResourceBlockUpdated")


@dataclass(frozen=True)
class Wave:
    name: str
    steps: list[Step]


class Story:
    """What will happen to every visit, decided in advance and in the order of the source."""

    def __init__(self, hotel: Hotel, cast: Cast, visits: list[Visit], seed: int) -> None:
        self._hotel = hotel
        self._cast = cast
        self._steps: dict[str, list[Step]] = {name: [] for name in WAVES}
        self._home: dict[str, Property] = {}
        by_name = {place.name: place for place in hotel.properties}
        for visit in visits:
            key = f"story:{seed}:{visit.booking.number}"
            _Chapter(hotel, cast, visit, by_name[visit.booking.hotel], key).tell(self._steps)
            for record in _people(visit):
                self._home.setdefault(record.id, by_name[visit.booking.hotel])
        self._tell_customers()

    def waves(self) -> list[Wave]:
        return [Wave(name, self._steps[name]) for name in WAVES]

    def _tell_customers(self) -> None:
        for record in self._cast.records:
            place = self._home.get(record.id)
            if place and later(record, self._cast):
                self._steps["depart"].append(self._update(record, place, later(record, self._cast)))
            if place and record.merges_into:
                self._steps["merge"].append(self._update(record, place, {"MergeTargetId": record.merges_into}))
            if place and record.forgotten:
                self._steps["forget"].append(self._update(record, place, anonymised(record)))

    def _update(self, record: Record, place: Property, fields: dict[str, object]) -> Step:
        def step() -> list[Notice]:
            self._hotel.change(CUSTOMERS, record.id, **fields)
            return [Notice(place.enterprise, "CustomerUpdated", record.id)]

        return step


class _Chapter:
    """One visit, from its booking to its last correction."""

    def __init__(self, hotel: Hotel, cast: Cast, visit: Visit, place: Property, key: str) -> None:
        self._hotel, self._cast, self._visit, self._place, self._key = hotel, cast, visit, place, key
        self._id = hotel.ids.of("reservation", visit.booking.number)
        booking = visit.booking
        day_use = booking.nights == 0
        self._start = place.instant(booking.arrival, time(9) if day_use else time(15))
        self._end = place.instant(booking.departure, time(17) if day_use else time(11))
        self._changed_first = booking.changes > 0 and not visit.is_walk_in

    def tell(self, steps: dict[str, list[Step]]) -> None:
        first = "arrive" if self._visit.is_walk_in else "book"
        steps[first].append(self._arrive if self._visit.is_walk_in else self._book)
        if self._changed_first:
            steps["change"].append(self._settle_dates)
        if self._dice("something else").random() < 0.1:
            steps["change"].append(self._something_else)
        if self._dice("parking").random() < 0.05 and not self._visit.is_walk_in:
            steps["change"].append(self._park)
        match self._visit.booking.outcome:
            case "Canceled":
                steps["arrive" if self._changed_first else "change"].append(self._cancel)
            case "No-Show":
                steps["arrive"].append(self._miss)
            case "Check-Out":
                if not self._visit.is_walk_in:
                    steps["arrive"].append(self._arrive)
                steps["depart"].append(self._depart)
                self._tell_afterwards(steps)

    def _tell_afterwards(self, steps: dict[str, list[Step]]) -> None:
        roll = self._dice("afterwards").random()
        if roll < 0.05:
            steps["settle"].append(self._reverse)
            if roll > 0.003:  # the few others stay in house
                steps["again"].append(self._depart_again)
        elif roll < 0.16:
            steps["settle"].append(self._charge_late)

    # the steps

    def _book(self) -> list[Notice]:
        notices = self._announce_people()
        shift = timedelta(days=self._dice("first dates").choice((-2, 3, 5))) if self._changed_first else timedelta()
        with self._hotel.lock:
            booked = self._reservation(self._start + shift, self._end + shift)
            self._hotel.put(RESERVATIONS, booked)
            for record in self._in_the_room():
                self._hotel.accompany(booked, record.id)
            self._post_nights(self._visit.booking.arrival + shift)
            if self._dice("deposit").random() < 0.08:
                self._hotel.charge(self._id, "Deposit", Decimal(50))
        return [*notices, self._notice()]

    def _settle_dates(self) -> list[Notice]:
        with self._hotel.lock:
            for item in self._hotel.items_of(self._id):
                if item["Type"] == "SpaceOrder":
                    self._hotel.strike(item)
            self._hotel.reschedule(self._id, self._start, self._end)
            self._post_nights(self._visit.booking.arrival)
        return [self._notice()] * self._dice("told twice").choice((1, 1, 2))

    def _something_else(self) -> list[Notice]:
        """Events of kinds that say nothing about guests, and an order that is no reservation at all."""
        kind = self._dice("event kind").choice(_OTHER_EVENTS)
        notices = [Notice(self._place.enterprise, kind, self._hotel.ids.of(kind, self._id))]
        if self._dice("product order").random() < 0.3:
            order = self._hotel.ids.of("product order", self._id)
            notices.append(Notice(self._place.enterprise, "ServiceOrderUpdated", order))
        return notices

    def _park(self) -> list[Notice]:
        """A parking place is an order of another service: also a "reservation", and no stay."""
        key = self._hotel.ids.of("parking order", self._id)
        parking = {**self._reservation(self._start, self._end), "Id": key, "ServiceId": self._place.parking_service}
        with self._hotel.lock:
            self._hotel.put(RESERVATIONS, parking)
            self._hotel.charge(key, "SpaceOrder", Decimal(12))
            self._hotel.check_in(key, self._start)
            self._hotel.check_out(key, self._end)
        return [Notice(self._place.enterprise, "ServiceOrderUpdated", key)]

    def _cancel(self) -> list[Notice]:
        with self._hotel.lock:
            self._hotel.cancel(self._id, self._dice("reason").choice(_REASONS))
            if self._dice("fee").random() < 0.2:
                self._hotel.charge(self._id, "CancellationFee", Decimal(80))
        return [self._notice()]

    def _miss(self) -> list[Notice]:
        with self._hotel.lock:
            self._hotel.cancel(self._id, "NoShow")
            self._hotel.charge(self._id, "CancellationFee", Decimal(120))
        return [self._notice()]

    def _arrive(self) -> list[Notice]:
        notices = self._book() if self._visit.is_walk_in else []
        with self._hotel.lock:
            self._hotel.check_in(self._id, self._arrival())
            if self._dice("breakfast").random() < 0.4 and self._visit.booking.nights:
                breakfast = Decimal(14) * self._visit.booking.nights * max(self._visit.booking.adults, 1)
                self._hotel.charge(self._id, "ProductOrder", breakfast)
            if self._visit.booking.nights:
                self._hotel.charge(self._id, "CityTax", Decimal(2) * self._visit.booking.nights)
            if self._dice("void item").random() < 0.05:
                self._hotel.charge(self._id, "ProductOrder", Decimal("33.30"), state="Inactive")
        return [*notices, self._notice()]

    def _depart(self) -> list[Notice]:
        nights = self._nights_stayed()
        with self._hotel.lock:
            for item in self._open_nights()[max(nights, 1) :]:
                self._hotel.strike(item)
            if self._dice("bar").random() < 0.2:
                bar = Decimal(self._dice("bar bill").randrange(300, 9000)) / 100
                self._hotel.charge(self._id, "ProductOrder", bar)
            self._hotel.check_out(self._id, self._departure())
        return [self._notice()]

    def _charge_late(self) -> list[Notice]:
        """Found after check-out: the minibar, a rebate for a complaint, or a late departure."""
        kind, net = self._dice("late charge").choice(
            (
                ("ProductOrder", "8.50"),
                ("ProductOrderRebate", "-4.20"),
                ("NightRebate", "-15.35"),
                ("SpaceOrder", "27.45"),
            )
        )
        self._hotel.charge(self._id, kind, Decimal(net), state="Closed")
        return [self._notice()]

    def _reverse(self) -> list[Notice]:
        self._hotel.reverse_check_out(self._id)
        return [self._notice()]

    def _depart_again(self) -> list[Notice]:
        with self._hotel.lock:
            if self._dice("correction").random() < 0.6:
                kind = self._dice("correction kind").choice(("ResourceUpgradeFee", "Surcharge"))
                self._hotel.charge(self._id, kind, Decimal("19.90"))
            self._hotel.check_out(self._id, self._departure() + timedelta(minutes=40))
        return [self._notice()]

    # what the steps are made of

    def _dice(self, question: str) -> random.Random:
        """Each question has its own chance, so that the order of playing changes nothing."""
        return random.Random(f"{self._key}:{question}")

    def _notice(self) -> Notice:
        return Notice(self._place.enterprise, "ServiceOrderUpdated", self._id)

    def _announce_people(self) -> list[Notice]:
        """Mews says both Added and Updated of a new customer."""
        notices = []
        for record in _people(self._visit):
            if announce(record, self._cast, self._hotel):
                kinds = ("CustomerAdded", "CustomerUpdated")
                notices += [Notice(self._place.enterprise, kind, record.id) for kind in kinds]
        return notices

    def _in_the_room(self) -> list[Record]:
        account = self._visit.account
        owner = [account] if account and not account.is_pseudo else []
        return [*owner, *(record for record in self._visit.companions if record not in owner)]

    def _post_nights(self, first: date) -> None:
        net = (self._visit.booking.rate / (1 + self._place.vat)).quantize(Decimal("0.01"))
        for night in range(max(self._visit.booking.nights, 1)):
            start = self._place.instant(first + timedelta(days=night), time(15))
            self._hotel.charge(self._id, "SpaceOrder", net, start=start)

    def _open_nights(self) -> list[Entity]:
        items = self._hotel.items_of(self._id)
        return [item for item in items if item["Type"] == "SpaceOrder" and item["AccountingState"] == "Open"]

    def _nights_stayed(self) -> int:
        booking = self._visit.booking
        left_early = booking.arrival <= booking.outcome_date < booking.departure
        return (booking.outcome_date - booking.arrival).days if left_early else booking.nights

    def _arrival(self) -> datetime:
        """Some arrive just after midnight, when UTC still has the day before."""
        booking = self._visit.booking
        hour = 15 + (0 if booking.left_at_once else booking.number % 8)
        in_daytime = time(hour if booking.nights else 9, 10)
        at = time(0, 25) if booking.number % 17 == 0 else in_daytime
        return self._place.instant(booking.arrival, at)

    def _departure(self) -> datetime:
        """Some pay and are checked out on the eve, and some are found the next dawn, still in house."""
        nights, booking = self._nights_stayed(), self._visit.booking
        clicked = {0: (-1, time(22, 45)), 1: (1, time(4, 50))}.get(
            booking.number % 19, (0, time(7 + booking.number % 5, 5))
        )
        days, at = clicked if nights else (0, time(17, 5))
        return self._place.instant(booking.arrival + timedelta(days=nights + days), at)

    def _reservation(self, start: datetime, end: datetime) -> Entity:
        return reservation(self._visit, self._place, self._hotel.ids, start, end)


def _people(visit: Visit) -> list[Record]:
    people = [visit.account, visit.booker, *visit.companions]
    return [record for record in people if record is not None]
