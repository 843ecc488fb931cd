"""Who is signed in, where else they are, and the way out."""

from chalice.app import Response

from chalicelib.access import sessions
from chalicelib.access.sessions import Session
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.console import cookies
from chalicelib.entrypoints.console.visits import SIGN_IN, Visit


def shown(visit: Visit) -> Response:
    return visit.shown("me.html", me=visit.signed_in.staff, sessions=_mine(visit))


def signed_out(visit: Visit) -> Response:
    """Here, or, where the form says so, everywhere."""
    me = visit.signed_in
    if visit.form.has("everywhere"):
        sessions.end_all(me.staff.id, me.staff.id, visit.now)
    else:
        sessions.end(me.staff.id, me.session, me.staff.id, visit.now)
    response = visit.go(SIGN_IN)
    response.headers["Set-Cookie"] = [cookies.dropped(visit.headers, cookies.SESSION)]
    return response


def ending(visit: Visit) -> Response:
    return visit.shown("session.html", session=_one(visit))


def ended(visit: Visit) -> Response:
    me = visit.signed_in.staff.id
    sessions.end(me, _one(visit).id, me, visit.now)
    return visit.go("/me", done="signed_out")


def _mine(visit: Visit) -> list[Session]:
    return sessions.listed(visit.signed_in.staff.id, moment_of(visit.now))


def _one(visit: Visit) -> Session:
    """Raises NotFound for what is nobody's, or somebody else's."""
    for each in _mine(visit):
        if each.id == visit.names["session_id"]:
            return each
    raise NotFound("There is no such session.")
