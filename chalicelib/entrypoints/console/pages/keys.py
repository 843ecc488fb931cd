"""Keys of the API: shown once, and kept as their hashes."""

from chalice.app import Response

from chalicelib.access.model import ROLES, KeyAsked
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import EVERYWHERE, KeyId
from chalicelib.entrypoints.api import access, properties
from chalicelib.entrypoints.api.access import KeyShown
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console.told import ROLE_NAMES
from chalicelib.entrypoints.console.visits import Visit


def listed(visit: Visit) -> Response:
    found = visit.call(access.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("keys.html", keys=found, roles=ROLE_NAMES)


def new(visit: Visit) -> Response:
    hotels = visit.call(properties.listed, page=EVERYTHING).items
    return visit.shown("key_form.html", hotels=hotels, roles=[(each, visit.words(ROLE_NAMES[each])) for each in ROLES])


def created(visit: Visit) -> Response:
    """The key stands on this very page, and nowhere else: the form sent twice shows it again."""
    scopes = [EVERYWHERE] if visit.form.has("everywhere") else visit.form.texts("properties")
    document = {"name": visit.form.text("name"), "role": visit.form.text("role"), "properties": scopes}
    return visit.shown("key_made.html", made=visit.call(access.create, visit.body(KeyAsked, document)))


def ending(visit: Visit) -> Response:
    return visit.shown("key_end.html", key=_key(visit))


def ended(visit: Visit) -> Response:
    visit.call(access.delete, KeyId(visit.names["key_id"]))
    return visit.go("/settings/keys", done="deleted")


def _key(visit: Visit) -> KeyShown:
    """Raises NotFound."""
    wanted = KeyId(visit.names["key_id"])
    found = visit.call(access.listed, named=wanted, page=EVERYTHING).items
    key = next((each for each in found if each.key_id == wanted), None)
    if key is None:
        raise NotFound("There is no such key.")
    return key
