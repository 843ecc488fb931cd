"""What the webhook needs of Mews: https://docs.mews.com/connector-api/events/wh-general."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal

from chalicelib.connectors.contract import Json, Request

secret_use: Literal["compare", "sign"] = "compare"  # noqa: S105 (how secrets are used, not one)
thin = True
success = 200
id_fields = frozenset({"id", "enterpriseid", "integrationid"})
dropped_fields = frozenset({"accesstoken", "clienttoken", "token", "apikey", "secret"})
"""IntegrationCreated and IntegrationApiKeyCreated carry an access token in their body."""
entries = "Events"
credentials = frozenset({"client_token", "access_token"})


def secret_is_fit(secret: str) -> bool:
    """It stands in a URL, and is all that vouches for a notice: too long to be guessed."""
    return len(secret) >= 16 and secret.isascii() and not any(char.isspace() for char in secret)


def verify(request: Request, secrets: Sequence[str]) -> bool:
    """Mews signs nothing: one secret stands in the URL, agreed with its support. `secrets` are SHA-256 in hex."""
    presented = hashlib.sha256(request.query.get("secret", "").encode("utf-8", "surrogatepass")).hexdigest()
    matches = [hmac.compare_digest(presented, secret) for secret in secrets]
    return any(matches)


def hotel_of(body: Json) -> str | None:
    enterprise = body.get("EnterpriseId") if isinstance(body, dict) else None
    return enterprise if isinstance(enterprise, str) else None
