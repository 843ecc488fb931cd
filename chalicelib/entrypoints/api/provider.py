"""/v1/identity-provider: the group's own provider of identities, by which its people may sign in."""

from chalicelib.access.provider import actions
from chalicelib.access.provider.model import Provider, ProviderAsked
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask


class ProviderShown(Shown):
    """The secret is never shown again; `has_secret` says whether one is kept. `version` grows by itself with every
    change."""

    issuer: str
    client_id: str
    has_secret: bool
    demanded_of_admins: bool
    version: int


def get() -> ProviderShown:
    """The provider by which people may sign in."""
    return _shown(actions.required())


def put(ask: Ask, body: ProviderAsked) -> ProviderShown:
    """Let people sign in by a provider: OpenID Connect, a code with PKCE.

    It is asked for its discovery document at once. Where the secret is left out, the one that is kept for this issuer
    stays. `demanded_of_admins` leaves admins no other way in; who is signed in stays so.
    """
    return _shown(actions.save(ask.caller, body, ask.now, ask.hand))


def delete(ask: Ask) -> None:
    """Let nobody sign in by a provider any more. Who is signed in stays so."""
    actions.delete(ask.caller, ask.now)


def _shown(one: Provider) -> ProviderShown:
    return ProviderShown(
        issuer=one.issuer,
        client_id=one.client_id,
        has_secret=bool(one.sealed),
        demanded_of_admins=one.demanded_of_admins,
        version=one.version,
    )
