"""DELETE /v1/guests/{guest_id}, /erasure, and /v1/erasures: who is erased, what stays, and who else holds them."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import Forbidden, NotFound
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId, ErasureId, GuestId, ProgramId, PropertyId, ReservationId
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.consent.model import WhyErased
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.visibility import guest_of, may_see_entry
from chalicelib.guests.model import Guest
from chalicelib.privacy import actions, store
from chalicelib.privacy.model import KEPT, KEPT_FOR, Erased, Holder

OF_OTHERS = "Other hotels know this guest, too: somebody of the group may erase them."
TaskStatus = Literal["open", "done"]


class PointsForfeited(Shown):
    program: ProgramId
    points: int


class StayServed(Shown):
    """A reservation that is not over. Nobody is named with it here: the hotel serves it from its own system."""

    reservation: ReservationId
    property_id: PropertyId
    arrival: date
    departure: date


class KeptShown(Shown):
    """What stays without the person, and why; or goes by itself, and when it is gone at the latest."""

    what: str
    why: str | None = None
    until: date | None = None


class HolderShown(Shown):
    """A source that holds the person still, by its own ids of them: to let go there is a task."""

    source: ConnectionId
    source_ids: list[str]
    status: TaskStatus
    done_at: Instant | None
    done_by: str | None


class ErasurePlanned(Shown):
    """What an erasure of the guest would be, as of now: nothing was done. `records` go with all that they say of the
    person, and what is kept of them elsewhere; nothing of it comes back with what a source knew before."""

    guest: str
    records: list[str]
    points: list[PointsForfeited]
    stays_ahead: list[StayServed]
    kept: list[KeptShown]
    sources: list[HolderShown]


class ErasureShown(ErasurePlanned):
    """An erasure: somebody `asked` for it, or by `retention` the guest was not heard of for as long as guests are kept.
    While its `state` is `begun` something is left to do: the hub goes on with it each minute, and whoever deletes the
    guest again does so at once. `records` are those that go: where people of a hotel asked, none that other hotels came
    to know meanwhile."""

    id: str
    at: Instant
    actor: str
    reason: WhyErased
    state: Literal["begun", "done"]


class TaskTold(BaseModel):
    """Whether a source has let go of the person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: HubId
    status: TaskStatus


def plan(ask: Ask, guest_id: GuestId) -> ErasurePlanned:
    """What would go with a guest, what is kept and why, which points are forfeited, and which sources hold them."""
    guest = _whole(ask.caller, guest_id)
    return ErasurePlanned.model_validate(_shown(actions.planned(guest, ask.caller.told, ask.now, _within(ask.caller))))


def erase(ask: Ask, guest_id: GuestId) -> ErasureShown:
    """Erase a guest for good: what any source knew of them before comes back by nothing.

    Stays and ledger stay without the person; points are forfeited; nothing that was to be sent goes out. A booking made
    later begins a new guest. The answer names what is kept, until when, and the sources that hold the person still.
    Again it gives the same answer, and goes on where it was left; so does the hub by itself, each minute.
    A key of some hotels takes no record that others know, whatever joins the guest meanwhile.
    """
    known = store.of(guest_id)
    if known and not may_see_entry(ask.caller, known.properties):
        raise NotFound("There is no such guest.")
    done = actions.go_on(known) if known else _erased(ask, guest_id)
    if not may_see_entry(ask.caller, done.properties):  # the group asked beside, and took other hotels' records along
        raise NotFound("There is no such guest.")
    return _answer(done)


def _erased(ask: Ask, guest_id: GuestId) -> Erased:
    return actions.erase(_whole(ask.caller, guest_id), ask.caller.told, ask.now, _within(ask.caller))


def _within(caller: Caller) -> list[PropertyId] | None:
    """The hotels for which somebody asks; None for the group."""
    return None if caller.is_group else [each for each in caller.properties if each != EVERYWHERE]


def listed(ask: Ask, *, page: Page) -> Listing[ErasureShown]:
    """Erasures of guests whose hotels the key has, the newest first."""

    def show(each: Erased) -> ErasureShown | None:
        return _answer(each) if may_see_entry(ask.caller, each.properties) else None

    found = (each for each in store.listed(page.after) if each.id != page.after)
    items, cursor = page.sift(found, lambda each: each.id, show)
    return Listing(items=items, next_cursor=cursor)


def get(ask: Ask, erasure_id: ErasureId) -> ErasureShown:
    """One erasure, with what became of its tasks."""
    return _answer(_seen(ask.caller, erasure_id))


def tell(ask: Ask, erasure_id: ErasureId, body: TaskTold) -> ErasureShown:
    """Say that a source has let go of the person, or has not after all; the same again changes nothing."""
    erased = _seen(ask.caller, erasure_id)
    source, is_done = ConnectionId(body.source), body.status == "done"
    return _answer(actions.tell(erased.id, source, ask.caller.told, ask.now, is_done=is_done))


def _whole(caller: Caller, guest_id: GuestId) -> Guest:
    """Raises NotFound for who is not in sight, Forbidden for who is other hotels', too."""
    sight = guest_of(caller, guest_id)
    if not sight.is_callers_alone:
        raise Forbidden(OF_OTHERS)
    return sight.whole


def _seen(caller: Caller, erasure_id: ErasureId) -> Erased:
    erased = store.get(erasure_id)
    if erased is None or not may_see_entry(caller, erased.properties):
        raise NotFound("There is no such erasure.")
    return erased


def _answer(erased: Erased) -> ErasureShown:
    state = "done" if erased.is_done else "begun"
    told = {"id": erased.id, "at": erased.at, "actor": erased.actor, "reason": erased.why, "state": state}
    return ErasureShown.model_validate({**_shown(erased), **told})


def _shown(erased: Erased) -> dict[str, object]:
    return {
        "guest": erased.guest,
        "records": list(erased.leaves),
        "points": [PointsForfeited(program=each, points=points) for each, points in sorted(erased.points.items())],
        "stays_ahead": [StayServed.model_validate(each, from_attributes=True) for each in erased.stays_ahead],
        "kept": _kept(erased),
        "sources": [_holder(each) for each in erased.holders],
    }


def _kept(erased: Erased) -> list[KeptShown]:
    day = moment_of(erased.at).date()
    going = [KeptShown(what=what, until=day + after) for what, after in KEPT_FOR.items()]
    return [*(KeptShown(what=what, why=why) for what, why in KEPT.items()), *going]


def _holder(holder: Holder) -> HolderShown:
    return HolderShown(
        source=holder.source,
        source_ids=list(holder.source_ids),
        status="done" if holder.done_at else "open",
        done_at=holder.done_at,
        done_by=holder.done_by,
    )
