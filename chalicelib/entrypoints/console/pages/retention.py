"""How long what is kept, and whom the rule would forget today: counted, and nobody is erased."""

from chalice.app import Response

from chalicelib.canonical.ids import JobId
from chalicelib.entrypoints.api import jobs, retention
from chalicelib.entrypoints.api.retention import RetentionAsked
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.privacy import forgetting

OUTCOMES = {
    forgetting.DUE: N_("Would be erased"),
    "recent": N_("Kept: a stay or a word is not so long ago"),
    "ahead": N_("Kept: a stay is not over"),
    "points": N_("Kept: has points"),
    "request": N_("Kept: something the guest asked for is open"),
    "case": N_("Kept: a complaint is open"),
    "restricted": N_("Kept: the use of the data is restricted"),
}
WHAT = {
    "repeated_requests": N_("Answers to requests that come twice"),
    "raw_notices": N_("Notices as they came"),
    "dead_letters": N_("Notices that could not be worked"),
    "unconfirmed_signups": N_("Sign-ups that nobody confirmed"),
    "backups": N_("Backups of the table"),
    "objections": N_("The log of objections"),
    "audit": N_("Who looked at whom"),
    "stays": N_("Stays, without the person"),
    "ledger": N_("Points, without the person"),
    "consents": N_("Consents, without their proof"),
    "tombs": N_("Digests of what was erased"),
}


def shown(visit: Visit) -> Response:
    return visit.shown("retention.html", rule=visit.call(retention.get), what=WHAT)


def counting(visit: Visit) -> Response:
    months = visit.number("months")
    body = visit.body(RetentionAsked, {} if months is None else {"months": months})
    return visit.go(f"/settings/retention/{visit.call(retention.preview, body).id}")


def counted(visit: Visit) -> Response:
    job = visit.call(jobs.get, JobId(visit.names["job_id"]))
    return visit.shown("retention_count.html", job=job, outcomes=OUTCOMES)
