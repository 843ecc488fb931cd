"""Who did what, and saw whom: a row for each sign-in, refusal and change of the staff, and for each request of a page.

It is kept by who acted, and holds ids only: what one person did is one query. Who looked at a guest is one query for
each person, of the time that is asked about: nothing is written a second time for a question that is asked seldom.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from heapq import merge
from typing import Literal

from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import ActorId, StaffId
from chalicelib.canonical.time import Instant, moment_of

KEPT = timedelta(days=400)
MOST_GUESTS = 6_000
"""Of one request; a page shows fewer: 300 lines of boards, of at most 20 people each. They fit a row by far."""
FEWEST_ROWS, ROWS_READ = 20, 2_000
"""Read at once of what one person did, and in all where it is asked of many."""
Kind = Literal["opened", "sent", "access"]
KINDS: Mapping[str, Kind] = {"GET": "opened", "HEAD": "opened", "POST": "sent"}
"""By how the browser asked for a page."""
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
    request: str = ""
    """Of one that was read: what names the act."""

    @property
    def position(self) -> str:
        """Where it stands among what several did, without a tie; what one did lies in this order."""
        return f"{self.at}#{self.actor}#{self.request}"

    @property
    def kind(self) -> Kind:
        """A page was opened, a form was sent, or it is about who may work with the hub."""
        return KINDS.get(self.what.partition(" ")[0], "access")

    def saw_any(self, guests: Collection[str]) -> bool:
        """A guest is asked for by all ids that it ever had."""
        return not set(guests).isdisjoint(self.guests)


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


def of_actor(
    actor: ActorId, since: Instant, until: Instant, before: str | None = None, at_once: int | None = None
) -> Iterator[Entry]:
    """What somebody did from an instant on and before another, newest first, from below a position; it is read as far
    as it is asked for, `at_once` rows at a time."""
    last = min(until, f"{before.partition('#')[0]}#~") if before else until
    if last < since:
        return iter(())
    rows = table.query(keys.audit_of(actor), since, up_to=last, at_once=at_once, newest_first=True, consistent=False)
    return (each for each in map(_read, rows) if before is None or each.position < before)


def of_actors(
    actors: Collection[ActorId], since: Instant, until: Instant, before: str | None = None
) -> Iterator[Entry]:
    """What all of these did, newest first: a query for each. Who saw a guest is found among it."""
    at_once = max(FEWEST_ROWS, ROWS_READ // max(1, len(actors)))
    told = (of_actor(each, since, until, before, at_once) for each in actors)
    return merge(*told, key=lambda each: each.position, reverse=True)


def _read(row: Item) -> Entry:
    at = table.key_of(row)
    instant, _, request = at.sk.partition("#")
    actor, guests = StaffId(at.pk.partition("#")[2]), tuple(row.get("guests", ()))
    return Entry(actor, Instant(instant), row["what"], row.get("subject", ""), guests, request)
