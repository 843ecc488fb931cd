"""Rows of the Connector API → snapshots.

https://docs.mews.com/connector-api/operations/reservations and its neighbours `customers` and `orderitems`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from chalicelib.canonical.details import PostalAddress, Purpose
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.snapshots import Channel, GuestSnapshot, Occupant, ReservationSnapshot, Status
from chalicelib.canonical.time import moment_of
from chalicelib.connectors.codes import as_code
from chalicelib.connectors.contract import Link, UnknownWord
from chalicelib.connectors.mews.calls import Row
from chalicelib.connectors.mews.names import ADULT, CHILD, Names
from chalicelib.connectors.mews.nights import dates_of
from chalicelib.connectors.mews.revenue import nights_in, payer_of, revenue_of

STATUSES = {
    "Inquired": Status.INQUIRY,
    "Requested": Status.PENDING,
    "Optional": Status.PENDING,
    "Confirmed": Status.CONFIRMED,
    "Started": Status.IN_HOUSE,
    "Processed": Status.CHECKED_OUT,
    "Canceled": Status.CANCELLED,
}
COMMANDER = {"Channel": Channel.OTA, "RoomingList": Channel.GROUP}
"""`CommanderOrigin`: what the reception typed the booking from; all else there is direct."""
DIRECT_ORIGINS = {"Distributor", "Navigator", "Commander"}
PURPOSES = {"Leisure": Purpose.LEISURE, "Business": Purpose.BUSINESS, "Student": Purpose.STUDY}
SALUTATIONS = {"Mister": "Mr", "Miss": "Ms", "Misses": "Mrs"}
"""`Title` as Mews reads it: https://docs.mews.com/connector-api/operations/customers."""
PSEUDO = {"PaymasterAccount"}
"""Classifications of profiles that are no person."""
VIPS = {"Important": 1, "VeryImportant": 2, "TopManagement": 3}
"""Classifications that say how much attention is due."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def occupants(stay: Row, beside: Sequence[str], customers: Mapping[str, Row], hotel: PropertyId) -> list[Occupant]:
    """The owner is the primary guest; where a company owns the room, the first companion that is a person is."""
    owner = str(stay["AccountId"]) if stay["AccountType"] == "Customer" else None
    guests = {each: _known(each, customers, hotel) for each in [*beside, *filter(None, [owner])]}
    primary = owner or next((each for each in beside if guests[each].person), None)
    found = [Occupant(role="primary", guest=guests[primary])] if primary else []
    found += [Occupant(role="companion", guest=guests[each]) for each in beside if each != primary]
    booker = str(stay.get("BookerId"))
    if booker in customers and booker not in guests:
        found.append(Occupant(role="booker", guest=guest(customers[booker], hotel)))
    return found


def _known(customer_id: str, customers: Mapping[str, Row], hotel: PropertyId) -> GuestSnapshot:
    """A profile that Mews does not answer with is still somebody's, and nothing new is said of it."""
    if customer_id in customers:
        return guest(customers[customer_id], hotel)
    return GuestSnapshot(changed_at=LONG_AGO, source_id=customer_id, property_id=hotel)


def guest(row: Row, hotel: PropertyId) -> GuestSnapshot:
    """A Mews customer. `LanguageCode` is inferred, from the nationality if need be: only the stated one counts.

    A deleted profile is one whose person Mews forgot, unless it was merged into another.
    """
    family = " ".join(part for part in (_text(row.get("LastName")), _text(row.get("SecondLastName"))) if part)
    is_deleted = not (row.get("IsActive", True) or row.get("MergeTargetId"))
    reach = {} if is_deleted else row
    return GuestSnapshot(
        changed_at=moment_of(row["UpdatedUtc"]),
        source_id=row["Id"],
        person=not _is_pseudo(row),
        anonymised=is_deleted or None,
        salutation=SALUTATIONS.get(row.get("Title") or ""),
        given_name=_text(row.get("FirstName")),
        family_name=_text(family),
        email=_text(reach.get("Email"), 320),
        email_is_relay=bool(reach.get("HasOtaEmail")),
        phone=_text(reach.get("Phone"), 40),
        language=_text(row.get("PreferredLanguageCode"), 12),
        country=_country(row.get("NationalityCode")),
        address=_address(reach.get("Address")),
        birth_date=_birth_date(row.get("BirthDate")),
        vip=max((VIPS[each] for each in row.get("Classifications") or () if each in VIPS), default=None),
        member_number=_text(reach.get("LoyaltyCode"), 64),
        marketing_email="SendMarketingEmails" in (reach.get("Options") or ()),
        merged_into=row.get("MergeTargetId"),
        property_id=hotel,
    )


def paymasters_of(customers: Mapping[str, Row]) -> frozenset[str]:
    """Profiles that are a group's folio and no person."""
    return frozenset(each for each, row in customers.items() if _is_pseudo(row))


def _is_pseudo(row: Row) -> bool:
    return bool(PSEUDO & set(row.get("Classifications") or ()))


def _text(value: object, most: int = 200) -> str | None:
    """Half a surrogate pair is no character, and nothing can keep it; a number is what somebody typed."""
    typed = str(value) if isinstance(value, str | int) else ""
    sound = typed.encode("utf-8", "ignore").decode()
    return sound.replace("\x00", "").strip()[:most] or None


def _address(row: Row | None) -> PostalAddress | None:
    """The first of the customer's addresses, which stands in the profile itself."""
    if not row:
        return None
    lines = [line for line in (_text(row.get("Line1")), _text(row.get("Line2"))) if line]
    return PostalAddress(
        street=_text(", ".join(lines)),
        postal_code=_text(row.get("PostalCode"), 20),
        city=_text(row.get("City"), 100),
        region=_text(row.get("CountrySubdivisionCode"), 100),
        country=_country(row.get("CountryCode")),
    )


def _country(code: str | None) -> str | None:
    return code if code and len(code) == 2 and code.isascii() and code.isupper() else None


def _birth_date(text: str | None) -> date | None:
    """A plain date, unlike all other dates of Mews; what is none is nobody's birthday."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def reservation(
    row: Row,
    hotel: PropertyId,
    link: Link,
    items: Sequence[Row],
    occupants: Sequence[Occupant],
    ignored: Counter[str],
    names: Names,
    paymasters: Collection[str] = (),
) -> ReservationSnapshot:
    """One room. A rate, a voucher, a room category or a block is named by its id: its name would take another call."""
    zone = link.zones[hotel]
    arrival, departure = dates_of(row, nights_in(items), zone)
    guests = {each.guest.source_id for each in occupants if each.role != "booker"}
    return ReservationSnapshot(
        changed_at=max(moment_of(each["UpdatedUtc"]) for each in (row, *items)),
        source_id=row["Id"],
        booking_id=row.get("GroupId"),
        property_id=hotel,
        status=_status(row, ignored),
        arrival=arrival,
        departure=departure,
        booked_at=moment_of(row["CreatedUtc"]),
        channel=_channel(row, link),
        adults=names.persons_of(row, ADULT),
        children=names.persons_of(row, CHILD),
        **revenue_of(items, guests, zone, ignored),
        cancel_reason="rebooked" if row.get("CancellationReason") == "Update" else row.get("CancellationReason"),
        rate_plan=_text(row.get("RateId"), 64),
        market_segment=_text(row.get("BusinessSegmentId"), 64),
        promotion_code=_text(row.get("VoucherId"), 64),
        room_type=_text(row.get("RequestedResourceCategoryId"), 64),
        room_number=_text(names.room_of(row), 64),
        arrival_time=moment_of(row["ScheduledStartUtc"]).astimezone(ZoneInfo(zone)).strftime("%H:%M"),
        purpose=_purpose(row.get("Purpose"), ignored),
        company_id=_text(row.get("PartnerCompanyId"), 128),
        agency_id=_text(row.get("TravelAgencyId"), 128),
        group_id=_text(row.get("AvailabilityBlockId"), 128),
        payer=payer_of(row, items, paymasters),
        occupants=tuple(occupants[:20]),
    )


def _status(row: Row, ignored: Counter[str]) -> Status:
    status = STATUSES.get(row["State"], Status.UNKNOWN)
    if status is Status.UNKNOWN:
        ignored["unknown_state"] += 1
    is_no_show = status is Status.CANCELLED and row.get("CancellationReason") == "NoShow"
    return Status.NO_SHOW if is_no_show else status


def _purpose(word: str | None, ignored: Counter[str]) -> Purpose | None:
    if word and word not in PURPOSES:
        ignored["unknown_purpose"] += 1
    return PURPOSES.get(word, Purpose.UNKNOWN) if word else None


def unknown_words(row: Row, people: Mapping[str, Row]) -> list[UnknownWord]:
    """What a reservation says that no table here knows; `people` are all that were asked for beside it."""
    known: dict[str, tuple[object, Collection[str]]] = {
        "unknown_state": (row.get("State"), STATUSES),
        "unknown_purpose": (row.get("Purpose"), PURPOSES),
    }
    unknown = {name: word for name, (word, table) in known.items() if isinstance(word, str) and word not in table}
    codes = {name: as_code(word, list(people.values())) for name, word in unknown.items()}
    return [UnknownWord(name, word, str(row["Id"])) for name, word in codes.items() if word]


def _channel(row: Row, link: Link) -> Channel:
    """The connection's own table first; unknown is not direct."""
    named = link.channels.get(row.get("OriginDetails") or "")
    if named:
        return Channel(named)
    if row.get("Origin") == "ChannelManager":
        return Channel.OTA
    if row.get("Origin") == "Commander" and row.get("CommanderOrigin") == "Channel":
        return Channel.OTA
    if row.get("TravelAgencyId"):
        return Channel.WHOLESALE
    if row.get("PartnerCompanyId"):
        return Channel.CORPORATE
    if row.get("Origin") in DIRECT_ORIGINS:
        return COMMANDER.get(row.get("CommanderOrigin") or "", Channel.DIRECT)
    return Channel.UNKNOWN
