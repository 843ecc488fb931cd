"""What tells the person of a record, and by which permanent id the record is kept. Pure."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.canonical import ids
from chalicelib.canonical.details import SpecialDate
from chalicelib.canonical.ids import Leaf, ReservationId
from chalicelib.canonical.snapshots import GuestSnapshot
from chalicelib.canonical.time import local_date
from chalicelib.guests.kinds import Unusable
from chalicelib.guests.minors import first_day, is_minor
from chalicelib.guests.records import Record
from chalicelib.identity.identifiers import normalise_member
from chalicelib.identity.offices import office_of
from chalicelib.identity.phones import number_told
from chalicelib.properties.model import Property


def leaf_of(record: Record, reservation: ReservationId | None, slot: str, name: str) -> Leaf | None:
    """By the source's own id; without one by an address or a telephone of the person's own and the name, else by the
    reservation. A mailbox that an office reads comes last: two of one name may write from there.

    What an operator sets says nothing here: an id that rested on it would change with it.
    """
    if record.source_id:
        return ids.leaf_of_profile(record.source, record.source_id)
    mailbox = record.email if record.email_kind == "own" else None
    own = mailbox if mailbox and office_of(mailbox) is None else record.phone
    if reservation and not own:
        return ids.leaf_of_occupant(record.source, reservation, slot)
    contact = own or mailbox
    return ids.leaf_of_contact(record.source, contact, name) if contact else None


def kept_of(record: Record, hotel: Property | None, moment: datetime) -> Record:
    """Of who is under age at the hotel, or anywhere where none is known, nothing is kept by which they are reached."""
    today = local_date(moment, hotel.time_zone) if hotel else first_day(moment)
    return record.of_minor() if is_minor(record, today) else record


def told_by(record: Record) -> dict[str, str]:
    """What can tell the person, by the kind of identifier."""
    told = {
        "email": record.email if record.email_kind == "own" else None,
        "phone": number_told(record.phone) if record.phone else None,
        "member": normalise_member(record.member_number or ""),
        "profile": f"{record.source}|{record.merged_into}" if record.merged_into else None,
    }
    return {kind: value for kind, value in told.items() if value}


USABLE = {"own", "relay"}


def unusable(snapshot: GuestSnapshot, **is_usable: bool) -> tuple[Unusable, ...]:
    names: tuple[Unusable, ...] = "email", "phone", "member_number", "birth_date"
    return tuple(name for name in names if getattr(snapshot, name) and not is_usable[name])


def observed_preferences(snapshot: GuestSnapshot) -> dict[str, tuple[str, ...]]:
    told = snapshot.preferences.model_dump() if snapshot.preferences else {}
    return {kind: values for kind, values in told.items() if values}


def in_order(dates: Iterable[SpecialDate] | None) -> tuple[SpecialDate, ...]:
    return tuple(sorted(dates or (), key=lambda each: (each.day, each.kind)))
