"""Guests who may be one person: one pair at a time, and after each decision the next by itself.

Calls of AWS, with those for the session and the looks: the queue 14, a pair 9, a decision 13.
"""

from chalice.app import Response

from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.entrypoints.api import merge_candidates, merge_decisions
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.merge_candidates import MergeCandidateShown
from chalicelib.entrypoints.api.merge_decisions import MergeDecisionAsked
from chalicelib.entrypoints.api.paging import read_page
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.pages import beside_each_other
from chalicelib.entrypoints.console.table import CONSOLE_AT
from chalicelib.entrypoints.console.visits import Visit

QUEUE = "/guests/review"
MOST_PAGES = 5
"""Of the list are looked through for the next pair: each leaves out at most twenty that were answered."""
DONE = {"join": "joined", "apart": "kept_apart"}


def queued(visit: Visit) -> Response:
    """The likeliest pair from where the reader is."""
    if visit.query.get("end"):
        return visit.shown("review_end.html", further=None)
    cursor, listing = _next(visit)
    if not listing.items:
        return visit.shown("review_end.html", further=listing.next_cursor)
    one, other = (GuestId(Leaf(each.id)) for each in listing.items[0].guests)
    return _shown(visit, one, other, here=cursor, after=listing.next_cursor)


def pair(visit: Visit) -> Response:
    """Any two guests. Of one who comes back from the queue with a refusal it is still the queue's."""
    one, other = _named(visit)
    return _shown(visit, one, other, here=_kept(visit, "here"), after=_kept(visit, "after"))


def decided(visit: Visit) -> Response:
    verdict, is_queued = visit.form.text("verdict"), visit.form.has("here")
    if verdict == "later":
        return _later(visit, is_queued=is_queued)
    body = visit.body(MergeDecisionAsked, {"records": list(_named(visit)), "verdict": verdict})
    told = visit.call(merge_decisions.decide, body)
    if is_queued:
        return visit.go(QUEUE, cursor=visit.form.text("here"), done=DONE.get(verdict))
    return visit.go(f"/guests/{told.guests[0]}", done=DONE.get(verdict))


def _later(visit: Visit, *, is_queued: bool) -> Response:
    after = visit.form.text("after")
    if not is_queued:
        return visit.go(f"/guests/{_named(visit)[0]}")
    return visit.go(QUEUE, cursor=after, end=None if after else "yes")


def _next(visit: Visit) -> tuple[str, Listing[MergeCandidateShown]]:
    """The next pair that waits, and the cursor from which it was found."""
    cursor = visit.query.get("cursor", "")
    for _ in range(MOST_PAGES):
        asked = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        listing = visit.call(merge_candidates.listed, page=read_page(f"{CONSOLE_AT}{QUEUE}", asked))
        if listing.items or not listing.next_cursor:
            break
        cursor = listing.next_cursor
    return cursor, listing


def _shown(visit: Visit, one: GuestId, other: GuestId, *, here: str | None, after: str | None) -> Response:
    found = visit.call(merge_candidates.get, one, other)
    rows = beside_each_other.rows(visit, found.said, hotels.of(visit))
    path = f"{QUEUE}/{one}/{other}"
    return visit.shown("review_pair.html", found=found, rows=rows, path=path, here=here, after=after)


def _kept(visit: Visit, name: str) -> str | None:
    return visit.form.text(name) if visit.form.has(name) else None


def _named(visit: Visit) -> tuple[GuestId, GuestId]:
    return GuestId(Leaf(visit.names["guest_id"])), GuestId(Leaf(visit.names["other_id"]))
