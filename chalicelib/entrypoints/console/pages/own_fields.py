"""The fields of a guest that the group defines. They stand in the settings, and are written with them: a form that saw
older settings is refused."""

from collections.abc import Mapping
from typing import get_args

from chalice.app import Response

from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints.api import settings
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.settings.custom_fields import CustomField, FieldKind, FieldName
from chalicelib.settings.model import HubSettings

AT = "/settings/fields"
KINDS: Mapping[FieldKind, str] = {
    "text": N_("Text"),
    "number": N_("Whole number"),
    "date": N_("Date"),
    "flag": N_("Yes or no"),
    "choice": N_("One of several"),
}


class FieldTyped(CustomField):
    """A field with the name under which it stands."""

    name: FieldName


def listed(visit: Visit) -> Response:
    kept = visit.call(settings.get)
    kinds = {kind: visit.words(KINDS[kind]) for kind in get_args(FieldKind)}
    return visit.shown("own_fields.html", fields=sorted(kept.guests.fields.items()), kinds=kinds, version=kept.version)


def saved(visit: Visit) -> Response:
    """A name that is there already is defined anew."""
    kept, form = visit.call(settings.get), visit.form
    choices = [line.strip() for line in form.text("choices").splitlines() if line.strip()]
    told = {"label": form.text("label"), "kind": form.text("kind"), "choices": choices}
    typed = visit.body(FieldTyped, {"name": form.text("name").strip(), **told})
    return _save(visit, kept, {**kept.guests.fields, typed.name: visit.body(CustomField, told)}, "saved")


def deleting(visit: Visit) -> Response:
    return visit.shown("own_field_delete.html", kept=_required(visit, visit.call(settings.get)))


def deleted(visit: Visit) -> Response:
    kept = visit.call(settings.get)
    _required(visit, kept)
    left = {name: each for name, each in kept.guests.fields.items() if name != visit.names["field_name"]}
    return _save(visit, kept, left, "deleted")


def _required(visit: Visit, kept: HubSettings) -> CustomField:
    """Raises NotFound."""
    field = kept.guests.fields.get(visit.names["field_name"])
    if field is None:
        raise NotFound("There is no such field.")
    return field


def _save(visit: Visit, kept: HubSettings, fields: Mapping[str, CustomField], done: str) -> Response:
    document = kept.model_dump(mode="json", exclude_none=True)
    document["guests"]["fields"] = {name: each.model_dump(mode="json") for name, each in fields.items()}
    visit.call(settings.put, visit.body(HubSettings, document))
    return visit.go(AT, done=done)
