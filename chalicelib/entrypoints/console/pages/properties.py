"""The hotels of the deployment."""

from chalice.app import Response

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import PropertyId
from chalicelib.entrypoints.api import properties
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.properties.model import Attestations, Branding, Property

TAKEN = N_("There is one with this id. Open that one to change it.")
TEXTS = ("name", "time_zone", "country", "currency", "brand")


def listed(visit: Visit) -> Response:
    found = visit.call(properties.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("properties.html", properties=found, may_write=visit.may(properties.put))


def new(visit: Visit) -> Response:
    return visit.shown("property.html", kept=None, may_write=True)


def created(visit: Visit) -> Response:
    """A form that is sent twice has made one; another hotel's id is refused."""
    asked = _asked(visit, visit.form.text("id").strip())
    if hotels.of(visit).get(asked.id, asked).at_version(asked.version) != asked:
        raise Invalid(FieldError("id", visit.words(TAKEN)))
    return _save(visit, asked)


def one(visit: Visit) -> Response:
    kept = visit.call(properties.get, _id(visit))
    return visit.shown("property.html", kept=kept, may_write=visit.may(properties.put))


def saved(visit: Visit) -> Response:
    return _save(visit, _asked(visit, _id(visit)))


def _asked(visit: Visit, property_id: str) -> Property:
    form = visit.form
    document = {
        "id": property_id,
        **{name: text for name in TEXTS if (text := form.text(name).strip())},
        **{name: form.text(name).split() for name in ("mail_domains", "websites")},
        "branding": {name: text for name in Branding.model_fields if (text := form.text(f"branding.{name}").strip())},
        "attestations": {
            name: text for name in Attestations.model_fields if (text := form.text(f"attestations.{name}").strip())
        },
    }
    return visit.body(Property, document)


def _save(visit: Visit, asked: Property) -> Response:
    visit.call(properties.put, asked)
    return visit.go("/settings/properties", done="saved")


def deleting(visit: Visit) -> Response:
    return visit.shown("property_delete.html", kept=visit.call(properties.get, _id(visit)))


def deleted(visit: Visit) -> Response:
    visit.call(properties.delete, _id(visit))
    return visit.go("/settings/properties", done="deleted")


def _id(visit: Visit) -> PropertyId:
    return PropertyId(visit.names["property_id"])
