"""/v1/guests/{guest_id}/restriction and /profiling: that a guest's data is used no more, but for what they ask for, or
that nothing is computed of how they behave."""

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.errors import Forbidden
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import InSight, guest_of, speaks_through
from chalicelib.privacy.profiling import restrict, say

OF_OTHERS = "Other hotels know this guest, too: somebody of the group may do this."


class RestrictionAsked(BaseModel):
    """Whether the guest asked that the use of their data is restricted (article 18 of the GDPR)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    restricted: bool


class RestrictionShown(Shown):
    guest: str
    restricted: bool


class ProfilingAsked(BaseModel):
    """Whether the guest objects to being profiled (article 21 of the GDPR)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    objects: bool


class ProfilingShown(Shown):
    guest: str
    objects: bool


def put(ask: Ask, guest_id: GuestId, body: RestrictionAsked) -> RestrictionShown:
    """Restrict the use of a guest's data, or end that: marketing, surveys and messages about a stay are held, and the
    guest is in no segment.

    What answers the guest's own act still goes. The same again changes nothing.
    """
    sight = _whole(ask, guest_id)
    restrict(speaks_through(sight), ask.now, ask.caller.told, is_restricted=body.restricted, seen=_seen(ask, sight))
    return RestrictionShown(guest=sight.id, restricted=body.restricted)


def put_profiling(ask: Ask, guest_id: GuestId, body: ProfilingAsked) -> ProfilingShown:
    """Note that a guest objects to being profiled, or does no more.

    Who objects is in no segment but by the stay ahead or under way; no sums and habits are shown, and what sources
    observed of preferences does not count. What the guest agreed to still counts. The same again changes nothing.
    """
    sight = _whole(ask, guest_id)
    say("objected", speaks_through(sight), ask.now, ask.caller.told, holds=body.objects, seen=_seen(ask, sight))
    return ProfilingShown(guest=sight.id, objects=body.objects)


def _whole(ask: Ask, guest_id: GuestId) -> InSight:
    """Raises Forbidden for a guest whom hotels know that are not the caller's."""
    sight = guest_of(ask.caller, guest_id)
    if not sight.is_callers_alone:
        raise Forbidden(OF_OTHERS)
    return sight


def _seen(ask: Ask, sight: InSight) -> tuple[Leaf, ...] | None:
    return None if ask.caller.is_group else sight.whole.members
