"""What guests ask for about their data: the register, an entry, and a form that notes one of a guest."""

from chalice.app import Response

from chalicelib.canonical.ids import RequestId
from chalicelib.entrypoints.api import privacy_requests as requests
from chalicelib.entrypoints.api.privacy_requests import RequestAsked, RequestChanged
from chalicelib.entrypoints.console.pages.exported import file_of
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

AT = "/guests/requests"
KINDS = {
    "access": N_("To know what is kept"),
    "erasure": N_("To be erased"),
    "rectification": N_("To have something corrected"),
    "restriction": N_("To have the use restricted"),
    "objection": N_("To object to the use"),
}
IDENTITIES = {
    "document_seen": N_("A document was seen"),
    "mailbox_confirmed": N_("They answered from their mailbox"),
    "booking_details": N_("They knew details of a booking"),
    "known_in_person": N_("They are known in person"),
    "representative": N_("Somebody acts for them, with a power of attorney"),
}
DELAYS = {"complexity": N_("It is complex"), "many_requests": N_("They asked for much")}
OUTCOMES = {
    "fulfilled": N_("Done as asked"),
    "partly": N_("Done in part"),
    "refused": N_("Refused"),
    "withdrawn": N_("Taken back"),
}
REFUSALS = {
    "not_identified": N_("It is not known who asks"),
    "unfounded": N_("It is unfounded"),
    "excessive": N_("It is excessive"),
    "kept_by_law": N_("The law asks to keep it"),
    "nothing_held": N_("Nothing is kept"),
}
WORDS = {"kinds": KINDS, "identities": IDENTITIES, "delays": DELAYS, "outcomes": OUTCOMES, "refusals": REFUSALS}


def listed(visit: Visit) -> Response:
    state = visit.asked("state")
    listing = visit.call(requests.listed, state=state, page=visit.part(visit.path))
    return visit.shown("requests.html", listing=listing, **WORDS)


def asking(visit: Visit) -> Response:
    return page(visit, "request_form.html", found(visit), today=visit.now[:10], **WORDS)


def noted(visit: Visit) -> Response:
    said = {"guest": id_of(visit), **visit.form.filled(("kind", "received_on", "identity"))}
    return visit.go(f"{AT}/{visit.call(requests.create, visit.body(RequestAsked, said)).id}", done="saved")


def one(visit: Visit) -> Response:
    return visit.shown("request.html", request=visit.call(requests.get, _id(visit)), **WORDS)


def changed(visit: Visit) -> Response:
    """Of how the person was identified, an extension, and the outcome, what the form that was sent says."""
    said = visit.form.filled(("identity", "extended_for", "outcome", "refused_for"))
    visit.call(requests.change, _id(visit), visit.body(RequestChanged, said))
    return visit.go(f"{AT}/{_id(visit)}", done="saved")


def given(visit: Visit) -> Response:
    """The file, and a note in the register."""
    return file_of(visit.call(requests.export, _id(visit)))


def _id(visit: Visit) -> RequestId:
    return RequestId(visit.names["request_id"])
