"""/v1/guests/{guest_id}/origins: from which record each field of a profile comes, and why."""

from datetime import date
from typing import get_args

from chalicelib.canonical.details import PostalAddress, SpecialDate
from chalicelib.canonical.ids import ConnectionId, GuestId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of
from chalicelib.guests.projection import Origin, origins
from chalicelib.guests.survivorship import WonBy
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import ProfileField


class OriginShown(Shown):
    """One field of the profile. `record` says it, of `source`, which changed it at `since`: it is the time of the whole
    record. `won_by`: `only` this record says anything; `newest` or `longest` of several; `first`, the e-mail address
    that stood first; `source`, for its source comes before the others'; `corrected` by staff, and no source says
    anything new since; `claim`, which fills in what nobody else says;
    `preferred`, the language that the guest is to be spoken to in."""

    field: ProfileField
    value: int | str | date | PostalAddress | tuple[SpecialDate, ...]
    record: str
    source: ConnectionId
    since: Instant | None
    won_by: WonBy


class OriginsShown(Shown):
    items: list[OriginShown]


def listed(ask: Ask, guest_id: GuestId) -> OriginsShown:
    """From which record each field of the profile comes, and by which rule, by what is set now.

    A key of single hotels is told it of the profile that it is shown: what records of its hotels say.
    """
    sight = guest_of(ask.caller, guest_id)
    found = origins(sight.heads, sight.own, settings.get().guests)
    return OriginsShown(items=[_shown(name, found[name]) for name in _order() if name in found])


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
