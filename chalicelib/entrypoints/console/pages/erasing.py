"""Erasures: what one would be, the way into it, and who still holds whom it was about, a task each."""

from chalice.app import Response

from chalicelib.canonical.ids import ErasureId
from chalicelib.entrypoints.api import erasures
from chalicelib.entrypoints.api.erasures import ErasureShown, TaskTold
from chalicelib.entrypoints.console import hotels, named
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

AT = "/guests/erasures"
KEPT = {
    "stays": N_("Stays, without a name: dates, hotel and amounts, for the books"),
    "ledger": N_("What was given and taken in points, without a name, so that it adds up"),
    "consents": N_("That something was agreed to or not, and when, without what proved it"),
    "tombs": N_("Keyed digests of addresses, numbers and profiles, so that the person does not come back"),
    "repeated_requests": N_("Answers to requests that were sent twice"),
    "raw_notices": N_("Notices as they came in"),
    "dead_letters": N_("Dead letters"),
    "unconfirmed_signups": N_("Sign-ups that nobody confirmed"),
    "backups": N_("Backups"),
    "objections": N_("The log of objections for restored backups, with what proved them"),
    "audit": N_("The audit"),
}
"""What stays or goes by itself, in words, by the API's own."""


def asking(visit: Visit) -> Response:
    """What would go, what stays, and what is to be told elsewhere: nothing is done by looking."""
    planned = visit.call(erasures.plan, id_of(visit))
    return page(visit, "erase.html", found(visit), erasure=planned, kept=KEPT, programs=named.programs_by_id(visit))


def erased(visit: Visit) -> Response:
    done = visit.call(erasures.erase, id_of(visit))
    return visit.go(f"{AT}/{done.id}", done="erased")


def listed(visit: Visit) -> Response:
    return visit.shown("erasures.html", listing=visit.call(erasures.listed, page=visit.part(visit.path)), open_of=_open)


def one(visit: Visit) -> Response:
    erasure = visit.call(erasures.get, _id(visit))
    return visit.shown(
        "erasure.html",
        erasure=erasure,
        kept=KEPT,
        hotels=hotels.of(visit),
        programs=named.programs_by_id(visit),
        left=_open(erasure),
    )


def told(visit: Visit) -> Response:
    body = visit.body(TaskTold, {name: visit.form.text(name) for name in ("source", "status")})
    visit.call(erasures.tell, _id(visit), body)
    return visit.go(f"{AT}/{_id(visit)}", done="saved")


def _open(erasure: ErasureShown) -> int:
    """Sources that have not let go."""
    return sum(each.status == "open" for each in erasure.sources)


def _id(visit: Visit) -> ErasureId:
    return ErasureId(visit.names["erasure_id"])
