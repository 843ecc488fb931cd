"""/v1/staff: the people who work with the hub, and where each is signed in."""

from chalicelib.access import sessions
from chalicelib.access.sessions import Session
from chalicelib.access.staff import actions
from chalicelib.access.staff.model import Staff, StaffAsked, StaffChange, StaffRole
from chalicelib.canonical.ids import SessionId, StaffId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.messages import signing_in


class StaffShown(Shown):
    """`version` counts changes: a change that names the one it was made from is refused where there is a newer one."""

    staff_id: StaffId
    name: str
    email: str
    role: StaffRole
    properties: tuple[str, ...]
    version: int


class SessionShown(Shown):
    """Where somebody is signed in. It ends twelve hours after it began, and an hour after it was last used; `seen_at`
    is up to five minutes old."""

    session_id: SessionId
    begun_at: Instant
    seen_at: Instant
    browser: str


def listed(ask: Ask, *, named: str | None = None, page: Page) -> Listing[StaffShown]:
    """The people whose properties the caller may all see; with `named` those in whose id, name or address that
    stands."""
    wanted = paging.named(actions.seen(ask.caller, page.after), named, lambda each: (each.id, each.name, each.email))
    items, more = page.take(map(_shown, wanted))
    return Listing(items=items, next_cursor=page.cursor(items[-1].staff_id) if more else None)


def invite(ask: Ask, body: StaffAsked) -> StaffShown:
    """Let somebody work with the hub, and mail them where to sign in; nobody can give more than they have.

    The mail opens the sign-in page and signs nobody in.
    """
    invited = actions.invite(ask.caller, body, actions.id_of(ask.seed), ask.now)
    signing_in.mail_invitation(invited, body.language)
    return _shown(invited)


def get(ask: Ask, staff_id: StaffId) -> StaffShown:
    """One person."""
    return _shown(actions.required(ask.caller, staff_id))


def change(ask: Ask, staff_id: StaffId, body: StaffChange) -> StaffShown:
    """Give somebody another name, role or properties. It holds from their next request on."""
    return _shown(actions.change(ask.caller, staff_id, body, ask.now))


def delete(ask: Ask, staff_id: StaffId) -> None:
    """End somebody: they are signed out at once, and their address may be invited anew."""
    actions.end(ask.caller, staff_id, ask.now)


def sessions_of(ask: Ask, staff_id: StaffId) -> Listing[SessionShown]:
    """Where somebody is signed in, the session used last first."""
    person = actions.required(ask.caller, staff_id)
    return Listing(items=[_session(each) for each in sessions.listed(person.id, moment_of(ask.now))])


def end_sessions(ask: Ask, staff_id: StaffId) -> None:
    """Sign somebody out everywhere."""
    actions.end_sessions(ask.caller, staff_id, ask.now)


def end_session(ask: Ask, staff_id: StaffId, session_id: SessionId) -> None:
    """Sign somebody out in one place."""
    actions.end_session(ask.caller, staff_id, session_id, ask.now)


def _shown(one: Staff) -> StaffShown:
    return StaffShown(
        staff_id=one.id,
        name=one.name,
        email=one.email,
        role=one.role,
        properties=one.properties,
        version=one.version,
    )


def _session(one: Session) -> SessionShown:
    return SessionShown(session_id=one.id, begun_at=one.begun_at, seen_at=one.seen_at, browser=one.browser)
