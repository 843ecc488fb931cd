"""/v1/guests/{guest_id}/fields: what stands in the fields that the settings define."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.canonical.ids import GuestId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import InSight, guest_of, person_of, speaks_through
from chalicelib.guests.custom import Filled, filled
from chalicelib.ingest import filling
from chalicelib.settings import store as settings
from chalicelib.settings.custom_fields import CustomField, FieldKind, FieldValue


class FieldShown(Shown):
    """A field as it is defined (`guests.fields` of the settings), and what stands in it of the guest: null for nothing.
    `actor` filled it in, through a `record`."""

    name: str
    label: str
    kind: FieldKind
    choices: list[str]
    value: FieldValue | None
    at: Instant | None
    actor: str | None
    record: str | None


class FieldsShown(Shown):
    """All that are defined, by name."""

    items: list[FieldShown]


class FieldsAsked(BaseModel):
    """What is to stand in each; what is left out stays as it is, null empties it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: Annotated[dict[str, FieldValue | None], Field(min_length=1, max_length=20)]


def listed(ask: Ask, guest_id: GuestId) -> FieldsShown:
    """The fields that are defined, each with what stands in it."""
    return _shown(guest_of(ask.caller, guest_id))


def patch(ask: Ask, guest_id: GuestId, body: FieldsAsked) -> FieldsShown:
    """Fill in fields of a guest, or empty them; all of it is taken, or nothing.

    It stays with a record of the key's hotel, and goes where that goes.
    """
    sight = person_of(ask.caller, guest_id)
    filling.fill(speaks_through(sight), body.fields, settings.get().guests.fields, ask.now, ask.caller.told)
    return _shown(guest_of(ask.caller, guest_id))


def _shown(sight: InSight) -> FieldsShown:
    defined = settings.get().guests.fields
    known = filled(sight.heads, defined, sight.own)
    return FieldsShown(items=[_field(name, defined[name], known.get(name)) for name in sorted(defined)])


def _field(name: str, field: CustomField, known: Filled | None) -> FieldShown:
    return FieldShown(
        name=name,
        label=field.label,
        kind=field.kind,
        choices=list(field.choices),
        value=known.value if known else None,
        at=known.told.at if known else None,
        actor=known.told.actor if known else None,
        record=known.told.head.leaf if known else None,
    )
