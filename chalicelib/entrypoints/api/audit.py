"""/v1/audit: what somebody of the staff, or a key, did; and who of the staff saw a guest."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from chalicelib.access import actors, audit
from chalicelib.access.audit import KEPT, Entry, Kind
from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ActorId, GuestId, Leaf, StaffId
from chalicelib.canonical.time import Instant, instant, is_date, moment_of
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import MOST_BYTES, Page, one_of
from chalicelib.entrypoints.api.sights import sights_of
from chalicelib.entrypoints.api.visibility import guest_of

LOOKED_AT = 5_000
"""Rows that one page looks at."""
ROWS_AT_ONCE = 200
MOST_SIFTED = 100_000
"""Bytes of a page whose guests are sifted for a key of single hotels: some thousand ids."""
ONE_OF = "name either a guest or an actor"
A_TIME = "must be an instant, such as 2026-02-01T14:00:00Z, or a day"


class AuditShown(Shown):
    """One act: a word (`signed_in`, `refused_used`, `invited`, `changed`, `ended`, …) or the route of a page. `kind` is
    `opened` or `sent` for a page and its form, and `access` for what is about who may work with the hub. `subject` is
    the person who was changed or signed in, `guests` are the ids of those whom the page showed."""

    actor: ActorId
    at: Instant
    kind: Kind
    what: str
    subject: str | None
    guests: list[str]


def listed(
    ask: Ask,
    *,
    guest: GuestId | None = None,
    actor: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    until: str | None = None,
    page: Page,
) -> Listing[AuditShown]:
    """Who saw a guest, or what an actor did, newest first; one of the two is named. It is kept for 400 days.

    An actor is one of the staff, a key, or `nobody`, who was refused. `since` and `until`, which is no more part of it,
    are instants or days of UTC. Of a guest the page shows the guest's own ids alone. A key of single hotels is shown
    what those did whose hotels it may all see, and of the guests those in its sight. A page may be short, and still
    have a `next_cursor`.
    """
    if (guest is None) is (actor is None):
        raise Invalid(FieldError("actor" if guest else "guest", ONE_OF))
    wanted = Wanted(one_of("kind", kind, get_args(Kind)), *_time(ask.now, since, until))
    if guest is not None:
        return _who_saw(ask.caller, guest, wanted, page)
    return _done_by(ask.caller, StaffId(actor or ""), wanted, page)


class Wanted(NamedTuple):
    kind: str | None
    since: Instant
    until: Instant

    def has(self, entry: Entry) -> bool:
        return self.kind in {None, entry.kind}


def _time(now: Instant, since: str | None, until: str | None) -> tuple[Instant, Instant]:
    """What is older than it is kept may lie there for some days more."""
    kept_since = moment_of(now) - KEPT
    begin = _moment("since", since) if since else kept_since
    end = _moment("until", until) if until else moment_of(now) + timedelta(seconds=1)
    return instant(max(begin, kept_since)), instant(end)


def _moment(name: str, told: str) -> datetime:
    """A day is its beginning. Raises Invalid."""
    try:
        return moment_of(f"{told}T00:00:00Z" if is_date(told) else told)
    except (ValueError, OverflowError):
        raise Invalid(FieldError(name, A_TIME)) from None


def _who_saw(caller: Caller, guest: GuestId, wanted: Wanted, page: Page) -> Listing[AuditShown]:
    """Keys read no pages: of them there is nothing to be asked."""
    ids = set(guest_of(caller, guest).members)
    told = audit.of_actors([*actors.staff_seen(caller)], wanted.since, wanted.until, page.after)

    def show(entry: Entry) -> AuditShown | None:
        return _shown(entry, ids) if wanted.has(entry) and entry.saw_any(ids) else None

    items, cursor = page.sift(told, lambda each: each.position, show, LOOKED_AT)
    return Listing(items=items, next_cursor=cursor)


def _done_by(caller: Caller, actor: ActorId, wanted: Wanted, page: Page) -> Listing[AuditShown]:
    if not actors.sees(caller, actor):
        raise NotFound("There is no such actor.")
    told = audit.of_actor(actor, wanted.since, wanted.until, page.after, ROWS_AT_ONCE)
    most_bytes = MOST_BYTES if caller.is_group else MOST_SIFTED
    items, cursor = page.sift(
        told, lambda each: each.position, lambda each: _shown(each) if wanted.has(each) else None, LOOKED_AT, most_bytes
    )
    return Listing(items=items if caller.is_group else _in_sight(caller, items), next_cursor=cursor)


def _in_sight(caller: Caller, items: Sequence[AuditShown]) -> list[AuditShown]:
    """Somebody may have been of other hotels when they did it."""
    sights = sights_of(caller, {Leaf(each) for one in items for each in one.guests})
    guests = {leaf for leaf, sight in sights.items() if leaf in sight.members}
    people = {*actors.staff_seen(caller)} if any(each.subject for each in items) else set()
    return [
        AuditShown(
            **each.model_dump(exclude={"subject", "guests"}),
            subject=each.subject if each.subject in people else None,
            guests=[one for one in each.guests if one in guests],
        )
        for each in items
    ]


def _shown(entry: Entry, among: Collection[str] | None = None) -> AuditShown:
    guests = [each for each in entry.guests if among is None or each in among]
    return AuditShown(
        actor=entry.actor, at=entry.at, kind=entry.kind, what=entry.what, subject=entry.subject or None, guests=guests
    )
