"""/v1/guests/{guest_id}/origins: from which record each field of a profile comes, and why."""

from dataclasses import replace
from datetime import date
from typing import get_args

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.details import PostalAddress, SpecialDate
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ConnectionId, GuestId, PropertyId, Scope
from chalicelib.canonical.snapshots import HubId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import InSight, guest_of
from chalicelib.guests.projection import Origin, origins
from chalicelib.guests.survivorship import WonBy
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import ProfileField, Survivorship


class OriginShown(Shown):
    """One field of the profile. `record` says it, of `source`, which changed it at `since`: it is the time of the whole
    record. `won_by`: `only` this record says anything; `newest` or `longest` of several; `first`, the e-mail address
    that stood first; `verified`, which the guest proved by an act of their own; `source`, for its source comes before
    the others'; `corrected` by staff, and no source says anything new since; `claim`, which fills in what nobody else
    says; `preferred`, the language that the guest is to be spoken to in."""

    field: ProfileField
    value: int | str | date | PostalAddress | tuple[SpecialDate, ...]
    record: str
    source: ConnectionId
    since: Instant | None
    won_by: WonBy


class OriginsShown(Shown):
    items: list[OriginShown]


class RulesAsked(BaseModel):
    """Rules of survivorship as `guests.survivorship` of the settings takes them, to be looked at; of the hotel
    `property_id` as `guests.survivorship_at` does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    survivorship: Survivorship
    property_id: HubId | None = None


class OriginCompared(Shown):
    """One field by the rules that are set, and by those that were asked about."""

    field: ProfileField
    before: OriginShown | None
    after: OriginShown | None


class OriginsCompared(Shown):
    items: list[OriginCompared]


def listed(ask: Ask, guest_id: GuestId) -> OriginsShown:
    """From which record each field of the profile comes, and by which rule, by what is set now.

    A key of single hotels is told it of the profile that it is shown: what records of its hotels say.
    """
    sight = guest_of(ask.caller, guest_id)
    rules = settings.get().guests.seen_at(sight.own)
    found = origins(sight.heads, sight.own, rules, sight.whole.traits.unprofiled)
    return OriginsShown(items=[_shown(name, found[name]) for name in _order() if name in found])


def preview(ask: Ask, guest_id: GuestId, body: RulesAsked) -> OriginsCompared:
    """What other rules of survivorship would make of one guest's profile; nothing is changed by it."""
    hotel = PropertyId(body.property_id) if body.property_id else None
    sight = _as_seen_at(ask, guest_id, hotel)
    kept = settings.get().guests
    before, after = (
        origins(sight.heads, sight.own, rules.seen_at(sight.own))
        for rules in (kept, kept.ruling(body.survivorship, hotel))
    )
    named = [name for name in _order() if name in before or name in after]
    return OriginsCompared(items=[_compared(name, before.get(name), after.get(name)) for name in named])


def _as_seen_at(ask: Ask, guest_id: GuestId, hotel: PropertyId | None) -> InSight:
    """As the hotel is shown the guest, or the group. Raises NotFound, and Invalid for a hotel that does not know
    them."""
    whole = guest_of(ask.caller, guest_id)
    if hotel is None:
        return whole
    try:
        return guest_of(replace(ask.caller, properties=frozenset[Scope]({hotel})), guest_id)
    except NotFound:
        raise Invalid(FieldError("property_id", "is no hotel that knows this guest")) from None


def _compared(name: ProfileField, before: Origin | None, after: Origin | None) -> OriginCompared:
    return OriginCompared(
        field=name, before=_shown(name, before) if before else None, after=_shown(name, after) if after else None
    )


def _order() -> list[ProfileField]:
    return [*get_args(ProfileField)]


def _shown(name: ProfileField, origin: Origin) -> OriginShown:
    record = origin.head.record
    return OriginShown(
        field=name,
        value=origin.value,
        record=origin.head.leaf,
        source=record.source if record else ConnectionId(""),
        since=origin.head.version.changed_at if origin.head.version else None,
        won_by=origin.won_by,
    )
