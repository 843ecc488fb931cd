"""Permanent ids: every one is a hash of what it names, so that a redelivery always finds what it made before."""

import hashlib
import json
from typing import NewType

Leaf = NewType("Leaf", str)
"""What one source said about one person: the permanent id of a source's record."""
GuestId = NewType("GuestId", Leaf)
"""The smallest leaf of a guest, by which the guest is named."""
ReservationId = NewType("ReservationId", str)
ChargeId = NewType("ChargeId", str)
PropertyId = NewType("PropertyId", str)
ConnectionId = NewType("ConnectionId", str)
ProgramId = NewType("ProgramId", str)
SegmentId = NewType("SegmentId", str)
TemplateId = NewType("TemplateId", str)
CampaignId = NewType("CampaignId", str)
RunId = NewType("RunId", str)
Digest = NewType("Digest", str)
"""The keyed digest of an identifier, by which its row is found."""

GUEST, NOBODY, RESERVATION, BOOKING, CHARGE, FACT, CLAIM, RUN = "g", "x", "r", "b", "c", "f", "m", "n"
"""First letters of ids. A leaf of NOBODY holds stays in which no person is known (a walk-in, a paymaster)."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def stable_id(kind: str, *parts: str | int) -> str:
    """Return `kind` + 24 hex digits of SHA-256 over the parts: [a-z0-9_-]{1,64}, for SES tags, URLs, message groups."""
    return kind + hashlib.sha256(_COMPACT.encode(parts).encode()).hexdigest()[:24]


def leaf_of_profile(source: str, profile_id: str) -> Leaf:
    """The leaf of a source that has guest ids: one leaf a profile."""
    return Leaf(stable_id(GUEST, source, "profile", profile_id))


def leaf_of_contact(source: str, contact: str, name: str) -> Leaf:
    """The leaf of a source without guest ids: normalised e-mail or phone, and normalised name."""
    return Leaf(stable_id(GUEST, source, "contact", contact, name))


def leaf_of_occupant(source: str, reservation: str, role: str) -> Leaf:
    """The leaf of a person who is known by a name alone, in one reservation."""
    return Leaf(stable_id(GUEST, source, "occupant", reservation, role))


def leaf_of_nobody(reservation: str) -> Leaf:
    """The leaf that keeps a reservation in which no person is known."""
    return Leaf(stable_id(NOBODY, reservation))


def is_person(leaf: str) -> bool:
    return not leaf.startswith(NOBODY)


def reservation_id(source: str, property_id: str, vendor_id: str, room: int) -> ReservationId:
    """One room for one date range."""
    return ReservationId(stable_id(RESERVATION, source, property_id, vendor_id, room))


def digest_of(text: str) -> str:
    """Sixteen hex digits that stand for a content; equal contents are the same version."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
