"""Who did what, and saw whom: a row for each sign-in, refusal and change of the staff, and for each request of a page.

It is kept by who acted, and holds ids only: what one person did is one query. Who looked at a guest is one query for
each person, of the time that is asked about: nothing is written a second time for a question that is asked seldom.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from heapq import merge

from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import ActorId, GuestId, StaffId
from chalicelib.canonical.time import Instant, moment_of

KEPT = timedelta(days=400)
MOST_GUESTS = 6_000
"""Of one request; a page shows fewer: 300 lines of boards, of at most 20 people each. They fit a row by far."""
NOBODY = StaffId("nobody")
"""Who is refused, and is not known."""


@dataclass(frozen=True)
class Entry:
    """`what` is a word of ours, or the route of a page; `subject` the person who was changed or signed in."""

    actor: ActorId
    at: Instant
    what: str
    subject: str = ""
    guests: tuple[str, ...] = ()


def put(entry: Entry, request: str) -> table.Put:
    """The row, to be written with what it tells of. `request` names the act: the same again is the same row."""
    row = table.row(
        keys.audit(entry.actor, entry.at, request),
        what=entry.what,
        subject=entry.subject or None,
        guests=list(entry.guests[:MOST_GUESTS]) or None,
        expires_at=int((moment_of(entry.at) + KEPT).timestamp()),
    )
    return table.Put(row)


def note(entry: Entry, request: str) -> None:
    """One small write: 1 unit, or 2 where more than 30 guests were shown."""
    table.write(put(entry, request))


def of_actor(actor: ActorId, since: Instant, until: Instant) -> Iterator[Entry]:
    """What somebody did in a time, in its order."""
    return map(_read, table.query(keys.audit_of(actor), since, up_to=until, consistent=False))


def of_guest(guests: Collection[GuestId], actors: Iterable[ActorId], since: Instant, until: Instant) -> Iterator[Entry]:
    """Who of these saw one of the guests in a time, in its order: a guest is asked for by all ids that it ever had."""
    told = merge(*(of_actor(each, since, until) for each in actors), key=lambda each: each.at)
    return (each for each in told if not set(guests).isdisjoint(each.guests))


def _read(row: Item) -> Entry:
    at = table.key_of(row)
    actor, instant = StaffId(at.pk.partition("#")[2]), Instant(at.sk.partition("#")[0])
    return Entry(actor, instant, row["what"], row.get("subject", ""), tuple(row.get("guests", ())))
