"""Permanent ids: every one is a hash of what it names, so that a redelivery always finds what it made before."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Literal, NewType

from chalicelib.canonical.time import Instant, instant, moment_of

Leaf = NewType("Leaf", str)
"""What one source said about one person: the permanent id of a source's record."""
GuestId = NewType("GuestId", Leaf)
"""The leaf by which a guest is named: the smallest of the guest's leaves."""
ReservationId = NewType("ReservationId", str)
ChargeId = NewType("ChargeId", str)
PropertyId = NewType("PropertyId", str)
EVERYWHERE: Literal["*"] = "*"
Scope = PropertyId | Literal["*"]
"""A property, or all of them."""
ControllerId = NewType("ControllerId", str)
"""The legal entity that answers for what is done with a guest's data: consent is given to it."""
ConnectionId = NewType("ConnectionId", str)
ChannelName = NewType("ChannelName", str)
"""By which way a message goes, as consents and gates call it."""
ProgramId = NewType("ProgramId", str)
SegmentId = NewType("SegmentId", str)
TemplateId = NewType("TemplateId", str)
CampaignId = NewType("CampaignId", str)
OccasionId = NewType("OccasionId", str)
"""What a guest may be mailed for once."""
RunId = NewType("RunId", OccasionId)
StaffMailId = NewType("StaffMailId", str)
"""What somebody of the staff is mailed for once."""
SignupId = NewType("SignupId", str)
"""One time that somebody asked to get newsletters."""
CaptureId = NewType("CaptureId", str)
"""One time that a guest is shown a code at the desk, by which they give their address on their own phone."""
KeyId = NewType("KeyId", str)
StaffId = NewType("StaffId", str)
"""Somebody who works with the hub, and signs in as a person."""
SessionId = NewType("SessionId", str)
"""The hash of what a browser shows to stay signed in."""
LinkId = NewType("LinkId", str)
"""A link that signs somebody in once; its secret is another."""
ActorId = KeyId | StaffId
"""Who acts: a key, or a person."""
JobId = NewType("JobId", str)
ImportId = NewType("ImportId", str)
"""A list that somebody brings in."""
AccountId = NewType("AccountId", str)
"""A company or an agency: as one source names it, or one that people made."""
LetterId = NewType("LetterId", str)
"""A message that could not be processed: a notice's own id, else the one that its queue gave it."""
NoteId = NewType("NoteId", str)
TaskId = NewType("TaskId", str)
"""Of what is to be done for a reservation: unique within it."""
ErasureId = NewType("ErasureId", str)
RequestId = NewType("RequestId", str)
"""What a person asked for about the data that is kept of them."""
Digest = NewType("Digest", str)
"""The keyed digest of an identifier, by which its row is found."""
IdentifierKey = NewType("IdentifierKey", str)
"""An identifier as a record carries it: `kind:digest`."""

GUEST, NOBODY, RESERVATION, BOOKING, CHARGE, FACT, CLAIM, STAFF_MAIL = "g", "x", "r", "b", "c", "f", "m", "s"
"""First letters of ids. A leaf of NOBODY holds stays in which no person is known (a walk-in, a paymaster)."""
LAUNCH, RUN, LONG_WORK = "l", "n", "j"
STAFF, SIGNUP, IMPORT, CAPTURE, ACCOUNT = "st", "su", "i", "cp", "ac"
"""What a guest may be mailed for once has RUN's letter and a timed id: a guest's messages lie in the order of time."""
ANEW, ERASURE, NOTE, ASKED_FOR, TASK = "gz", "er", "o", "dr", "t"
"""ANEW begins the leaf of who comes again after an erasure: no other leaf begins so."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def stable_id(kind: str, *parts: str | int) -> str:
    """Return `kind` + 24 hex digits of SHA-256 over the parts: [a-z0-9_-]{1,64}, for SES tags, URLs, message groups."""
    return kind + hashlib.sha256(_COMPACT.encode(parts).encode()).hexdigest()[:24]


def timed_id(kind: str, at: Instant, *parts: str | int) -> str:
    """An id as long as a stable one that sorts by the instant in it: `kind`, microseconds in base 32, and a hash."""
    return kind + _digits(at) + stable_id("", *parts)[:HASHED_DIGITS]


def instant_in(timed: str) -> Instant:
    """The instant of a timed id. Raises ValueError."""
    return instant(EPOCH + timedelta(microseconds=int(timed[1 : 1 + TIME_DIGITS], 32)))


def occasion_of(at: Instant, *parts: str | int) -> OccasionId:
    """The occasion of one act: `at` is the instant of the act, and not the clock's when somebody answers it."""
    return OccasionId(timed_id(RUN, at, *parts))


def staff_mail_of(*parts: str | int) -> StaffMailId:
    """What a mail to the staff is about: the same parts again are the same mail."""
    return StaffMailId(stable_id(STAFF_MAIL, *parts))


def signup_of(*parts: str | int) -> SignupId:
    """The same parts again are the same sign-up."""
    return SignupId(stable_id(SIGNUP, *parts))


def capture_of(*parts: str | int) -> CaptureId:
    """The same parts again are the same code."""
    return CaptureId(stable_id(CAPTURE, *parts))


def highest_id(kind: str, at: Instant) -> str:
    """What sorts behind every timed id of that instant, and before those of the next one."""
    return kind + _digits(at) + "~"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIME_DIGITS, HASHED_DIGITS = 11, 13
"""Enough for a thousand years; together as long as a stable id's 24."""


def _digits(at: Instant) -> str:
    number, digits = (moment_of(at) - EPOCH) // timedelta(microseconds=1), ""
    for _ in range(TIME_DIGITS):
        number, digit = divmod(number, 32)
        digits = "0123456789abcdefghijklmnopqrstuv"[digit] + digits
    return digits


def leaf_of_profile(source: ConnectionId, profile_id: str) -> Leaf:
    """The leaf of a source that has guest ids: one leaf a profile."""
    return Leaf(stable_id(GUEST, source, "profile", profile_id))


def leaf_of_contact(source: ConnectionId, contact: str, name: str) -> Leaf:
    """The leaf of a source without guest ids: normalised e-mail or phone, and normalised name."""
    return Leaf(stable_id(GUEST, source, "contact", contact, name))


def leaf_of_occupant(source: ConnectionId, reservation: ReservationId, role: str) -> Leaf:
    """The leaf of a person who is known by a name alone, in one reservation."""
    return Leaf(stable_id(GUEST, source, "occupant", reservation, role))


def leaf_anew(erased: Leaf) -> Leaf:
    """The leaf of whom a source tells again, by the leaf that was erased: what is kept by that comes back to nobody."""
    return Leaf(stable_id(ANEW, erased))


def is_anew(leaf: Leaf) -> bool:
    return leaf.startswith(ANEW)


def leaf_of_nobody(reservation: ReservationId) -> Leaf:
    """The leaf that keeps a reservation in which no person is known."""
    return Leaf(stable_id(NOBODY, reservation))


def is_person(leaf: Leaf) -> bool:
    return not leaf.startswith(NOBODY)


def account_of(source: ConnectionId, source_id: str) -> AccountId:
    """The company or agency that a source has under this id: it may be either, or both."""
    return AccountId(stable_id(ACCOUNT, source, source_id))


def reservation_id(source: ConnectionId, property_id: PropertyId, vendor_id: str, room: int) -> ReservationId:
    """One room for one date range."""
    return ReservationId(stable_id(RESERVATION, source, property_id, vendor_id, room))


def key_of(kind: str, digest: Digest) -> IdentifierKey:
    return IdentifierKey(f"{kind}:{digest}")


def digest_in(key: IdentifierKey) -> Digest:
    return Digest(key.partition(":")[2])


def digest_of(text: str) -> str:
    """Sixteen hex digits that stand for a content; equal contents are the same version."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
