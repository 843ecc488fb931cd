"""The part of the Mews Connector API that the hub calls, over rows in memory; installed in place of `http.call`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.aws import http
from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import Refused, TryAgain
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.connectors.contract import Call, Link
from chalicelib.properties import store as properties
from tests.builders import VIENNA, at

Row = dict[str, Any]
ENTERPRISE, STAYING, PARKING = "e-vienna", "s-stay", "s-parking"
SECRET = "open-sesame-of-forty-thieves"
CREDENTIALS = {"client_token": "client", "access_token": "access"}
BASE_URL = "https://pms.example.com"
LINK = Link(
    connection=ConnectionId("mews-vienna"),
    properties={ENTERPRISE: VIENNA.id},
    zones={VIENNA.id: VIENNA.time_zone},
    channels={"Amadeus GDS": "gds"},
    options={"stay_services": [STAYING]},
    credentials=CREDENTIALS,
)


AGES: tuple[Row, ...] = (
    {"Id": "adults", "ServiceId": STAYING, "Classification": "Adult"},
    {"Id": "children", "ServiceId": STAYING, "Classification": "Child"},
)


def connection(**fields: Any) -> Connection:
    return Connection(
        **{
            "id": "mews-vienna",
            "vendor": "mews",
            "secrets": (SECRET,),
            "credentials": CREDENTIALS,
            "base_url": BASE_URL,
            "properties": {ENTERPRISE: VIENNA.id},
            "options": {"stay_services": (STAYING,)},
            **fields,
        }
    )


def connect(**fields: Any) -> None:
    """Make the hub know the hotel and its connection."""
    properties.put(VIENNA)
    connections.put(connection(**fields))
    meter().take()


def reservation(id_: str = "r1", owner: str = "c1", **fields: Any) -> Row:
    """As reservations/getAll answers, with what the hub does not read left in."""
    return {
        "Id": id_,
        "ServiceId": STAYING,
        "AccountId": owner,
        "AccountType": "Customer",
        "BookerId": None,
        "Number": "52",
        "State": "Confirmed",
        "Origin": "Distributor",
        "CommanderOrigin": None,
        "OriginDetails": None,
        "CreatedUtc": "2025-12-01T10:00:00Z",
        "UpdatedUtc": at(1),
        "CancelledUtc": None,
        "GroupId": "group-1",
        "PartnerCompanyId": None,
        "TravelAgencyId": None,
        "CancellationReason": None,
        "ScheduledStartUtc": "2026-02-01T14:00:00Z",
        "ActualStartUtc": None,
        "ScheduledEndUtc": "2026-02-03T10:00:00Z",
        "ActualEndUtc": None,
        "Purpose": "Leisure",
        "PersonCounts": [{"AgeCategoryId": "adults", "Count": 2}],
        **fields,
    }


def customer(id_: str = "c1", first: str | None = "Anna", last: str = "Lee", **fields: Any) -> Row:
    return {
        "Id": id_,
        "ChainId": "chain",
        "Title": "Misses",
        "FirstName": first,
        "LastName": last,
        "SecondLastName": None,
        "NationalityCode": "AT",
        "PreferredLanguageCode": "de-AT",
        "LanguageCode": "en-US",
        "BirthDate": "1983-12-31",
        "Email": f"{id_}@mail.example",
        "HasOtaEmail": False,
        "Phone": None,
        "LoyaltyCode": None,
        "Notes": "likes quiet rooms",
        "DietaryRequirements": None,
        "Passport": None,
        "CreatedUtc": "2025-01-01T00:00:00Z",
        "UpdatedUtc": at(0),
        "Classifications": ["Returning"],
        "Options": ["SendMarketingEmails"],
        "MergeTargetId": None,
        "IsActive": True,
        **fields,
    }


def companion(reservation_id: str, customer_id: str) -> Row:
    return {"Id": f"{reservation_id}-{customer_id}", "CustomerId": customer_id, "ReservationId": reservation_id}


def item(
    id_: str = "i1",
    order: str = "r1",
    type_: str = "SpaceOrder",
    net: str = "200.00",
    currency: str = "EUR",
    **other: Any,
) -> Row:
    amount = {"Currency": currency, "NetValue": Decimal(net), "GrossValue": Decimal(net), "TaxValues": []}
    named = {"Id": id_, "ServiceOrderId": order, "EnterpriseId": ENTERPRISE, "Type": type_, "Amount": amount}
    return {**named, "AccountingState": "Open", "CreatedUtc": at(0), "UpdatedUtc": at(1), **other}


def notice(*events: tuple[str, str], enterprise: str = ENTERPRISE) -> Row:
    listed = [{"Discriminator": kind, "Value": {"Id": named}} for kind, named in events]
    return {"EnterpriseId": enterprise, "IntegrationId": "integration", "Events": listed}


def reservations_changed(*ids: str) -> Row:
    return notice(*(("ServiceOrderUpdated", each) for each in ids))


@dataclass
class FakeMews:
    """Rows by what they are; `refuse` is raised instead of the next answers.

    Look-ups know the age categories `adults` and `children`, and the rooms of `rooms`, an id → its name; what stands in
    `refused` this token may not ask.
    """

    reservations: dict[str, Row] = field(default_factory=dict)
    customers: dict[str, Row] = field(default_factory=dict)
    companions: list[Row] = field(default_factory=list)
    items: dict[str, Row] = field(default_factory=dict)
    refuse: TryAgain | None = None
    rooms: dict[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def keep(self, *rows: Row) -> None:
        for row in rows:
            if "ServiceOrderId" in row:
                self.items[row["Id"]] = row
            elif "CustomerId" in row:
                self.companions.append(row)
            elif "LastName" in row:
                self.customers[row["Id"]] = row
            else:
                self.reservations[row["Id"]] = row

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "FakeMews":
        monkeypatch.setattr(http, "call", self.call)
        return self

    def call(self, method: str, url: str, body: Mapping[str, Any], seconds: float = 10.0) -> Any:
        meter().called("vendor")
        assert (method, url.startswith(BASE_URL)) == ("POST", True)
        if self.refuse:
            raise self.refuse
        return self.answer(Call(url.removeprefix(BASE_URL), body))

    def answer(self, call: Call) -> Any:
        body = json.loads(json.dumps(call.body))
        assert (body["ClientToken"], body["AccessToken"]) == ("client", "access")
        operation = call.path.removeprefix("/api/connector/v1/")
        self.asked.append(operation)
        if operation in self.refused:
            raise Refused("the vendor answered 403")
        name, rows, wanted = {
            "reservations/getAll/2023-06-06": ("Reservations", self.reservations.values(), ("Id", "ReservationIds")),
            "customers/getAll": ("Customers", self.customers.values(), ("Id", "CustomerIds")),
            "companionships/getAll": ("Companionships", self.companions, ("ReservationId", "ReservationIds")),
            "orderItems/getAll": ("OrderItems", self.items.values(), ("ServiceOrderId", "ServiceOrderIds")),
            "ageCategories/getAll": ("AgeCategories", AGES, ("ServiceId", "ServiceIds")),
            "resources/getAll": ("Resources", self._rooms(), ("EnterpriseId", "EnterpriseIds")),
        }[operation]
        found = [row for row in rows if self._is_asked_for(row, body, *wanted)]
        start = int(body["Limitation"].get("Cursor") or 0)
        end = start + body["Limitation"]["Count"]
        return {name: found[start:end], "Cursor": str(end) if end < len(found) else None}

    def _rooms(self) -> list[Row]:
        return [{"Id": each, "EnterpriseId": ENTERPRISE, "Name": name} for each, name in self.rooms.items()]

    def _is_asked_for(self, row: Row, body: Row, its_field: str, ids_field: str) -> bool:
        if ids_field in body:
            assert len(body[ids_field]) <= 1000
            return row.get(its_field) in body[ids_field]
        period = body["UpdatedUtc"]
        return bool(period["StartUtc"] <= row["UpdatedUtc"].replace("+00:00", "Z") < period["EndUtc"])


def converse(conversation: Any, mews: FakeMews) -> Any:
    """Carry a conversation out without any I/O."""
    answers: Any = None
    while True:
        try:
            calls = conversation.send(answers)
        except StopIteration as done:
            return done.value
        answers = [_answer(mews, call) for call in calls]


def _answer(mews: FakeMews, call: Call) -> Any:
    try:
        return mews.answer(call)
    except Refused:
        if not call.is_look_up:
            raise
        return None
