"""Lead somebody to the provider, and sign in who comes back."""

import base64
import secrets as randomness
from dataclasses import replace
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalicelib.access import attempts, audit, sessions
from chalicelib.access.audit import NOBODY
from chalicelib.access.links.rules import network_of
from chalicelib.access.model import Caller
from chalicelib.access.provider import rules, store
from chalicelib.access.provider.model import Begun, Endpoints, Identity, Provider, ProviderAsked
from chalicelib.access.staff import store as people
from chalicelib.access.staff.addresses import normalised
from chalicelib.access.staff.model import Staff
from chalicelib.aws import http, secrets, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.definitions import NOBODYS, Hand, refuse_stale
from chalicelib.canonical.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Rejected, TryAgain
from chalicelib.canonical.ids import ActorId, StaffId
from chalicelib.canonical.time import Instant, instant

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

LASTS = 600
"""Seconds that somebody may spend at the provider."""
DISCOVERY = "/.well-known/openid-configuration"
UNKNOWN = "Nobody was invited with what the identity provider tells of you."
BUSY = "who signs in was changed by others all the time"
LATE = "Signing in took too long, or began in another browser. Begin again."


def save(caller: Caller, asked: ProviderAsked, at: Instant, hand: Hand = NOBODYS) -> Provider:
    """Keep a provider as the next version; the same again is the same version. Raises Invalid for an issuer that may
    not be called or does not answer as one, and Conflict."""
    before = store.get()
    _ask_about(asked.issuer)
    version = before.version if before else 0
    provider = Provider(asked.issuer, asked.client_id, _sealed(asked, before), asked.demanded_of_admins, version)
    if provider == before:
        _note(caller.actor, at, "provider_set")
        return before
    if hand.seen is not None:
        refuse_stale("the identity provider", hand, store.changed())
    _note(caller.actor, at, "provider_set")
    return _kept(replace(provider, version=version + 1), version, hand)


def _sealed(asked: ProviderAsked, before: Provider | None) -> str:
    """As it is kept, where it is the same: sealed anew it would look like another."""
    if before and before.issuer == asked.issuer and asked.client_secret in {None, store.opened(before)}:
        return before.sealed
    return store.seal(asked.client_secret)


def _kept(provider: Provider, replaces: int, hand: Hand) -> Provider:
    try:
        store.save(provider, replaces, hand)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed the identity provider just now.") from None
    return provider


def delete(caller: Caller, at: Instant) -> None:
    """The same again is done."""
    _note(caller.actor, at, "provider_deleted")
    store.delete()


def required() -> Provider:
    """Raises NotFound."""
    provider = store.get()
    if provider is None:
        raise NotFound("No identity provider is set.")
    return provider


def start(back_at: str, next_: str) -> tuple[str, str]:
    """Where the browser is led, and the cookie that it comes back with. Raises NotFound without a provider."""
    provider = required()
    made = (randomness.token_urlsafe(32) for _ in range(3))
    begun = Begun(next(made), next(made), next(made), next_)
    sealed = str(_signer().dumps([begun.state, begun.nonce, begun.verifier, begun.next]))
    return rules.where_to_go(provider, _endpoints(provider.issuer), begun, back_at), sealed


def finish(
    code: str, state: str, cookie: str | None, back_at: str, network: str, browser: str, now: datetime
) -> tuple[str, str]:
    """The cookie of a new session, and where somebody wanted to go. Raises Forbidden, TooMany, NotFound, TryAgain."""
    attempts.take(attempts.TRIES_FROM_NETWORK, network_of(network), now)
    begun = _begun(cookie)
    if begun is None or not compare_digest(begun.state.encode(), state.encode()) or not code:
        raise _refused(NOBODY, now, LATE)
    provider = required()
    try:
        answer = _exchange(provider, code, begun.verifier, back_at)
        identity = rules.identity_in(answer, provider, begun.nonce, now)
    except Forbidden as untrusted:
        raise _refused(NOBODY, now, str(untrusted)) from None
    return _signed_in(identity, browser, now), begun.next


def _signed_in(identity: Identity, browser: str, now: datetime) -> str:
    """An identity is bound, once, to who was invited with its verified address; from then on it says who it is. Who is
    bound, changed or ended meanwhile is looked at anew."""

    def attempt() -> str:
        known = store.whose(identity)
        staff = people.get(known) if known else _invited(identity)
        if staff is None or staff.ended:
            raise _refused(known or NOBODY, now, UNKNOWN)
        if staff.bound and not known:
            raise _refused(staff.id, now, UNKNOWN)
        told = audit.put(audit.Entry(staff.id, instant(now), "signed_in", staff.id), randomness.token_hex(6))
        if known:
            return sessions.begin(staff, now, browser, [told])
        return sessions.begin(staff, now, browser, [told, store.claim(identity, staff)], store.bind(identity, staff))

    return until_written(attempt, BUSY)


def _invited(identity: Identity) -> Staff | None:
    address = normalised(identity.address)
    staff_id = people.id_at(address) if address else None
    return people.get(staff_id) if staff_id else None


def _refused(who: StaffId, now: datetime, words: str) -> Forbidden:
    _note(who, instant(now), "refused_provider")
    return Forbidden(words)


def _note(who: ActorId, at: Instant, what: str) -> None:
    audit.note(audit.Entry(who, at, what), randomness.token_hex(6))


def _exchange(provider: Provider, code: str, verifier: str, back_at: str) -> object:
    """The code for a token, from the token endpoint over TLS. Raises Forbidden for a code that it does not take."""
    at, secret = _endpoints(provider.issuer), store.opened(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_at,
        "client_id": provider.client_id,
        "code_verifier": verifier,
    }
    if secret and at.takes_secret_in_body:
        form["client_secret"] = secret
    headers = {} if not secret or at.takes_secret_in_body else {"Authorization": _basic(provider.client_id, secret)}
    try:
        return http.post_form(at.token, form, headers)
    except Rejected:
        raise Forbidden(LATE) from None


def _basic(client_id: str, secret: str) -> str:
    """Each is coded as in a form before they are joined (RFC 6749, 2.3.1)."""
    joined = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(joined.encode()).decode()}"


def _endpoints(issuer: str) -> Endpoints:
    """As the provider tells now. Raises Forbidden, TryAgain."""
    try:
        told = rules.endpoints_in(http.get(f"{issuer.rstrip('/')}{DISCOVERY}"), issuer)
        for each in (told.authorization, told.token):
            http.check_url(each)
    except (Rejected, ValueError):
        raise Forbidden("The identity provider does not tell how it is asked.") from None
    return told


def _ask_about(issuer: str) -> None:
    try:
        http.check_url(issuer)
        _endpoints(issuer)
    except ValueError as wrong:
        raise Invalid(FieldError("issuer", str(wrong))) from None
    except (Forbidden, TryAgain) as wrong:
        raise Invalid(FieldError("issuer", f"has no discovery document that fits it: {wrong}")) from None


def _begun(cookie: str | None) -> Begun | None:
    from itsdangerous import BadData

    try:
        return Begun(*_signer().loads(cookie or "", max_age=LASTS))
    except (BadData, TypeError):
        return None


def _signer() -> "URLSafeTimedSerializer":
    from itsdangerous import URLSafeTimedSerializer

    return URLSafeTimedSerializer(secrets.key_for("provider"), salt="begun")
