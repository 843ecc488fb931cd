"""Rows of the Connector API → snapshots.

https://docs.mews.com/connector-api/operations/reservations and its neighbours `customers` and `orderitems`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

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
ROOM_ITEMS = {"SpaceOrder", "NightRebate", "ResourceUpgradeFee"}
OTHER_ITEMS = {"ProductOrder", "ProductOrderRebate", "AdditionalExpenseRebate", "CustomItem", "AllowanceDiscount"}
"""Order item types that are revenue; the rest is tax, fee, deposit or bookkeeping. Allowances are spent on products."""
BILLED = {"Open", "Closed"}
"""Accounting states that count; Inactive and Canceled do not."""
PSEUDO = {"PaymasterAccount"}
"""Classifications of profiles that are no person."""
NIGHT_ENDS = time(6)
"""Who arrives after midnight and before this local hour, a day late, slept the night that was booked."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Row = Mapping[str, Any]


def occupants(stay: Row, beside: Sequence[str], customers: Mapping[str, Row], hotel: str) -> list[Occupant]:
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


def _known(customer_id: str, customers: Mapping[str, Row], hotel: str) -> GuestSnapshot:
    """A profile that Mews does not answer with is still somebody's, and nothing new is said of it."""
    if customer_id in customers:
        return guest(customers[customer_id], hotel)
    return GuestSnapshot(changed_at=LONG_AGO, source_id=customer_id, property_id=hotel)


def guest(row: Row, hotel: str) -> GuestSnapshot:
    """A Mews customer. `LanguageCode` is inferred, from the nationality if need be: only the stated one counts.

    Of a deleted profile the name is kept, for its stays are, and nothing by which anybody could be reached or joined.
    """
    family = " ".join(part for part in (_text(row.get("LastName")), _text(row.get("SecondLastName"))) if part)
    reach = row if row.get("IsActive", True) or row.get("MergeTargetId") else {}
    return GuestSnapshot(
        changed_at=moment_of(row["UpdatedUtc"]),
        source_id=row["Id"],
        person=not PSEUDO & set(row.get("Classifications") or ()),
        given_name=_text(row.get("FirstName")),
        family_name=_text(family),
        email=_text(reach.get("Email"), 320),
        email_is_relay=bool(reach.get("HasOtaEmail")),
        phone=_text(reach.get("Phone"), 40),
        language=_text(row.get("PreferredLanguageCode"), 12),
        country=_country(row.get("NationalityCode")),
        birth_date=_birth_date(row.get("BirthDate")),
        member_number=_text(reach.get("LoyaltyCode"), 64),
        marketing_email="SendMarketingEmails" in (reach.get("Options") or ()),
        merged_into=row.get("MergeTargetId"),
        property_id=hotel,
    )


def _text(value: object, most: int = 200) -> str | None:
    """Half a surrogate pair is no character, and nothing can keep it; a number is what somebody typed."""
    typed = str(value) if isinstance(value, str | int) else ""
    sound = typed.encode("utf-8", "ignore").decode()
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
    guests = {each.guest.source_id for each in occupants if each.role != "booker"}
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
        **_revenue(items, guests, ignored),
        cancel_reason="rebooked" if row.get("CancellationReason") == "Update" else row.get("CancellationReason"),
        occupants=tuple(occupants[:20]),
    )


def _dates(row: Row, zone: str) -> tuple[date, date]:
    """Local dates, the actual ones once they are known; Mews writes even dates as UTC instants."""
    booked = local_date(moment_of(row["ScheduledStartUtc"]), zone)
    came = row.get("ActualStartUtc")
    start = _arrival(moment_of(came).astimezone(ZoneInfo(zone)), booked) if came else booked
    end = local_date(moment_of(row.get("ActualEndUtc") or row["ScheduledEndUtc"]), zone)
    return start, max(start, end)


def _arrival(came: datetime, booked: date) -> date:
    is_late = came.time() < NIGHT_ENDS and came.date() == booked + timedelta(days=1)
    return booked if is_late else came.date()


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


def _revenue(items: Sequence[Row], guests: Collection[str | None], ignored: Counter[str]) -> dict[str, Any]:
    """Currency, room and other revenue, net. A reservation without any billed item states none.

    What stands on the folio of a company, an agency or somebody who does not sleep here is revenue, and not eligible.
    """
    billed = [item for item in items if item["AccountingState"] in BILLED and item["Type"] in ROOM_ITEMS | OTHER_ITEMS]
    if not billed:
        return {}
    currency = _main_currency(billed)
    counted = [item for item in billed if item["Amount"]["Currency"] == currency]
    if len(counted) < len(billed):
        ignored["item_in_other_currency"] += len(billed) - len(counted)
    rooms = [item for item in counted if item["Type"] in ROOM_ITEMS]
    return {
        "currency": currency,
        "room_revenue_minor": to_minor(_net(rooms), currency),
        "eligible_room_revenue_minor": to_minor(_net(_on_folios_of(guests, rooms)), currency),
        "other_revenue_minor": to_minor(_net(item for item in counted if item["Type"] in OTHER_ITEMS), currency),
    }


def _main_currency(billed: Sequence[Row]) -> str:
    """The one in which most of the room was billed, or else most of the rest."""
    named = sorted({str(item["Amount"]["Currency"]) for item in billed})

    def weight(currency: str) -> tuple[Decimal, Decimal]:
        its = [item for item in billed if item["Amount"]["Currency"] == currency]
        return _net(item for item in its if item["Type"] in ROOM_ITEMS), _net(its)

    return max(named, key=weight)


def _on_folios_of(guests: Collection[str | None], items: Iterable[Row]) -> list[Row]:
    return [item for item in items if item.get("AccountId") is None or item["AccountId"] in guests]


def _net(items: Iterable[Row]) -> Decimal:
    return sum((Decimal(str(item["Amount"]["NetValue"])) for item in items), Decimal())
