"""Rows of a list → snapshots. A row of which something cannot be read is refused with its column, and why."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, TypeVar

from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.preferences import OFFERED
from chalicelib.canonical.snapshots import AnySnapshot
from chalicelib.canonical.time import instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.connectors.contract import Json
from chalicelib.connectors.csv_files import values, words
from chalicelib.connectors.csv_files.columns import PREFERRED, Kind
from chalicelib.connectors.csv_files.forms import Forms
from chalicelib.connectors.csv_files.taken import UNKNOWN

T = TypeVar("T")
Cells = Mapping[str, str]
"""Field → what its cell says; those that say nothing are left out."""
FIRST_DAY = date(1970, 1, 1)
OLDEST = datetime(1970, 1, 2, tzinfo=UTC)
NAMING = "source_id given_name family_name email phone member_number"
GUEST_TEXTS = ("salutation", "given_name", "family_name", "email", "phone", "member_number")
STAY_TEXTS = ("rate_plan", "market_segment", "room_type", "room_number")
ADDRESS = ("street", "postal_code", "city", "region")
FIELDS = {"source_id": "guest_id", "changed_at": "changed_at", "room": "room_index", "property_id": "property"}
"""What the hub calls a thing → the field of the list that it comes from, where it is called otherwise."""


class Fault(NamedTuple):
    """Why a row is refused, and the field that it lies in; "" for the row as a whole. No cell is repeated."""

    field: str
    reason: str


@dataclass(frozen=True)
class Asked:
    """What is known of a list beside its cells. Without a column of hotels all rows are of `property_id`; `hotels` are
    the words for them, in lower case. `currencies` are the hotels' own, for amounts beside which none stands and where
    `currency` says none. `exported_at` is the version of all that has none of its own."""

    kind: Kind
    forms: Forms
    exported_at: datetime
    hotels: Mapping[str, PropertyId]
    currencies: Mapping[PropertyId, str]
    property_id: PropertyId | None = None
    currency: str | None = None


@dataclass
class Understood:
    """What a row came to."""

    snapshot: AnySnapshot | None = None
    faults: list[Fault] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    """Fields whose word no table knows: the row is taken without."""


@dataclass
class _Reader:
    cells: Cells
    asked: Asked
    told: Understood = field(default_factory=Understood)

    def read(self, name: str, how: Callable[[str], T]) -> T | None:
        """What a cell says; what cannot be read is a fault."""
        text = self.cells.get(name)
        if text is None:
            return None
        try:
            return how(text)
        except ValueError as error:
            self.fault(name, str(error))
            return None

    def known(self, name: str, how: Callable[[str], str | None]) -> str | None:
        """The same for words: one that no table knows is counted, and left out."""
        text = self.cells.get(name)
        found = how(text) if text else None
        if text and found in {None, words.UNKNOWN}:
            self.told.unknown[name] += 1
        return found

    def fault(self, name: str, reason: str) -> None:
        self.told.faults.append(Fault(name, reason))

    def day(self, name: str) -> date | None:
        return self.read(name, lambda text: values.day(text, self.asked.forms.date_order))

    def hotel(self) -> PropertyId | None:
        text = self.cells.get("property")
        if text is None:
            return self.asked.property_id
        found = self.asked.hotels.get(text.strip().casefold())
        if found is None:
            self.fault("property", "is no hotel that the hub knows, or none of those that this import may speak for")
        return found

    def changed_at(self) -> datetime:
        order = self.asked.forms.date_order
        return self.read("changed_at", lambda text: values.moment(text, order)) or self.asked.exported_at


def understood(cells: Cells, asked: Asked) -> Understood:
    """One row. It has a snapshot, or the faults for which it is refused."""
    reader = _Reader(cells, asked)
    document = _guest_row(reader) if asked.kind == "guests" else _stay_row(reader)
    if not reader.told.faults:
        try:
            reader.told.snapshot = read(document, asked.exported_at)
        except Invalid as invalid:
            reader.told.faults += [Fault(_field(each.field), each.message) for each in invalid.fields]
    return reader.told


def _field(path: str) -> str:
    outer, _, name = path.rpartition(".")
    if outer.endswith("preferences"):
        return f"{PREFERRED}{name}"
    if name == "source_id" and "occupants" not in path:
        return "stay_id"
    return FIELDS.get(name, name)


def _guest_row(reader: _Reader) -> Json:
    cells = reader.cells
    guest = _guest(reader)
    hotel = reader.hotel()
    if not any(guest.get(name) for name in NAMING.split()):
        reader.fault("", "says neither who it is nor how to reach them")
    elif not guest.get("source_id") and not guest.get("email") and not guest.get("phone"):
        reader.fault("", "has no id, no e-mail and no telephone number: nothing tells whom it is about")
    return {
        **guest,
        "kind": "guest",
        "changed_at": instant(reader.changed_at()),
        "birth_date": _text(reader.day("birth_date")),
        "marketing_email": reader.read("marketing_email", values.yes_or_no) if "marketing_email" in cells else None,
        "preferences": _preferences(reader) or None,
        "property_id": hotel,
    }


def _preferences(reader: _Reader) -> dict[str, Json]:
    """By kind. A word that the hub has not is counted, and left out."""
    found: dict[str, Json] = {}
    for kind in OFFERED:
        field = f"{PREFERRED}{kind}"
        told = [each for each in reader.cells.get(field, "").split(";") if each]
        if UNKNOWN in told:
            reader.told.unknown[field] += told.count(UNKNOWN)
        if known := [each for each in told if each != UNKNOWN]:
            found[kind] = known
    return found


def _guest(reader: _Reader) -> dict[str, Json]:
    """Who it is, as both kinds of list say it."""
    cells = reader.cells
    address = {name: cells[name] for name in ADDRESS if name in cells}
    lives_in = reader.known("country", values.country)
    if lives_in:
        address["country"] = lives_in
    return {
        "source_id": cells.get("guest_id"),
        **{name: cells[name] for name in GUEST_TEXTS if name in cells},
        **_apart(cells),
        "language": reader.known("language", values.language),
        "country": reader.known("nationality", values.country),
        "address": address or None,
    }


def _apart(cells: Cells) -> dict[str, Json]:
    """A name in one cell: `Lee, Anna`, or `Anna Lee`, of which the last word is the family's."""
    whole = cells.get("full_name")
    if not whole:
        return {}
    family, comma, given = whole.partition(",")
    if not comma:
        given, _, family = whole.strip().rpartition(" ")
    return {"given_name": given.strip() or None, "family_name": family.strip() or None}


def _stay_row(reader: _Reader) -> Json:
    arrival, departure, hotel = reader.day("arrival"), _departure(reader), reader.hotel()
    for name, found in (("arrival", arrival), ("departure", departure)):
        if found is None and name not in reader.cells:
            reader.fault(name, "is required")
    if hotel is None and "property" not in reader.cells:
        reader.fault("property", "is required: the list has no hotel, and none was said")
    guest = {name: said for name, said in _guest(reader).items() if said is not None}
    at = arrival or FIRST_DAY
    return {
        "kind": "reservation",
        "source_id": reader.cells.get("stay_id") or _made_id(reader.cells, at, departure),
        "room": reader.read("room_index", values.number) or 0,
        "property_id": hotel,
        "changed_at": instant(reader.changed_at()),
        "status": _status(reader, arrival, departure),
        "arrival": _text(arrival),
        "departure": _text(departure),
        "channel": reader.known("channel", words.channel) or words.UNKNOWN,
        **{name: reader.cells[name] for name in STAY_TEXTS if name in reader.cells},
        **{name: reader.read(name, values.number) for name in ("adults", "children")},
        **_revenue(reader, hotel),
        "occupants": [{"role": "primary", "guest": {**guest, "changed_at": told_at(at)}}] if guest else [],
        "backfill": True,
    }


def told_at(arrival: date) -> str:
    """What a list of stays says of a guest is older than what a list of guests says, whichever comes first: it has a
    name, at most an address, and must not take away what the other list knows. Of two stays the later says more."""
    return instant(OLDEST + timedelta(minutes=max(0, (arrival - FIRST_DAY).days)))


def _departure(reader: _Reader) -> date | None:
    if "departure" in reader.cells:
        return reader.day("departure")
    nights, arrival = reader.read("nights", values.number), _quietly(reader)
    return arrival + timedelta(days=nights) if arrival and nights is not None else None


def _quietly(reader: _Reader) -> date | None:
    """The arrival, whose fault is told elsewhere."""
    try:
        return values.day(reader.cells.get("arrival", ""), reader.asked.forms.date_order)
    except ValueError:
        return None


def _made_id(cells: Cells, arrival: date, departure: date | None) -> str:
    """Of a list whose stays have no ids: the same stay of the same guest is the same again."""
    who = [cells.get(name, "").strip().casefold() for name in ("guest_id", "email", "phone", "full_name")]
    named = [
        cells.get(name, "").strip().casefold() for name in ("given_name", "family_name", "room_number", "property")
    ]
    told = json.dumps([str(arrival), str(departure), *who, *named])
    return f"row-{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def _status(reader: _Reader, arrival: date | None, departure: date | None) -> str | None:
    """Where the list does not say, its dates do: what ended before it was made is a stay."""
    if "status" in reader.cells:
        return reader.known("status", words.status)
    made = reader.asked.exported_at.date()
    if arrival is None or departure is None or arrival > made:
        return "confirmed"
    return "checked_out" if departure <= made else "in_house"


def _revenue(reader: _Reader, hotel: PropertyId | None) -> dict[str, Json]:
    given = [name for name in ("room_revenue", "other_revenue") if name in reader.cells]
    if not given:
        return {}
    own = reader.cells.get("currency", "").strip().upper()
    currency = own or reader.asked.currency or (reader.asked.currencies.get(hotel) if hotel else None)
    if currency is None:
        reader.fault("currency", "is required for amounts")
        return {}
    decimal = reader.asked.forms.decimal
    read_ = {
        f"{name}_minor": reader.read(name, lambda text: values.minor_units(text, currency, decimal)) for name in given
    }
    return {"currency": currency, **read_}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
