"""/v1/privacy-requests: the register of what people ask for about their data, and what became of it."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ASKED_FOR, GuestId, Leaf, PropertyId, RequestId, timed_id
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.entrypoints.api import exports
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.exports import GuestExport
from chalicelib.entrypoints.api.paging import Page, one_of
from chalicelib.entrypoints.api.visibility import guest_of, may_see_entry
from chalicelib.privacy import register, store
from chalicelib.privacy.asked import Delay, Identity, Kind, Outcome, Refusal, Request

STATES = ("open", "overdue", "closed")
EARLIEST = date(2018, 5, 25)
"""From that day on the GDPR applies."""


def _since_there_is_law(day: date) -> date:
    if day < EARLIEST:
        raise ValueError(f"must not lie before {EARLIEST}")
    return day


class RequestAsked(BaseModel):
    """What a guest asks for: `access` (article 15 of the GDPR), `erasure` (17), `rectification` (16), `restriction`
    (18) or `objection` (21), and when it reached the company (today). `identity` is how it was made sure who asks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guest: HubId
    kind: Kind
    received_on: Annotated[date, AfterValidator(_since_there_is_law)] | None = None
    identity: Identity | None = None


class RequestChanged(BaseModel):
    """What is known by now: how the person was identified, why two months more are taken (`extended_for`), and the
    `outcome`. Of what was refused, wholly or `partly`, `refused_for` is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: Identity | None = None
    extended_for: Delay | None = None
    outcome: Outcome | None = None
    refused_for: Refusal | None = None


class RequestShown(Shown):
    """An entry of the register; it holds ids, codes and dates, and stays when the guest is erased. `due_on` is the last
    day to answer: a month after `received_on`, or three. What was done here is `exported_at` and `erasure`."""

    id: str
    kind: Kind
    guest: str
    properties: list[PropertyId]
    state: str
    received_on: date
    due_on: date
    noted_at: Instant
    noted_by: str
    identity: Identity | None
    extended_for: Delay | None
    extended_at: Instant | None
    exported_at: Instant | None
    exported_by: str | None
    erasure: str | None
    outcome: Outcome | None
    refused_for: Refusal | None
    closed_at: Instant | None
    closed_by: str | None


def create(ask: Ask, body: RequestAsked) -> RequestShown:
    """Note that a guest asks for something about their data; the clock of a month runs from the day it came."""
    sight = guest_of(ask.caller, GuestId(Leaf(body.guest)))
    today = moment_of(ask.now).date()
    if body.received_on and body.received_on > today:
        raise Invalid(FieldError("received_on", "must not lie in the future"))
    noted = Request(
        id=RequestId(timed_id(ASKED_FOR, ask.first, ask.seed)),
        kind=body.kind,
        guest=sight.id,
        received_on=body.received_on or today,
        noted_at=ask.first,
        noted_by=ask.caller.told,
        properties=tuple(each for each in sight.whole.properties if ask.caller.sees(each)),
        identity=body.identity,
    )
    return _shown(register.open_(noted), today)


def listed(ask: Ask, *, state: str | None = None, guest: str | None = None, page: Page) -> Listing[RequestShown]:
    """What guests asked for whose hotels the key has, the newest first; `open` ones, those that are `overdue`, or
    `closed` ones, and those of one `guest` by the id under which it was noted."""
    wanted, today = one_of("state", state, STATES), moment_of(ask.now).date()

    def show(each: Request) -> RequestShown | None:
        is_wanted = wanted in {None, _state(each, today)} or (wanted == "open" and each.is_open)
        is_theirs = guest in {None, each.guest} and may_see_entry(ask.caller, each.properties)
        return _shown(each, today) if is_wanted and is_theirs else None

    found = (each for each in register.listed(page.after) if each.id != page.after)
    items, cursor = page.sift(found, lambda each: each.id, show)
    return Listing(items=items, next_cursor=cursor)


def get(ask: Ask, request_id: RequestId) -> RequestShown:
    """One request, and what became of it."""
    return _shown(_seen(ask.caller, request_id), moment_of(ask.now).date())


def change(ask: Ask, request_id: RequestId, body: RequestChanged) -> RequestShown:
    """Say how the person was identified, take two months more, or close the request; the same again changes nothing.

    Access is fulfilled once it was exported for this request, erasure once the guest was erased. What is closed stays:
    another word about it is refused, field by field.
    """
    seen, today = _seen(ask.caller, request_id), moment_of(ask.now).date()
    if body.refused_for and not body.outcome and seen.is_open:
        raise Invalid(FieldError("outcome", "is told with it: nothing is refused by the way"))
    erased = store.of(seen.guest) if body.outcome and seen.kind == "erasure" else None

    def changed(request: Request) -> Request:
        if body.identity:
            request = request.identified(body.identity)
        if body.extended_for:
            request = request.extended(body.extended_for, ask.now, today)
        if erased and erased.is_done:  # it may have been noted while that went on
            request = request.carried_out_by(erased.id)
        if body.outcome or body.refused_for:
            outcome = body.outcome or request.outcome or "refused"
            request = request.closed(outcome, body.refused_for, ask.caller.told, ask.now)
        return request

    return _shown(register.change(seen.id, changed), today)


def export(ask: Ask, request_id: RequestId) -> GuestExport:
    """All that is known of the guest who asks, and a note in the register that it was given.

    The person must be identified before: `identity` says how.
    """
    request = _seen(ask.caller, request_id)
    if request.identity is None:
        raise Invalid(FieldError("identity", "is told before anything is given: how it was made sure who asks"))
    given = exports.get(ask, request.guest)
    register.change(request.id, lambda each: each.exported(ask.caller.told, ask.now))
    return given


def _seen(caller: Caller, request_id: RequestId) -> Request:
    found = register.get(request_id)
    if found is None or not may_see_entry(caller, found.properties):
        raise NotFound("There is no such request.")
    return found


def _state(request: Request, today: date) -> str:
    if not request.is_open:
        return "closed"
    return "overdue" if request.is_overdue(today) else "open"


def _shown(request: Request, today: date) -> RequestShown:
    told = {**request.model_dump(), "state": _state(request, today), "due_on": request.due_on}
    return RequestShown.model_validate(told)
