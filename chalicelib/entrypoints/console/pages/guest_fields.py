"""What stands of a guest in the fields that the group defines, as a form, of which what was changed is sent."""

from chalice.app import Response

from chalicelib.entrypoints.api import fields
from chalicelib.entrypoints.api.fields import FieldsAsked, FieldShown
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.pages.guest_correction import SEEN
from chalicelib.entrypoints.console.visits import Visit


def shown(visit: Visit) -> Response:
    known = visit.call(fields.listed, id_of(visit)).items
    texts = {each.name: _text(each) for each in known}
    return page(visit, "guest_fields.html", found(visit), known=known, texts=texts, may_fill=visit.may(fields.patch))


def saved(visit: Visit) -> Response:
    known = visit.call(fields.listed, id_of(visit)).items
    typed = {each.name: _typed(visit, each) for each in known if _is_changed(visit, each)}
    if typed:
        visit.call(fields.patch, id_of(visit), visit.body(FieldsAsked, {"fields": typed}))
    return visit.go(visit.path, done="saved")


def _text(field: FieldShown) -> str:
    if field.value is None:
        return ""
    return str(field.value).lower() if isinstance(field.value, bool) else str(field.value)


def _is_changed(visit: Visit, field: FieldShown) -> bool:
    name = f"fields.{field.name}"
    return visit.form.has(name) and visit.form.text(name).strip() != visit.form.text(f"{SEEN}{name}").strip()


def _typed(visit: Visit, field: FieldShown) -> bool | int | str | None:
    """What is of another kind is handed on as it was typed, for the hub to refuse."""
    text = visit.form.text(f"fields.{field.name}").strip()
    if field.kind == "flag" and text in {"true", "false"}:
        return text == "true"
    return visit.number(f"fields.{field.name}") if field.kind == "number" else text or None
