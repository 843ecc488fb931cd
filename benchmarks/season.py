"""A hotel, its connections, and webhooks of guests whom the hub knows: our own values in the vendors' shapes."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook

from benchmarks.hub import post
from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ConnectionId, ProgramId, PropertyId
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.loyalty import programs
from chalicelib.loyalty.model import Program
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding, Property
from chalicelib.settings import store as settings
from chalicelib.settings.model import HubSettings

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
HOTEL = Property(id=PropertyId("vienna"), name="Hotel Vienna", time_zone="Europe/Vienna", country="AT", currency="EUR")
GIVEN = ("Anna", "Jürgen", "María", "Wei", "Олена", "John", "Giulia", "Ahmet")
FAMILY = ("Lee", "Müller", "García López", "Wang", "Шевченко", "O'Brien", "Rossi", "Yılmaz")


def open_hotel() -> None:
    """What an operator sets up once."""
    properties.put(HOTEL)
    connections.put(Connection(id=ConnectionId("direct"), vendor="canonical", secrets=(SECRET,)))
    connections.put(
        Connection(
            id=ConnectionId("mews"),
            vendor="mews",
            secrets=("open-sesame-open-sesame",),
            credentials={"client_token": "c", "access_token": "a"},
            base_url="https://pms.example.com",
            properties={"e-1": HOTEL.id},
            options={"stay_services": ("s-1",)},
        )
    )
    club = Program(id=ProgramId("club"), name="Club", points_per_unit={"EUR": "10"}, auto_enrol=True)
    programs.keep(club, BEGINNING.date())
    group = Branding(sender="Hotel <news@hotel.example>", postal_address="Main Street 1, 1010 Vienna, Austria")
    kept = settings.packed(HubSettings(group=group, version=1))
    row = table.row(keys.DEPLOYMENT, raw_bucket="raw", public_url="https://hub.example.com", **kept)
    table.write(table.Put(row))


def at(minute: int) -> str:
    return (BEGINNING + timedelta(minutes=minute)).isoformat()


def guest(number: int) -> dict[str, Any]:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    return {
        "kind": "guest",
        "changed_at": at(0),
        "source_id": f"p{number}",
        "given_name": given,
        "family_name": family,
        "email": f"guest{number}@mail.example",
        "phone": f"+43 660 {number:07d}",
        "language": "de",
        "country": "AT",
        "marketing_email": True,
    }


def booking(number: int, minute: int, status: str = "confirmed", **fields: Any) -> dict[str, Any]:
    """The reservation of one guest, as a booking engine tells it whole each time something changes."""
    return {
        "kind": "reservation",
        "changed_at": at(minute),
        "source_id": f"r{number}",
        "booking_id": f"b{number}",
        "property_id": HOTEL.id,
        "status": status,
        "arrival": "2026-02-01",
        "departure": "2026-02-03",
        "channel": "direct",
        "currency": "EUR",
        "room_revenue_minor": 24000,
        "other_revenue_minor": 3000,
        "adults": 2,
        "occupants": [{"role": "primary", "guest": guest(number)}],
        **fields,
    }


def webhook(*snapshots: dict[str, Any]) -> dict[str, Any]:
    """A signed push of snapshots; a signature holds for five minutes."""
    body, moment = json.dumps({"snapshots": snapshots}, ensure_ascii=False), datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", moment, body)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }
    return post("/webhooks/direct", body, headers)


def mews_webhook(reservation: str) -> dict[str, Any]:
    event = {"Discriminator": "ServiceOrderUpdated", "Value": {"Id": reservation}}
    body = json.dumps({"EnterpriseId": "e-1", "IntegrationId": "i-1", "Events": [event]})
    return post("/webhooks/mews?secret=open-sesame-open-sesame", body, {})


def mews_answer(url: str, asked: Any, minute: int) -> Any:
    """The Connector API's answer to one of its calls, for reservations `m{number}`."""
    kind = url.partition("/v1/")[2].partition("/")[0]
    numbers = [str(each)[1:] for each in asked.get("ReservationIds") or asked.get("ServiceOrderIds") or ()]
    match kind:
        case "reservations":
            return {"Reservations": [_mews_reservation(each, minute) for each in numbers], "Cursor": None}
        case "companionships":
            return {"Companionships": [], "Cursor": None}
        case "ageCategories":
            return {"AgeCategories": [{"Id": "adult", "Classification": "Adult"}], "Cursor": None}
        case "orderItems":
            return {"OrderItems": [_mews_item(each, night) for each in numbers for night in (1, 2)], "Cursor": None}
    return {"Customers": [_mews_customer(str(each)[1:]) for each in asked["CustomerIds"]], "Cursor": None}


def _mews_reservation(number: str, minute: int) -> dict[str, Any]:
    moments: Sequence[tuple[str, str]] = (
        ("CreatedUtc", at(0)),
        ("UpdatedUtc", at(minute)),
        ("ScheduledStartUtc", "2026-02-01T14:00:00Z"),
        ("ScheduledEndUtc", "2026-02-03T11:00:00Z"),
    )
    return {
        "Id": f"m{number}",
        "ServiceId": "s-1",
        "GroupId": f"b{number}",
        "Number": number,
        "State": "Confirmed",
        "Origin": "Distributor",
        "AccountId": f"c{number}",
        "AccountType": "Customer",
        "BookerId": None,
        "PersonCounts": [{"AgeCategoryId": "adult", "Count": 2}],
        **dict(moments),
    }


def _mews_item(number: str, night: int) -> dict[str, Any]:
    return {
        "Id": f"i{number}-{night}",
        "ServiceOrderId": f"m{number}",
        "AccountingState": "Open",
        "Type": "SpaceOrder",
        "UpdatedUtc": at(0),
        "Amount": {"Currency": "EUR", "NetValue": 120.0, "GrossValue": 132.0},
    }


def _mews_customer(number: str) -> dict[str, Any]:
    known = guest(int(number))
    return {
        "Id": f"c{number}",
        "UpdatedUtc": at(0),
        "FirstName": known["given_name"],
        "LastName": known["family_name"],
        "Email": known["email"],
        "Phone": known["phone"],
        "NationalityCode": "AT",
        "LanguageCode": "de-AT",
        "Classifications": [],
        "IsActive": True,
    }
