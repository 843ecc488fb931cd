"""What is asked of a provider, and whether its answer is to be believed (OpenID Connect Core 1.0, 3.1).

The ID token comes from the token endpoint alone, over TLS: its signature need not be checked (3.1.3.7, item 6). All
else that the specification asks is.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from chalicelib.access.provider.model import Begun, Claims, Endpoints, Identity, Provider
from chalicelib.canonical.errors import Forbidden

SKEW = 60
"""Seconds by which two clocks may differ."""
OLDEST = 600
LONGEST_TOKEN = 20_000


def where_to_go(provider: Provider, at: Endpoints, begun: Begun, back_at: str) -> str:
    """The address at the provider to which the browser is led, with the hash of what only this hub knows (RFC 7636)."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back_at,
        "scope": "openid email",
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    return f"{at.authorization}?{urlencode(asked)}"


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def endpoints_in(document: Any, issuer: str) -> Endpoints:
    """Raises Forbidden for the document of another provider, or one that is none."""
    told = document if isinstance(document, Mapping) else {}
    if told.get("issuer") != issuer:
        raise _untrusted("it is another issuer")
    ways = told.get("token_endpoint_auth_methods_supported")
    in_body = isinstance(ways, list) and "client_secret_post" in ways
    return Endpoints(str(told.get("authorization_endpoint", "")), str(told.get("token_endpoint", "")), in_body)


def identity_in(answer: Any, provider: Provider, nonce: str, now: datetime) -> Identity:
    """Who an answer of the token endpoint says is there. Raises Forbidden for what is not to be believed."""
    claims = _claims(answer)
    wrong = {
        "the token is of another issuer": claims.iss != provider.issuer,
        "the token is for somebody else": not _is_for(claims, provider.client_id),
        "the token has expired": now.timestamp() >= claims.exp + SKEW,
        "the token was not made just now": not -OLDEST <= claims.iat - now.timestamp() <= SKEW,
        "the token answers another question": not compare_digest(claims.nonce.encode(), nonce.encode()),
    }
    for why, is_so in wrong.items():
        if is_so:
            raise _untrusted(why)
    return Identity(provider.issuer, claims.sub, claims.verified_address)


def _claims(answer: Any) -> Claims:
    token = answer.get("id_token") if isinstance(answer, Mapping) else None
    parts = token.split(".") if isinstance(token, str) and len(token) <= LONGEST_TOKEN else []
    try:
        _, told, _ = parts
        return Claims.model_validate_json(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    except ValueError:  # pydantic's own is one, too
        raise _untrusted("there is no token that can be read") from None


def _is_for(claims: Claims, client_id: str) -> bool:
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    is_ours_alone = claims.azp is None and len(audience) == 1
    return client_id in audience and (is_ours_alone or claims.azp == client_id)


def _untrusted(why: str) -> Forbidden:
    return Forbidden(f"The answer of the identity provider is not to be believed: {why}.")
