"""Snapshots → changes: normalised, with the permanent ids of everything they touch. Pure: the digest is given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.canonical import ids
from chalicelib.canonical.details import CurrencyAmounts
from chalicelib.canonical.ids import ChargeId, ConnectionId, Leaf, PropertyId, ReservationId
from chalicelib.canonical.snapshots import ChargeSnapshot, GuestSnapshot, Occupant, ReservationSnapshot, Status
from chalicelib.canonical.time import instant, local_date
from chalicelib.canonical.versions import Version, observed
from chalicelib.connections.model import VendorsHotel
from chalicelib.guests.kinds import Nobody
from chalicelib.guests.model import Stay
from chalicelib.guests.records import Record
from chalicelib.identity.birthdays import is_likely
from chalicelib.identity.identifiers import kind_of_email, normalise_email, normalise_member
from chalicelib.identity.names import spelling_in_ids
from chalicelib.identity.nobody import is_anonymised, is_nobody
from chalicelib.identity.phones import normalise_phone
from chalicelib.ingest.people import USABLE, in_order, kept_of, leaf_of, observed_preferences, told_by, unusable
from chalicelib.ingest.rooms import Rooms
from chalicelib.ingest.texts import address_of, clean
from chalicelib.profiles.model import Change, Charge, DigestOf, Person
from chalicelib.properties.model import Property, own_domains

Snapshot = GuestSnapshot | ReservationSnapshot | ChargeSnapshot

NOT_OF_ITS_VERSION = frozenset({"booked_on"})
"""It never changes, and earlier versions of the hub told it of no stay: what they stored comes again as it was."""


def change_of(
    snapshot: Snapshot,
    source: ConnectionId,
    properties: Mapping[PropertyId, Property],
    digest: DigestOf,
    correlation_id: str = "",
    observed_at: datetime | None = None,
    *,
    is_of_hotel: bool = True,
    hotel: VendorsHotel | None = None,
    moment: datetime | None = None,
) -> Change | None:
    """Normalise one snapshot. None for a profile that is nobody's and has neither an id nor a stay.

    `observed_at` is when a thin vendor was asked; None for what was pushed. Of a profile that is not `is_of_hotel` the
    hotel only says how its telephone number is read. `hotel` is the vendor's, where a map says which property it
    is; None where the source itself names the property. `moment` is now, by which somebody is under age; None for when
    the source said it.
    """
    maker = _Maker(source, properties, digest, correlation_id, observed_at, hotel, Rooms(source), moment)
    match snapshot:
        case GuestSnapshot():
            return maker.of_guest(snapshot, is_of_hotel=is_of_hotel)
        case ReservationSnapshot():
            return maker.of_reservation(snapshot)
        case ChargeSnapshot():
            return maker.of_charge(snapshot)


@dataclass(frozen=True)
class _Maker:
    source: ConnectionId
    properties: Mapping[PropertyId, Property]
    digest: DigestOf
    correlation_id: str
    observed_at: datetime | None
    hotel: VendorsHotel | None
    rooms: Rooms
    moment: datetime | None

    def of_guest(self, snapshot: GuestSnapshot, *, is_of_hotel: bool) -> Change | None:
        person = self._person(snapshot, snapshot.property_id, None, "guest")
        if person is None:
            return None
        if not is_of_hotel:
            person = replace(person, property_id=None)
        vendor_id = snapshot.source_id or person.leaf
        version = snapshot.version(self.observed_at)
        return Change(person.leaf, version, vendor_id, (person,), correlation_id=self.correlation_id)

    def of_reservation(self, snapshot: ReservationSnapshot) -> Change:
        reservation = self.rooms.reservation(self._place(snapshot.property_id), snapshot.source_id, snapshot.room)
        people: dict[Leaf, tuple[str, Person]] = {}
        for at, occupant in enumerate(sorted(snapshot.occupants, key=_primary_first)):
            slot = "primary" if occupant.role == "primary" else f"{occupant.role}{at}"
            person = self._person(occupant.guest, snapshot.property_id, reservation, slot)
            if person:
                people.setdefault(person.leaf, (occupant.role, person))
        guests = [(role, leaf) for leaf, (role, person) in people.items() if person.record.nobody != "no_person"]
        primary = next((leaf for role, leaf in guests if role == "primary"), None)
        companions = tuple(sorted(leaf for role, leaf in guests if role == "companion"))
        stay = self._stay(snapshot, reservation, companions)
        leaf = primary or ids.leaf_of_nobody(reservation)
        return Change(
            subject=reservation,
            version=self.rooms.version(self._moved(snapshot.version(self.observed_at))),
            vendor_id=snapshot.source_id,
            people=tuple(person for _, person in people.values()),
            stay=stay,
            stay_version=self._stay_version(snapshot, stay, leaf),
            stay_leaf=leaf,
            booked_at=instant(snapshot.booked_at) if snapshot.booked_at else None,
            correlation_id=self.correlation_id,
            backfill=snapshot.backfill,
        )

    def _stay(self, snapshot: ReservationSnapshot, reservation: ReservationId, companions: tuple[Leaf, ...]) -> Stay:
        return Stay(
            reservation=reservation,
            source=self.rooms.source,
            source_id=snapshot.source_id,
            booking=ids.stable_id(ids.BOOKING, self.source, snapshot.booking_id) if snapshot.booking_id else None,
            property_id=snapshot.property_id,
            status=snapshot.status,
            arrival=snapshot.arrival,
            departure=snapshot.departure,
            channel=snapshot.channel,
            stated_currency=snapshot.currency,
            stated_room_minor=snapshot.room_revenue_minor,
            stated_eligible_minor=snapshot.eligible_room_revenue_minor,
            stated_other_minor=snapshot.other_revenue_minor,
            stated_elsewhere=tuple(sorted(snapshot.in_other_currencies or (), key=_currency)),
            adults=snapshot.adults,
            children=snapshot.children,
            cancel_reason=snapshot.cancel_reason,
            companions=companions,
            rate_plan=snapshot.rate_plan,
            market_segment=snapshot.market_segment,
            promotion_code=snapshot.promotion_code,
            room_type=snapshot.room_type,
            room_number=snapshot.room_number,
            arrival_time=snapshot.arrival_time,
            meal_plan=snapshot.meal_plan,
            purpose=snapshot.purpose,
            company_id=snapshot.company_id,
            agency_id=snapshot.agency_id,
            group_id=snapshot.group_id,
            payer=snapshot.payer,
            booked_on=self._booked_on(snapshot),
            nightly_rates=dict(sorted((each.night, each.amount_minor) for each in snapshot.nightly_rates or ())),
        )

    def _place(self, property_id: PropertyId) -> PropertyId:
        """As ids name it: by the vendor's hotel, so that a changed map moves a reservation, and never doubles it."""
        return PropertyId(self.hotel.name) if self.hotel else property_id

    def _moved(self, version: Version) -> Version:
        """What is said of a hotel that was moved is news, and newer than what was read under the map of before."""
        return version.under_map(self.hotel.moves) if self.hotel and self.hotel.moves else version

    def of_charge(self, snapshot: ChargeSnapshot) -> Change:
        """A charge may come before its reservation: then a reservation of unknown state waits for it under nobody."""
        property_id, vendor_id = snapshot.property_id, snapshot.reservation_source_id
        reservation = self.rooms.reservation(self._place(property_id), vendor_id, snapshot.room)
        charge_id = self.rooms.charge(self._place(property_id), snapshot.source_id)
        day = snapshot.changed_at.date()
        return Change(
            subject=charge_id,
            version=snapshot.version(self.observed_at),
            vendor_id=snapshot.source_id,
            stay=self._awaited(reservation, vendor_id, property_id, day),
            charge=self._charge(snapshot, charge_id),
            correlation_id=self.correlation_id,
        )

    def _charge(self, snapshot: ChargeSnapshot, charge_id: ChargeId) -> Charge:
        """What was cancelled is kept, at nothing."""
        return Charge(
            id=charge_id,
            kind=snapshot.counts_as,
            amount_minor=0 if snapshot.cancelled else snapshot.amount_minor,
            currency=snapshot.currency,
            version=snapshot.version(self.observed_at),
            category=snapshot.category,
            tax_minor=None if snapshot.cancelled else snapshot.tax_minor,
            folio_owner=snapshot.folio_owner,
        )

    def _awaited(self, reservation: ReservationId, vendor_id: str, property_id: PropertyId, day: date) -> Stay:
        return Stay(
            reservation=reservation,
            source=self.rooms.source,
            source_id=vendor_id,
            property_id=property_id,
            status=Status.UNKNOWN,
            arrival=day,
            departure=day,
        )

    def _person(
        self, snapshot: GuestSnapshot, property_id: PropertyId | None, reservation: ReservationId | None, slot: str
    ) -> Person | None:
        if nobody := _nobody(snapshot):
            return self._without_person(snapshot, property_id, nobody)
        at = snapshot.property_id or property_id
        hotel = self.properties.get(at) if at else None
        record = self._record(snapshot, hotel)
        leaf = leaf_of(record, reservation, slot, spelling_in_ids(snapshot.given_name, snapshot.family_name))
        if leaf is None:
            return None
        kept = kept_of(record, hotel, self.moment or snapshot.changed_at)
        version = self._record_version(snapshot, kept)
        return Person(leaf, kept, version, property_id or snapshot.property_id, told_by(kept), self.digest)

    def _record(self, snapshot: GuestSnapshot, hotel: Property | None) -> Record:
        """What is said of a person, as it is kept; a hotel helps to read what stands without its country."""
        email = normalise_email(snapshot.email) if snapshot.email else None
        kind = (
            kind_of_email(email, own_domains(self.properties.values()), flagged_relay=snapshot.email_is_relay)
            if email
            else None
        )
        phone = self._phone(snapshot.phone, hotel, snapshot.country or (hotel.country if hotel else None))
        is_member = normalise_member(snapshot.member_number or "") is not None
        born = snapshot.birth_date
        born = born if born and is_likely(born, snapshot.changed_at.date()) else None
        return Record(
            source=self.source,
            source_id=snapshot.source_id,
            salutation=clean(snapshot.salutation),
            given_name=clean(snapshot.given_name),
            family_name=clean(snapshot.family_name),
            generation=clean(snapshot.generation),
            email=email,
            email_kind=kind,
            phone=phone,
            language=snapshot.language,
            country=snapshot.country,
            address=address_of(snapshot.address),
            birth_date=born,
            special_dates=in_order(snapshot.special_dates),
            preferences=observed_preferences(snapshot),
            age_category=snapshot.age_category,
            vip=snapshot.vip,
            member_number=snapshot.member_number if is_member else None,
            marketing_email=snapshot.marketing_email,
            merged_into=snapshot.merged_into,
            unusable=unusable(
                snapshot, email=kind in USABLE, phone=bool(phone), member_number=is_member, birth_date=bool(born)
            ),
        )

    def _without_person(self, snapshot: GuestSnapshot, property_id: PropertyId | None, nobody: Nobody) -> Person | None:
        """What is left of a profile whose id may have been a person's; one without an id is not heard of again."""
        if snapshot.source_id is None:
            return None
        record = Record(source=self.source, source_id=snapshot.source_id, nobody=nobody)
        leaf = ids.leaf_of_profile(self.source, snapshot.source_id)
        version = self._record_version(snapshot, record)
        return Person(leaf, record, version, property_id or snapshot.property_id, {}, self.digest)

    def _booked_on(self, snapshot: ReservationSnapshot) -> date | None:
        """By the hotel's calendar, as arrivals are. What lies where calendars end is nothing that somebody booked."""
        at, hotel = snapshot.booked_at, self.properties.get(snapshot.property_id)
        if at is None or not 1970 <= at.year <= 2200:
            return None
        return local_date(at, hotel.time_zone if hotel else "UTC")

    def _phone(self, text: str | None, hotel: Property | None, country: str | None) -> str | None:
        """A local number is read as of the guest's own country, then as of the hotel's."""
        if not text:
            return None
        return normalise_phone(text, country) or (normalise_phone(text, hotel.country) if hotel else None)

    def _record_version(self, snapshot: GuestSnapshot, record: Record) -> Version:
        """Of the record, not of the words: a local phone number reads differently where the hotel is known."""
        changed_at = instant(snapshot.latest_change())
        return Version(changed_at, observed(self.observed_at), ids.digest_of(record.packed()))

    def _stay_version(self, snapshot: ReservationSnapshot, stay: Stay, leaf: Leaf) -> Version:
        """The reservation's own version: who occupies it counts, what else is known of them does not."""
        digest = ids.digest_of(f"{leaf}|{stay.packed(without=NOT_OF_ITS_VERSION)}")
        return self._moved(Version(instant(snapshot.changed_at), observed(self.observed_at), digest))


def _nobody(snapshot: GuestSnapshot) -> Nobody | None:
    names = snapshot.given_name, snapshot.family_name
    if snapshot.anonymised or is_anonymised(*names):
        return "anonymised"
    return "no_person" if not snapshot.person or is_nobody(*names) else None


def _primary_first(occupant: Occupant) -> bool:
    return occupant.role != "primary"


def _currency(amounts: CurrencyAmounts) -> str:
    return amounts.currency
