"""Snapshots, properties and stays with our own values; each test names only what it is about."""

from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import PropertyId, leaf_of_profile
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.canonical.time import instant
from chalicelib.connections.model import api_of
from chalicelib.guests.model import Stay
from chalicelib.identity.model import Decision, Verdict, pair_of
from chalicelib.loyalty.model import Program
from chalicelib.profiles.model import MergeDecision
from chalicelib.properties.model import Property
from tests.ids import CLUB, PMS

VIENNA = Property(
    id=PropertyId("vienna"),
    name="Hotel Vienna",
    time_zone="Europe/Vienna",
    country="AT",
    currency="EUR",
    mail_domains=("vienna.example",),
)
PORTO = Property(id=PropertyId("porto"), name="Hotel Porto", time_zone="Europe/Lisbon", country="PT", currency="EUR")
EUR_PROGRAM = Program(id=CLUB, name="Club", points_per_unit={"EUR": "10", "USD": "9"}, auto_enrol=True)
DAY_ONE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def at(minute: int) -> str:
    """An instant, `minute` minutes after the first of January."""
    return (DAY_ONE + timedelta(minutes=minute)).isoformat()


def guest(
    source_id: str | None = "g1", given: str | None = "Anna", family: str | None = "Lee", **fields: Any
) -> dict[str, Any]:
    named = {"source_id": source_id, "given_name": given, "family_name": family}
    return {"kind": "guest", "changed_at": at(0), **named, **fields}


def claimed(hotel: PropertyId, told: dict[str, Any]) -> dict[str, Any]:
    """What a key of that hotel alone says."""
    return {**told, "source": api_of(hotel)}


def reservation(source_id: str = "r1", primary: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    companions = fields.pop("companions", [])
    occupants = [{"role": "primary", "guest": primary}] if primary else []
    occupants += [{"role": "companion", "guest": each} for each in companions]
    return {
        "kind": "reservation",
        "changed_at": at(0),
        "source_id": source_id,
        "property_id": VIENNA.id,
        "status": "confirmed",
        "arrival": "2026-02-01",
        "departure": "2026-02-03",
        "channel": "direct",
        "currency": "EUR",
        "room_revenue_minor": 20000,
        "occupants": occupants,
        **fields,
    }


def decided(one: str, other: str, verdict: str = "join", minute: int = 0, reason: str = "") -> MergeDecision:
    """What staff decided, `minute` minutes after the first of January, about two profiles of the source `pms`."""
    leaves = pair_of(leaf_of_profile(PMS, one), leaf_of_profile(PMS, other))
    decided_at = instant(DAY_ONE + timedelta(minutes=minute))
    return MergeDecision(Decision(leaves, Verdict(verdict), decided_at, "front-desk", reason))


def charge(source_id: str = "c1", **fields: Any) -> dict[str, Any]:
    return {
        "kind": "charge",
        "changed_at": at(0),
        "source_id": source_id,
        "property_id": VIENNA.id,
        "reservation_source_id": "r1",
        "charge": "room",
        "amount_minor": 5000,
        "currency": "EUR",
        **fields,
    }


def notice(*snapshots: dict[str, Any], message_id: str = "m1") -> Message:
    """An envelope as the edge queues it."""
    body = {"snapshots": list(snapshots)}
    envelope = {"v": 1, "connection": "api", "vendor": "canonical", "request": "q", "received_at": at(0), "body": body}
    return Message(message_id, envelope)


def stay(reservation_id: str = "r1", arrival: str = "2026-02-01", departure: str = "2026-02-03", **fields: Any) -> Stay:
    return Stay(
        **{
            "reservation": reservation_id,
            "source": "api",
            "source_id": reservation_id,
            "property_id": VIENNA.id,
            "status": Status.CHECKED_OUT,
            "arrival": date.fromisoformat(arrival),
            "departure": date.fromisoformat(departure),
            "channel": Channel.DIRECT,
            "stated_currency": "EUR",
            "stated_room_minor": 20000,
            **fields,
        }
    )
