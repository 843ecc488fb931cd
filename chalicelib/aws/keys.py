"""Every key shape of the table but those beside it. docs/data-model.md says who uses each, and its cost."""

import hashlib
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from chalicelib.canonical.ids import (
    ActorId,
    CampaignId,
    ChannelName,
    ChargeId,
    ConnectionId,
    Digest,
    GuestId,
    JobId,
    KeyId,
    Leaf,
    LetterId,
    OccasionId,
    ProgramId,
    PropertyId,
    ReservationId,
    RunId,
    StaffMailId,
    is_person,
)
from chalicelib.canonical.time import Instant

SHARDS = 256
"""Guests lie in this many partitions: all of them are this many bounded queries."""


class Key(NamedTuple):
    pk: str
    sk: str


def alone(kind: str, as_: str = "") -> Callable[[str], Key]:
    """A row that is found by an id alone: `{kind}#{id}`, and `{kind}`, or else `as_` what it lies there."""

    def key(id_: str) -> Key:
        return Key(f"{kind}#{id_}", as_ or kind)

    return key


DEPLOYMENT = Key("SETTINGS", "DEPLOYMENT")

# Partitions that hold a whole kind, by id: few rows, listed by one query.
PROPERTIES, CONNECTIONS, KEYS, LEGAL, SPEND = "PROPERTIES", "CONNECTIONS", "KEYS", "LEGAL", "SPEND"
PROGRAMS, SEGMENTS, TEMPLATES, CAMPAIGNS = "PROGRAMS", "SEGMENTS", "TEMPLATES", "CAMPAIGNS"

property_: Callable[[PropertyId], Key] = partial(Key, PROPERTIES)
connection: Callable[[ConnectionId], Key] = partial(Key, CONNECTIONS)
api_key_listing: Callable[[KeyId], Key] = partial(Key, KEYS)
campaign: Callable[[CampaignId], Key] = partial(Key, CAMPAIGNS)

# Rows that have a partition to themselves.
api_key: Callable[[str], Key] = alone("KEY")
"""Signing in is one read by the hash of the whole key."""
identifier: Callable[[Digest], Key] = alone("IDENTIFIER")
block: Callable[[Digest], Key] = alone("BLOCK")
"""Records that are compared by weight, for they have something in common."""
reservation: Callable[[ReservationId], Key] = alone("RESERVATION")
"""Where a reservation is kept: the leaf of its primary guest, and the month of its row."""
reservation_of_charge: Callable[[ChargeId], Key] = alone("CHARGE")
"""The reservation that a charge is kept under: a line may be moved to another room's folio."""
run: Callable[[RunId], Key] = alone("RUN")
launch: Callable[[str], Key] = alone("LAUNCH")
"""The run with which a launch was answered: its own, or the one that was on."""
letter: Callable[[LetterId], Key] = alone("LETTER")
ALL_LETTERS = "LETTERS"
"""Of `INDEX_2`: the dead letters that lie there, in the order in which they were set aside."""
letters_of: Callable[[ConnectionId], str] = "LETTERS#{}".format
"""Of `INDEX_1`: those of one connection."""
long_work: Callable[[JobId], Key] = alone("WORK")


def connection_health(connection_id: ConnectionId) -> Key:
    """How it fares, behind the connection's own row: one query finds all with theirs. No id has this sign."""
    return Key(CONNECTIONS, f"{connection_id}#HEALTH")


connection_reach: Callable[[ConnectionId], Key] = alone("CONNECTION", "REACH")
"""Every property that a connection's id ever reached; it outlives the connection."""
program_followed: Callable[[ProgramId], Key] = alone("PROGRAM", "FOLLOWED")
"""Says that the ledgers of all guests were set on following a programme."""

# Guests.
SHARD = "GUESTS#"


def shard_of(leaf: str) -> str:
    return f"{SHARD}{hashlib.sha256(leaf.encode()).hexdigest()[:2]}"


def shard(number: int) -> str:
    return f"{SHARD}{number:02x}"


def _head(leaf: Leaf) -> Key:
    return Key(shard_of(leaf), leaf) if is_person(leaf) else Key(f"LEAF#{leaf}", "HEAD")


head: Callable[[Leaf], Key] = lru_cache(maxsize=10_000)(_head)
"""The head of a leaf. A guest's smallest leaf is the guest; nobody's leaves stay out of the segments' way.

Kept, for one change asks for the same few many times; the type is said, for a cache itself takes whatever has a hash.
"""
decisions: Callable[[Leaf], Key] = alone("LEAF", "DECISIONS")
"""What people decided about a leaf and others; the head says whether there is any."""


def gate(guest: GuestId, channel: ChannelName) -> Key:
    return Key(f"GATE#{guest}", channel)


def guest_of_gate(key: Key) -> GuestId:
    return GuestId(Leaf(key.pk.removeprefix("GATE#")))


def acts(leaf: Leaf, channel: ChannelName) -> Key:
    """What was done about consent through one leaf, the newest of each kind. They go where their leaf goes."""
    return Key(f"LEAF#{leaf}", f"CONSENT#{channel}")


def receipt(leaf: Leaf, at: Instant, receipt_id: str) -> Key:
    return Key(f"LEAF#{leaf}", f"RECEIPT#{at}#{receipt_id}")


leaf: Callable[[Leaf], str] = "LEAF#{}".format
"""What is kept by leaf, and never moves."""
record: Callable[[Leaf], Key] = alone("LEAF", "RECORD")
"""What the leaf's source says about the person, and the identifiers in it; the head is its lock."""


candidate: Callable[[Leaf], Key] = alone("LEAF", "CANDIDATE")
"""Of a leaf the likeliest of those that may be the same person's, and wait for an answer."""
ALL_CANDIDATES = "CANDIDATES"
"""Of `INDEX_1`: all merge candidates, the likeliest first."""


def name(leaf_id: Leaf, property_id: PropertyId, number: int) -> Key:
    """More forms of the record's name, or for one more hotel."""
    return Key(leaf(leaf_id), f"NAME#{property_id}#{number}")


names: Callable[[PropertyId, str], str] = "NAMES#{}#{}".format
"""Of both indexes: forms of names at a hotel, or at none, that begin with two letters."""
STAY = "STAY#"
COMPANION = "COMPANION#"
MESSAGE = "MESSAGE#"
RECEIPT = "RECEIPT#"


def stay(leaf_id: Leaf, month: str, reservation: ReservationId) -> Key:
    """`month` is that of the arrival when the row was put there, or near it: guests/drift.py."""
    return Key(leaf(leaf_id), f"{STAY}{month}#{reservation}")


stays_of_month: Callable[[str], str] = "STAY#{}".format
"""What the keys begin with of a leaf's stays whose rows lie in a month."""
arrivals: Callable[[PropertyId, date], str] = "ARRIVALS#{}#{}".format
"""Of `INDEX_1`: who is expected at a property on a date, by reservation, but for the long stays."""
long_stays: Callable[[PropertyId], str] = "ARRIVALS#{}#LONG".format
"""Of `INDEX_1`: its arrivals of any date that stay so long that those of the last weeks do not tell who is there."""
departures: Callable[[PropertyId, date], str] = "DEPARTURES#{}#{}".format
"""Of `INDEX_2`: who leaves or left a property on a date, by reservation."""


def companion(leaf_id: Leaf, month: str, reservation: ReservationId) -> Key:
    """Says that this person shared the room of that reservation; the stay itself is the primary guest's row. `month` is
    that of the arrival, always: the row moves with it."""
    return Key(leaf(leaf_id), f"{COMPANION}{month}#{reservation}")


def last_part(key: Key) -> str:
    """The id that a sort key ends in: a stay's or companion's reservation, a receipt's id."""
    return key.sk.rpartition("#")[2]


def month_and_reservation(key: Key) -> tuple[str, ReservationId]:
    """Of a stay or a companion."""
    _, month, of_month = key.sk.split("#")
    return month, ReservationId(of_month)


def message(leaf_id: Leaf, occasion: OccasionId) -> Key:
    """The claim of one send, and later its outcome and what became of it."""
    return Key(leaf(leaf_id), f"{MESSAGE}{occasion}")


def staff_mail(mail_id: StaffMailId) -> Key:
    """The claim of one mail to somebody of the staff, and its outcome; it is kept for 30 days."""
    return Key(f"STAFF_MAIL#{mail_id}", "MAIL")


CHARGE = "CHARGE#"


def charge(reservation_id: ReservationId, charge_id: ChargeId) -> Key:
    return Key(f"RESERVATION#{reservation_id}", f"{CHARGE}{charge_id}")


def mark(subject: str, version_mark: str) -> Key:
    """Remembers for 30 days that this version was stored, and which facts it made."""
    return Key(f"MARK#{subject}", version_mark)


# Loyalty.
def account(leaf_id: Leaf, program_id: ProgramId) -> Key:
    """A leaf's points in one programme; a guest's balance is the sum over its leaves."""
    return Key(leaf(leaf_id), f"ACCOUNT#{program_id}")


def given(leaf_id: Leaf, program_id: ProgramId, reservation_id: ReservationId) -> Key:
    """What one stay has been given so far, and the version it was computed from."""
    return Key(leaf(leaf_id), f"GIVEN#{program_id}#{reservation_id}")


def ledger(leaf_id: Leaf, program_id: ProgramId) -> str:
    return f"LEDGER#{program_id}#{leaf_id}"


def ledger_entry(leaf_id: Leaf, program_id: ProgramId, position: str) -> Key:
    """Entries lie in the order of time: instant, revision of the account, id. A guest's pages merge its leaves'."""
    return Key(ledger(leaf_id, program_id), position)


def spending(program_id: ProgramId, kind: str, act: str) -> Key:
    """What one redemption, expiry or transfer took, by the id that who acted gave it: the same again takes nothing."""
    return Key(f"SPENDING#{program_id}#{kind}#{act}", "SPENDING")


# Campaigns.
run_content: Callable[[RunId], Key] = alone("RUN", "CONTENT")
"""The segment and template a run was launched with."""
BACK, CHUNK, LATER = "BACK#", "CHUNK#", "LATER#"


def chunk_back(run_id: RunId, part: int, number: int) -> Key:
    """Says that a chunk came back undecided, and is to be queued again."""
    return Key(f"RUN#{run_id}", f"{BACK}{part:03d}#{number:06d}")


def told_later(occasion: OccasionId, origin: str) -> Key:
    """Says that of the messages of one piece of work more may be known by now than its worker knew."""
    return Key(f"RUN#{occasion}", f"{LATER}{origin}")


def part_of_run(run_id: RunId, part: int) -> str:
    """What is written of each guest lies in as many partitions as a run has parts: one takes 1,000 units a second."""
    return f"RUN#{run_id}#{part:03d}"


def plan(run_id: RunId, part: int) -> Key:
    """How far the planning of one part of the guests has come."""
    return Key(part_of_run(run_id, part), "PLAN")


def queued(run_id: RunId, part: int) -> Key:
    """How many of a part's chunks were queued."""
    return Key(part_of_run(run_id, part), "QUEUED")


def sent(run_id: RunId, part: int) -> Key:
    """How many of a part's chunks are done, and what became of their candidates."""
    return Key(part_of_run(run_id, part), "SENT")


def chunk(run_id: RunId, due: str, part: int, number: int) -> Key:
    return Key(part_of_run(run_id, part), f"{CHUNK}{due}#{number:06d}")


pacing: Callable[[ChannelName], Key] = partial(Key, "PACING")
"""What the account may send over a channel in this minute, whoever asks."""

# Work that waits in rows, and what the tick wakes of it.
WAKE = "WAKE"


def waking(kind: str, id_: str) -> Key:
    """Present while something has work left: the tick finds all of it by one query."""
    return Key(WAKE, f"{kind}#{id_}")


def part_of_work(job_id: JobId, part: int) -> Key:
    """How far one part of it has come; each lies in a partition of its own."""
    return Key(f"WORK#{job_id}#{part:03d}", "PART")


# Once-only work.
def job(name: str, subject: str, local_date: str) -> Key:
    return Key(f"JOB#{name}#{subject}", local_date)


def idempotency(actor: ActorId, idempotency_key: str) -> Key:
    return Key(f"IDEMPOTENCY#{actor}", idempotency_key)
