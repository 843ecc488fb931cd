"""Invite somebody, change what they may, end them. Each takes effect at their next request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from chalicelib.access import audit, rules, sessions
from chalicelib.access.actions import check
from chalicelib.access.model import Caller
from chalicelib.access.staff import store
from chalicelib.access.staff.model import Staff, StaffAsked, StaffChange
from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import STAFF, SessionId, StaffId, stable_id
from chalicelib.canonical.time import Instant, moment_of

REMEMBERED = timedelta(days=400)
"""How long it is known who somebody was who has ended: as long as what they did is."""
ADMIN = "admin"
BUSY = "the staff was changed by others all the time"
TOO_MUCH = "Nobody can give what they do not have: name only properties of your own."


def id_of(seed: str) -> StaffId:
    return StaffId(stable_id(STAFF, seed))


def invite(caller: Caller, asked: StaffAsked, staff_id: StaffId, at: Instant) -> Staff:
    """Keep somebody new. Raises Forbidden for one who would see more than the caller, Invalid for unknown properties,
    and Conflict for an address that somebody has. The same again is done."""
    check(caller, asked, TOO_MUCH)
    one = Staff(staff_id, asked.name, asked.email, asked.role, asked.properties)
    try:
        store.add(one, at, [_told(caller, at, "invited", one)])
    except table.ConditionFailed:
        if store.get(staff_id) != one:
            raise Conflict("Somebody of the staff has this e-mail address, or this invitation was used.") from None
    return one


def required(caller: Caller, staff_id: StaffId) -> Staff:
    """Raises NotFound, alike for who is not there and who the caller may not see."""
    one = store.get(staff_id)
    if one is None or not rules.is_seen(caller, one):
        raise NotFound("There is no such person.")
    return one


def seen(caller: Caller, after: str | None) -> Iterator[Staff]:
    """Who the caller may see, in the order of their ids."""
    return (one for one in store.listed(after) if rules.is_seen(caller, one))


def change(caller: Caller, staff_id: StaffId, asked: StaffChange, at: Instant) -> Staff:
    """Another name, role or properties; who becomes an admin signs in anew.

    Raises Conflict where `version` is not the one that is kept, and for the last one who may do everything.
    """

    def attempt() -> Staff:
        before = required(caller, staff_id)
        after = asked.of(before)
        check(caller, after, TOO_MUCH)
        if asked.version not in {None, before.version}:
            raise Conflict("Somebody else changed this person just now.")
        becomes_admin = after.role == ADMIN != before.role
        if after != before:
            version = before.version + 1
            after = replace(after, version=version, anew=version if becomes_admin else before.anew)
            stays = None if rules.may_everything(after) else _stays(before)
            store.change(after, stays, [_told(caller, at, "changed", after)])
        if becomes_admin:
            sessions.end_all(staff_id, caller.actor, at)  # how admins must sign in is asked when they do
        return after

    return until_written(attempt, BUSY)


def end(caller: Caller, staff_id: StaffId, at: Instant) -> None:
    """End somebody and all their sessions. Raises NotFound, and Conflict for the last one who may do everything."""
    until = int((moment_of(at) + REMEMBERED).timestamp())

    def attempt() -> None:
        one = required(caller, staff_id)
        store.end(one, at, until, _stays(one), [_told(caller, at, "ended", one)])

    until_written(attempt, BUSY)
    sessions.end_all(staff_id, caller.actor, at)


def end_sessions(caller: Caller, staff_id: StaffId, at: Instant) -> None:
    """Sign somebody out everywhere. Raises NotFound."""
    sessions.end_all(required(caller, staff_id).id, caller.actor, at)


def end_session(caller: Caller, staff_id: StaffId, session_id: SessionId, at: Instant) -> None:
    """Sign somebody out in one place; where there is no such session any more, that is done. Raises NotFound."""
    sessions.end(required(caller, staff_id).id, session_id, caller.actor, at)


def _told(caller: Caller, at: Instant, what: str, one: Staff) -> table.Put:
    """For the audit: ids alone."""
    return audit.put(audit.Entry(caller.actor, at, what, subject=one.id), stable_id("", what, one.id, one.version))


def _stays(one: Staff) -> Staff | None:
    """Somebody who may do everything and is there when this one has gone; None where this one never could."""
    if not rules.may_everything(one):
        return None
    others = (each for each in store.listed(None) if each.id != one.id and not each.ended)
    other = next(filter(rules.may_everything, others), None)
    if other is None:
        raise Conflict("This is the last admin of the whole group: make another one first.")
    return other
