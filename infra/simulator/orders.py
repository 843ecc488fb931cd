"""Reservations as Mews shows them."""

from datetime import datetime, timedelta

from infra.simulator.hotel import Entity, Property, age_id, utc
from infra.simulator.records import Ids
from infra.simulator.visits import Visit


def reservation(visit: Visit, place: Property, ids: Ids, start: datetime, end: datetime) -> Entity:
    """A confirmed reservation of the stay service."""
    company = ids.of("company", visit.company or "0") if visit.channel.through_company else None
    account = visit.account.id if visit.account else company
    return {
        "Id": ids.of("reservation", visit.booking.number),
        "ServiceId": place.stay_service,
        "AccountId": account,
        "AccountType": "Customer" if visit.account else "Company",
        "BookerId": visit.booker.id if visit.booker else None,
        "Number": str(visit.booking.number),
        "State": "Confirmed",
        "Origin": visit.channel.origin,
        "CommanderOrigin": visit.channel.commander,
        "OriginDetails": visit.channel.details,
        "CreatedUtc": utc(start - timedelta(days=visit.booking.lead_days)),
        "CancelledUtc": None,
        "VoucherId": None,
        "RateId": ids.of("rate", visit.booking.segment),
        "GroupId": ids.of("group", visit.group),
        "RequestedResourceCategoryId": ids.of("category", visit.booking.hotel),
        "AssignedResourceId": None,
        "PartnerCompanyId": company,
        "TravelAgencyId": ids.of("agency", visit.agency or "0") if visit.channel.through_agency else None,
        "ChannelNumber": f"CH{visit.booking.number:07d}" if visit.channel.origin == "ChannelManager" else None,
        "CancellationReason": None,
        "StartUtc": utc(start),
        "EndUtc": utc(end),
        "ScheduledStartUtc": utc(start),
        "ScheduledEndUtc": utc(end),
        "ActualStartUtc": None,
        "ActualEndUtc": None,
        "Purpose": "Leisure",
        "PersonCounts": [
            {"AgeCategoryId": age_id(place, kind, ids), "Count": count}
            for kind, count in (("adult", visit.booking.adults), ("child", visit.booking.children))
            if count
        ],
    }
