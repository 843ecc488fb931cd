"""Rows of the Connector API → snapshots.

https://docs.mews.com/connector-api/operations/reservations and its neighbours `customers` and `orderitems`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.canonical.money import to_minor
from chalicelib.canonical.snapshots import Channel, GuestSnapshot, Occupant, ReservationSnapshot, Status
from chalicelib.canonical.time import local_date, moment_of
from chalicelib.connectors.contract import Link

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
ROOM_ITEMS = {"SpaceOrder", "NightRebate", "ResourceUpgradeFee", "AllowanceDiscount"}
OTHER_ITEMS = {
    "ProductOrder", "ProductOrderRebate", "AdditionalExpenseRebate", "CustomItem", "ServiceCharge", "Surcharge",
}  # fmt: skip
"""Order item types that are revenue; the rest is tax, fee, deposit or bookkeeping."""
BILLED = {"Open", "Closed"}
"""Accounting states that count; Inactive and Canceled do not."""
PSEUDO = {"PaymasterAccount"}
"""Classifications of profiles that are no person."""

Row = Mapping[str, Any]


def occupants(stay: Row, beside: Sequence[str], customers: Mapping[str, Row], hotel: str) -> list[Occupant]:
    """The owner is the primary guest; where a company owns the room, the first companion that is a person is."""
    owner = str(stay["AccountId"]) if stay["AccountType"] == "Customer" else None
    guests = {each: guest(customers[each], hotel) for each in [*beside, *filter(None, [owner])] if each in customers}
    primary = owner or next((each for each in beside if each in guests and guests[each].person), None)
    found = [Occupant(role="primary", guest=guests[primary])] if primary and primary in guests else []
    found += [Occupant(role="companion", guest=guests[each]) for each in beside if each in guests and each != primary]
    booker = str(stay.get("BookerId"))
    if booker in customers and booker not in guests:
        found.append(Occupant(role="booker", guest=guest(customers[booker], hotel)))
    return found


def guest(row: Row, hotel: str) -> GuestSnapshot:
    """A Mews customer. `LanguageCode` is inferred, from the nationality if need be: only the stated one counts."""
    family = " ".join(part for part in (row.get("LastName"), row.get("SecondLastName")) if part)
    return GuestSnapshot(
        changed_at=moment_of(row["UpdatedUtc"]),
        source_id=row["Id"],
        person=not PSEUDO & set(row.get("Classifications") or ()),
        given_name=_text(row.get("FirstName")),
        family_name=_text(family),
        email=_text(row.get("Email"), 320),
        email_is_relay=bool(row.get("HasOtaEmail")),
        phone=_text(row.get("Phone"), 40),
        language=_text(row.get("PreferredLanguageCode"), 12),
        country=_country(row.get("NationalityCode")),
        birth_date=_birth_date(row.get("BirthDate")),
        member_number=_text(row.get("LoyaltyCode"), 64),
        marketing_email="SendMarketingEmails" in (row.get("Options") or ()),
        merged_into=row.get("MergeTargetId"),
        property_id=hotel,
    )


def _text(value: str | None, most: int = 200) -> str | None:
    """Half a surrogate pair is no character, and nothing can keep it."""
    sound = (value or "").encode("utf-8", "ignore").decode()
    return sound.replace("\x00", "").strip()[:most] or None


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
    hotel: str,
    link: Link,
    items: Sequence[Row],
    occupants: Sequence[Occupant],
    ignored: Counter[str],
) -> ReservationSnapshot:
    arrival, departure = _dates(row, link.zones[hotel])
    status = STATUSES.get(row["State"], Status.UNKNOWN)
    if status is Status.UNKNOWN:
        ignored[f"unknown_state:{str(row['State'])[:40]}"] += 1
    if status is Status.CANCELLED and row.get("CancellationReason") == "NoShow":
        status = Status.NO_SHOW
    currency, room, other = _revenue(items, ignored)
    return ReservationSnapshot(
        changed_at=max(moment_of(each["UpdatedUtc"]) for each in (row, *items)),
        source_id=row["Id"],
        booking_id=row.get("GroupId"),
        property_id=hotel,
        status=status,
        arrival=arrival,
        departure=departure,
        booked_at=moment_of(row["CreatedUtc"]),
        channel=_channel(row, link),
        currency=currency,
        room_revenue_minor=room,
        other_revenue_minor=other,
        cancel_reason="rebooked" if row.get("CancellationReason") == "Update" else row.get("CancellationReason"),
        occupants=tuple(occupants[:20]),
    )


def _dates(row: Row, zone: str) -> tuple[date, date]:
    """Local dates, the actual ones once they are known; Mews writes even dates as UTC instants."""
    start = local_date(moment_of(row.get("ActualStartUtc") or row["ScheduledStartUtc"]), zone)
    end = local_date(moment_of(row.get("ActualEndUtc") or row["ScheduledEndUtc"]), zone)
    return start, max(start, end)


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


def _revenue(items: Sequence[Row], ignored: Counter[str]) -> tuple[str | None, int | None, int | None]:
    """Currency, room and other revenue, net. A reservation without any billed item states none."""
    billed = [item for item in items if item["AccountingState"] in BILLED and item["Type"] in ROOM_ITEMS | OTHER_ITEMS]
    if not billed:
        return None, None, None
    rooms = sorted((item for item in billed if item["Type"] in ROOM_ITEMS), key=lambda item: str(item["Id"]))
    currency = str((rooms or billed)[0]["Amount"]["Currency"])
    counted = [item for item in billed if item["Amount"]["Currency"] == currency]
    if len(counted) < len(billed):
        ignored["item_in_other_currency"] += len(billed) - len(counted)
    return currency, _net(counted, ROOM_ITEMS, currency), _net(counted, OTHER_ITEMS, currency)


def _net(items: Iterable[Row], types: set[str], currency: str) -> int:
    return to_minor(
        sum((Decimal(str(item["Amount"]["NetValue"])) for item in items if item["Type"] in types), Decimal()), currency
    )
