"""The brands of the group: what hotels share of the name under which guests hear from them. They stand in the settings,
and are written with them: a form that saw older settings is refused."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.snapshots import HubId
from chalicelib.entrypoints.api import settings
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.pages.properties import TAKEN
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.properties.model import Branding
from chalicelib.settings.model import Brand, HubSettings

AT = "/settings/brands"


class BrandTyped(Brand):
    """A brand with the id under which it stands."""

    id: HubId


def listed(visit: Visit) -> Response:
    kept = visit.call(settings.get)
    return visit.shown("brands.html", brands=sorted(kept.brands.items()), named=_hotels_by_brand(visit))


def new(visit: Visit) -> Response:
    return _form(visit, visit.call(settings.get), None)


def created(visit: Visit) -> Response:
    """A form that is sent twice has made one; another brand's id is refused."""
    kept, id_, asked = visit.call(settings.get), *_asked(visit, visit.form.text("id").strip())
    if kept.brands.get(id_, asked) != asked:
        raise Invalid(FieldError("id", visit.words(TAKEN)))
    return _save(visit, kept, {**kept.brands, id_: asked}, "saved")


def one(visit: Visit) -> Response:
    kept = visit.call(settings.get)
    return _form(visit, kept, _required(visit, kept))


def saved(visit: Visit) -> Response:
    kept = visit.call(settings.get)
    _required(visit, kept)
    id_, asked = _asked(visit, visit.names["brand_id"])
    return _save(visit, kept, {**kept.brands, id_: asked}, "saved")


def deleting(visit: Visit) -> Response:
    brand = _required(visit, visit.call(settings.get))
    named = _hotels_by_brand(visit).get(visit.names["brand_id"], [])
    return visit.shown("brand_delete.html", kept=brand, hotels=named)


def deleted(visit: Visit) -> Response:
    """Raises Invalid while a hotel names it."""
    kept = visit.call(settings.get)
    _required(visit, kept)
    left = {id_: each for id_, each in kept.brands.items() if id_ != visit.names["brand_id"]}
    return _save(visit, kept, left, "deleted")


def _form(visit: Visit, kept: HubSettings, brand: Brand | None) -> Response:
    return visit.shown("brand_form.html", version=kept.version, kept=brand)


def _required(visit: Visit, kept: HubSettings) -> Brand:
    """Raises NotFound."""
    brand = kept.brands.get(visit.names["brand_id"])
    if brand is None:
        raise NotFound("There is no such brand.")
    return brand


def _asked(visit: Visit, brand_id: str) -> tuple[str, Brand]:
    """Raises Invalid, at the fields of the form."""
    names = ("name", *Branding.model_fields)
    told = visit.form.filled(names)
    typed = visit.body(BrandTyped, {"id": brand_id, **told})
    return typed.id, visit.body(Brand, told)


def _save(visit: Visit, kept: HubSettings, brands: Mapping[str, Brand], done: str) -> Response:
    """All settings, as they were read: who changes them between is not overwritten."""
    document = {
        **kept.model_dump(mode="json", exclude_none=True, exclude={"brands"}),
        "brands": {id_: each.model_dump(mode="json", exclude_none=True) for id_, each in brands.items()},
    }
    visit.call(settings.put, visit.body(HubSettings, document))
    return visit.go(AT, done=done)


def _hotels_by_brand(visit: Visit) -> dict[str, list[str]]:
    """The names of the hotels that name each."""
    named: dict[str, list[str]] = {}
    for each in hotels.of(visit).values():
        named.setdefault(each.brand or "", []).append(each.name)
    return named
