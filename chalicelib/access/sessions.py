"""Who is signed in: a random id in a cookie, of which the hub knows the hash. What somebody may is read each time."""

import hashlib
import re
import secrets as randomness
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.access import audit
from chalicelib.access.model import Caller
from chalicelib.access.staff import store as people
from chalicelib.access.staff.model import Staff
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.retries import until_written
from chalicelib.canonical.ids import ActorId, SessionId, StaffId
from chalicelib.canonical.time import Instant, instant, moment_of

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)
"""Who was not seen for so long is signed out."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is known when somebody was last seen: each session is written so seldom."""
COOKIE = re.compile(r"(st[0-9a-f]{24})\.[A-Za-z0-9_-]{43}")
"""Whose it is, and 32 random bytes: a person's sessions lie together, and each is found by one read."""
LONGEST_BROWSER = 200
SMALL = 500
"""Bytes of a row, for the meter."""
BUSY = "the session was seen by others all the time"


@dataclass(frozen=True)
class Session:
    """`browser` is what it called itself when somebody signed in with it."""

    id: SessionId
    staff_id: StaffId
    begun_at: Instant
    seen_at: Instant
    browser: str


@dataclass(frozen=True)
class SignedIn:
    session: SessionId
    staff: Staff
    caller: Caller


def of_cookie(value: str | None, now: datetime) -> SignedIn | None:
    """Who shows this cookie, as they are at this moment: two reads in one call. None where it signs nobody in."""
    shown = COOKIE.fullmatch(value or "")
    if value is None or shown is None:
        return None
    session_id, staff_id = _hash_of(value), StaffId(shown[1])
    at, who = keys.session(staff_id, session_id), keys.staff(staff_id)
    rows = table.get_many([at, who])
    if at not in rows or who not in rows or not _lives(rows[at], now):
        return None
    staff = people.read(rows[who])
    if staff.ended or rows[at].get("version", 0) < staff.anew:
        return None
    _see(rows[at], now)
    return SignedIn(session_id, staff, staff.caller)


def begin(
    staff: Staff,
    now: datetime,
    browser: str = "",
    beside: Sequence[table.Write] = (),
    holds: table.Write | None = None,
) -> str:
    """Begin a session of somebody as they were read, together with what is written beside it, and return the cookie's
    value, which is kept nowhere. `holds` is a write of their row that asks by itself whether they still are so.

    Raises ConditionFailed where they were changed or ended meanwhile, or another condition does not hold: then there
    is no session."""
    value = f"{staff.id}.{randomness.token_urlsafe(32)}"
    row = table.row(
        keys.session(staff.id, _hash_of(value)),
        version=staff.version,
        begun_at=instant(now),
        seen_at=instant(now),
        browser=browser[:LONGEST_BROWSER],
        expires_at=int((now + LASTS).timestamp()),
    )
    table.transact([table.Put(row, table.ABSENT), holds or people.stands(staff), *beside])
    return value


def end(staff_id: StaffId, session_id: SessionId, by: ActorId, at: Instant) -> bool:
    """Whether it ended by this: the same again is done, and told in the audit once."""
    gone = table.Delete(keys.session(staff_id, session_id), table.PRESENT, size=SMALL)
    told = audit.put(audit.Entry(by, at, "signed_out", subject=staff_id), session_id[:24])

    def attempt() -> bool:
        try:
            table.transact([gone, told])
        except table.ConditionFailed:
            return False
        return True

    return until_written(attempt, BUSY)


def listed(staff_id: StaffId, now: datetime) -> list[Session]:
    """Those that live, the one seen last first."""
    alive = (row for row in table.query(keys.sessions(staff_id)) if _lives(row, now))
    return sorted(map(_read, alive), key=lambda each: each.seen_at, reverse=True)


def end_all(staff_id: StaffId, by: ActorId, at: Instant) -> int:
    """End every session of somebody that lives; how many ended by this."""
    return sum(end(staff_id, each.id, by, at) for each in listed(staff_id, moment_of(at)))


def _lives(row: Item, now: datetime) -> bool:
    """DynamoDB removes a row some time after it has expired."""
    return now < moment_of(row["begun_at"]) + LASTS and now < moment_of(row["seen_at"]) + IDLE


def _see(row: Item, now: datetime) -> None:
    """Where another request was faster, or ended the session, there is nothing to say."""
    before = row["seen_at"]
    if now < moment_of(before) + SEEN_EVERY:
        return
    unchanged = table.When("seen_at = :before", {":before": before})
    with suppress(table.ConditionFailed):
        table.write(
            table.Update(table.key_of(row), "SET seen_at = :now", {":now": instant(now)}, when=unchanged, size=SMALL)
        )


def _hash_of(value: str) -> SessionId:
    return SessionId(hashlib.sha256(value.encode()).hexdigest())


def _read(row: Item) -> Session:
    at = table.key_of(row)
    staff_id = StaffId(at.pk.partition("#")[2])
    return Session(SessionId(at.sk), staff_id, row["begun_at"], row["seen_at"], row["browser"])
