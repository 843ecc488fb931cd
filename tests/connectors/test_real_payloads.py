"""The vendor's own documented payloads, where a copy of them lies beside the project."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.snapshots import Channel, GuestSnapshot, ReservationSnapshot, Status
from chalicelib.connectors import stripping
from chalicelib.connectors.contract import Link
from chalicelib.connectors.mews import edge, translate
from tests.fake_mews import FakeMews, converse

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads" / "mews"
pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the vendor's payloads are not part of the project")


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(), parse_float=Decimal)


def a_mews_with_all_payloads() -> FakeMews:
    mews = FakeMews()
    mews.keep(*payload("reservations-getAll-2023-06-06-response")["Reservations"])
    mews.keep(*payload("customers-getAll-response")["Customers"])
    mews.keep(*payload("companionships-getAll-response")["Companionships"])
    mews.keep(*payload("orderItems-getAll-response")["OrderItems"])
    return mews


def link_of(enterprise: str) -> Link:
    credentials = {"client_token": "client", "access_token": "access"}
    hotel = PropertyId("prague")
    return Link(ConnectionId("mews"), {enterprise: hotel}, {hotel: "Europe/Prague"}, {}, {}, credentials)


def test_the_documented_webhook_goes_through_the_edge_unchanged_and_names_its_ids() -> None:
    notice = payload("webhook-general")
    assert stripping.strip(notice, edge.dropped_fields, edge.id_fields) == notice
    assert edge.hotel_of(notice) == notice["EnterpriseId"]
    by_kind = {event["Discriminator"]: event["Value"]["Id"] for event in notice["Events"]}
    wanted = {by_kind[kind] for kind in ("ServiceOrderUpdated", "CustomerAdded", "CustomerUpdated")}
    assert translate.named_by(notice) == wanted
    translated = converse(translate.fetch([notice], link_of(notice["EnterpriseId"])), FakeMews())
    assert translated.ignored["not_found"] == len(wanted)
    assert sum(translated.ignored.values()) == len(notice["Events"])


def test_the_documented_reservation_and_customer_become_snapshots() -> None:
    mews = a_mews_with_all_payloads()
    (order,) = mews.reservations
    events = [("ServiceOrderUpdated", order), *(("CustomerUpdated", each) for each in mews.customers)]
    listed = [{"Discriminator": kind, "Value": {"Id": each}} for kind, each in events]
    notice = {"EnterpriseId": "the-hotel", "Events": listed}
    translated = converse(translate.fetch([notice], link_of("the-hotel")), mews)
    assert translated.broken == {}
    stay, guest = translated.snapshots
    assert isinstance(stay, ReservationSnapshot)
    assert isinstance(guest, GuestSnapshot)
    assert (stay.status, stay.channel) == (Status.CONFIRMED, Channel.WHOLESALE)
    assert (stay.departure - stay.arrival).days == 2
    assert [(each.role, each.guest.source_id) for each in stay.occupants] == [("primary", guest.source_id)]
    assert (stay.rate_plan, stay.room_type) == (
        "ed4b660b-19d0-434b-9360-a4de2ea42eda",
        "773d5e42-de1e-43a0-9ce6-f940faf2303f",
    )
    assert (stay.group_id, stay.arrival_time) == ("5ee074b1-6c86-48e8-915f-c7aa4702086f", "16:00")
    assert guest.address
    assert (guest.salutation, guest.address.postal_code, guest.address.region) == ("Mr", "BH23 3PY", "GB-ENG")
    assert guest.family_name == "Smith Williams"
    assert (guest.language, guest.marketing_email) == ("en-GB", True)


def test_the_documented_order_items_become_net_revenue_without_the_city_tax() -> None:
    mews = a_mews_with_all_payloads()
    (order,) = mews.reservations
    for item in mews.items.values():
        item["ServiceOrderId"] = order
    notice = {"EnterpriseId": "e", "Events": [{"Discriminator": "ServiceOrderUpdated", "Value": {"Id": order}}]}
    (stay,) = converse(translate.fetch([notice], link_of("e")), mews).snapshots
    assert (stay.currency, stay.room_revenue_minor, stay.other_revenue_minor) == ("EUR", 9346, 0)
