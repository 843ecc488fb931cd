"""The people who work with the hub: invited, changed, signed out, ended."""

from chalice.app import Response
from pydantic import BaseModel

from chalicelib.access.staff.model import STAFF_ROLES, StaffAsked, StaffChange
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import EVERYWHERE, SessionId, StaffId
from chalicelib.entrypoints.api import staff
from chalicelib.entrypoints.api.staff import StaffShown
from chalicelib.entrypoints.console import hotels, wording
from chalicelib.entrypoints.console.told import ROLE_NAMES
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.languages.catalogues import CONSOLE, languages

AT = "/settings/staff"


def listed(visit: Visit) -> Response:
    found = visit.call(staff.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("staff.html", staff=found, roles=ROLE_NAMES)


def inviting(visit: Visit) -> Response:
    return _form(visit, None)


def invited(visit: Visit) -> Response:
    made = visit.call(staff.invite, visit.body(StaffAsked, _document(visit, StaffAsked)))
    return visit.go(f"{AT}/{made.staff_id}", done="invited")


def one(visit: Visit) -> Response:
    return _form(visit, visit.call(staff.get, _id(visit)))


def changed(visit: Visit) -> Response:
    document = {**_document(visit, StaffChange), "version": visit.form.version}
    visit.call(staff.change, _id(visit), visit.body(StaffChange, document))
    return visit.go(f"{AT}/{_id(visit)}", done="saved")


def _document(visit: Visit, model: type[BaseModel]) -> dict[str, object]:
    form = visit.form
    typed = {name: form.text(name) for name in model.model_fields if form.has(name)}
    return {**typed, "properties": [EVERYWHERE] if form.has("everywhere") else form.texts("properties")}


def _form(visit: Visit, kept: StaffShown | None) -> Response:
    return visit.shown(
        "staff_form.html",
        kept=kept,
        hotels=hotels.of(visit).values(),
        roles=[(each, visit.words(ROLE_NAMES[each])) for each in STAFF_ROLES],
        languages=[(each, wording.own_name(each)) for each in sorted(languages(CONSOLE))],
        sessions=visit.call(staff.sessions_of, _id(visit)).items if kept else [],
    )


def ending(visit: Visit) -> Response:
    return visit.shown("staff_end.html", kept=visit.call(staff.get, _id(visit)))


def ended(visit: Visit) -> Response:
    visit.call(staff.delete, _id(visit))
    return visit.go(AT, done="deleted")


def ending_session(visit: Visit) -> Response:
    known = {each.session_id for each in visit.call(staff.sessions_of, _id(visit)).items}
    if visit.names["their_session"] not in known:
        raise NotFound("There is no such session.")
    return visit.shown("staff_session_end.html", kept=visit.call(staff.get, _id(visit)))


def session_ended(visit: Visit) -> Response:
    visit.call(staff.end_session, _id(visit), SessionId(visit.names["their_session"]))
    return visit.go(f"{AT}/{_id(visit)}", done="signed_out")


def _id(visit: Visit) -> StaffId:
    return StaffId(visit.names["staff_id"])
