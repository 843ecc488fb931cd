"""The group's own provider of identities, by which its people may sign in."""

from chalice.app import Response

from chalicelib.access.provider.model import ProviderAsked
from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints.api import provider
from chalicelib.entrypoints.api.provider import ProviderShown
from chalicelib.entrypoints.console.pages.sign_in import BACK
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.messages import signing_in

AT = "/settings/identity-provider"
TEXTS = ("issuer", "client_id", "client_secret")


def shown(visit: Visit) -> Response:
    """`back_at` is what the provider must know of the hub."""
    return visit.shown("provider.html", kept=_kept(visit), back_at=signing_in.address_of(BACK))


def saved(visit: Visit) -> Response:
    """A secret that is left empty stays as it is."""
    form = visit.form
    typed = {name: text for name in TEXTS if (text := form.text(name).strip())}
    asked = visit.body(ProviderAsked, {**typed, "demanded_of_admins": form.has("demanded_of_admins")})
    visit.call(provider.put, asked)
    return visit.go(AT, done="saved")


def deleting(visit: Visit) -> Response:
    return visit.shown("provider_delete.html", kept=visit.call(provider.get))


def deleted(visit: Visit) -> Response:
    visit.call(provider.delete)
    return visit.go(AT, done="deleted")


def _kept(visit: Visit) -> ProviderShown | None:
    try:
        return visit.call(provider.get)
    except NotFound:
        return None
