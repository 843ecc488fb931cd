"""/v1/guests/{guest_id}/restriction: that a guest's data is used no more, but for what they ask for."""

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.errors import Forbidden
from chalicelib.canonical.ids import GuestId
from chalicelib.consent.restrictions import restrict
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of

OF_OTHERS = "Other hotels know this guest, too: somebody of the group may restrict them."


class RestrictionAsked(BaseModel):
    """Whether the guest asked that the use of their data is restricted (article 18 of the GDPR)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    restricted: bool


class RestrictionShown(Shown):
    guest: str
    restricted: bool


def put(ask: Ask, guest_id: GuestId, body: RestrictionAsked) -> RestrictionShown:
    """Restrict the use of a guest's data, or end that: marketing, surveys and messages about a stay are held.

    What answers the guest's own act still goes. The same again changes nothing.
    """
    sight = guest_of(ask.caller, guest_id)
    if not sight.is_callers_alone:
        raise Forbidden(OF_OTHERS)
    seen = None if ask.caller.is_group else sight.whole.members
    restrict(sight.whole.id, ask.now, is_restricted=body.restricted, seen=seen)
    return RestrictionShown(guest=sight.id, restricted=body.restricted)
