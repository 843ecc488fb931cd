"""The audit: who of the staff did what, and saw a guest."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.access.audit import NOBODY
from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.time import instant, is_date
from chalicelib.entrypoints.api import access, audit, staff
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.audit import AuditShown
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

KINDS = {"opened": N_("Opened a page"), "sent": N_("Sent a form"), "access": N_("Signed in, or changed the staff")}
ACTS = {
    "signed_in": N_("Signed in"),
    "signed_out": N_("Signed somebody out"),
    "invited": N_("Invited somebody"),
    "changed": N_("Changed somebody"),
    "ended": N_("Ended somebody's access"),
    "refused_gone": N_("Refused: the link was used, over or never made"),
    "refused_other_browser": N_("Refused: the link was opened in another browser"),
    "refused_wrong_code": N_("Refused: a wrong code"),
    "provider_set": N_("Set the identity provider"),
    "provider_deleted": N_("Took the identity provider off"),
    "refused_provider": N_("Refused by or for the identity provider"),
}
MOST_LINKED = 5
"""Guests of one line; the others are counted."""


def shown(visit: Visit) -> Response:
    """The form, and what was found. What is asked wrongly is told at its field."""
    asked = {name: text for name in ("guest", "actor", "kind", "since", "until") if (text := visit.asked(name))}
    try:
        found = _found(visit, asked) if asked.keys() & {"guest", "actor"} else None
    except CallerError as refusal:
        return _page(visit.refused(refusal), None)
    return _page(visit, found)


def _found(visit: Visit, asked: Mapping[str, str]) -> Listing[AuditShown]:
    guest = GuestId(Leaf(asked["guest"])) if "guest" in asked else None
    days = {"since": _begin(visit, asked.get("since"), 0), "until": _begin(visit, asked.get("until"), 1)}
    part = visit.part(visit.path)
    return visit.call(audit.listed, guest=guest, actor=asked.get("actor"), kind=asked.get("kind"), page=part, **days)


def _begin(visit: Visit, day: str | None, later: int) -> str | None:
    """Of a day there, or of so many days later; what is none is handed on as it was typed."""
    if not day or not is_date(day):
        return day
    at = date.fromisoformat(day) + timedelta(days=later)
    return instant(datetime.combine(at, time.min, ZoneInfo(visit.zone)))


def _page(visit: Visit, found: Listing[AuditShown] | None) -> Response:
    people: dict[str, str] = {
        each.staff_id: each.name for each in visit.call(staff.listed, page=Page("staff", MOST)).items
    }
    keys: dict[str, str] = {each.key_id: each.name for each in visit.call(access.listed, page=Page("keys", MOST)).items}
    actor = visit.asked("actor")
    names: dict[str, str] = {NOBODY: visit.words(N_("Nobody who is known")), **({actor: actor} if actor else {})}
    names.update(people | keys)
    return visit.shown("audit.html", found=found, names=names, people=people, kinds=KINDS, acts=ACTS, most=MOST_LINKED)
