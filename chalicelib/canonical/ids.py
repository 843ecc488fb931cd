"""Permanent ids: every one is a hash of what it names, so that a redelivery always finds what it made before."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import NewType

from chalicelib.canonical.time import instant, moment_of

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

GUEST, NOBODY, RESERVATION, BOOKING, CHARGE, FACT, CLAIM = "g", "x", "r", "b", "c", "f", "m"
"""First letters of ids. A leaf of NOBODY holds stays in which no person is known (a walk-in, a paymaster)."""
LAUNCH, RUN = "l", "n"
"""What a guest may be mailed for once has RUN's letter and a timed id: a guest's messages lie in the order of time."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def stable_id(kind: str, *parts: str | int) -> str:
    """Return `kind` + 24 hex digits of SHA-256 over the parts: [a-z0-9_-]{1,64}, for SES tags, URLs, message groups."""
    return kind + hashlib.sha256(_COMPACT.encode(parts).encode()).hexdigest()[:24]


def timed_id(kind: str, at: str, *parts: str | int) -> str:
    """An id as long as a stable one that sorts by the instant in it: `kind`, microseconds in base 32, and a hash."""
    return kind + _digits(at) + stable_id("", *parts)[:HASHED_DIGITS]


def instant_in(timed: str) -> str:
    """The instant of a timed id. Raises ValueError."""
    return instant(EPOCH + timedelta(microseconds=int(timed[1 : 1 + TIME_DIGITS], 32)))


def highest_id(kind: str, at: str) -> str:
    """What sorts behind every timed id of that instant, and before those of the next one."""
    return kind + _digits(at) + "~"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIME_DIGITS, HASHED_DIGITS = 11, 13
"""Enough for a thousand years; together as long as a stable id's 24."""


def _digits(at: str) -> str:
    number, digits = (moment_of(at) - EPOCH) // timedelta(microseconds=1), ""
    for _ in range(TIME_DIGITS):
        number, digit = divmod(number, 32)
        digits = "0123456789abcdefghijklmnopqrstuv"[digit] + digits
    return digits


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
