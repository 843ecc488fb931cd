"""What the webhook needs of Mews: https://docs.mews.com/connector-api/events/wh-general."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from string import ascii_letters, digits
from typing import Literal

from chalicelib.canonical.errors import FieldError
from chalicelib.connectors.contract import Json, Request

secret_use: Literal["compare", "sign"] = "compare"  # noqa: S105 (how secrets are used, not one)
thin = True
success = 200
id_fields = frozenset({"id", "enterpriseid", "integrationid"})
dropped_fields = frozenset({"accesstoken", "clienttoken", "token", "apikey", "secret"})
"""IntegrationCreated and IntegrationApiKeyCreated carry an access token in their body."""
listed_fields: frozenset[str] | None = None
KEPT_BY_URLS = frozenset(ascii_letters + digits + "-._~" + "/:@?!$'()*,=")
"""What a query may hold (RFC 3986) and every reader takes for itself: a plus sign is read as a blank, the percent sign
begins an escape, and the ampersand, the semicolon and the hash end the value."""
SIGN_NAMES = {" ": "a blank", "\t": "a tabulator", "\n": "a line break", "\r": "a line break"}
SHORTEST_SECRET = 16
entries = "Events"
is_told = False
credentials = frozenset({"client_token", "access_token"})
options = frozenset({"chains", "stay_services"})


def secret_fault(secret: str) -> str | None:
    """It stands in a URL, and is all that vouches for a notice: too long to be guessed, and of what a URL keeps."""
    lost = sorted(set(secret) - KEPT_BY_URLS)
    if lost:
        listed = ", ".join(SIGN_NAMES.get(sign, sign if sign.isprintable() else ascii(sign)) for sign in lost[:10])
        return f"would not arrive in a URL as it is written: {listed}. Letters, digits and - . _ ~ do"
    return f"has fewer than {SHORTEST_SECRET} characters" if len(secret) < SHORTEST_SECRET else None


def secret_of(made: bytes) -> str:
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def verify(request: Request, secrets: Sequence[str]) -> bool:
    """Mews signs nothing: one secret stands in the URL, agreed with its support. `secrets` are SHA-256 in hex."""
    presented = hashlib.sha256(request.query.get("secret", "").encode("utf-8", "surrogatepass")).hexdigest()
    matches = [hmac.compare_digest(presented, secret) for secret in secrets]
    return any(matches)


def faults(notices: Sequence[Json], at: datetime) -> Sequence[FieldError]:  # noqa: ARG001 (the contract's)
    return ()


def hotel_of(body: Json) -> str | None:
    enterprise = body.get("EnterpriseId") if isinstance(body, dict) else None
    return enterprise if isinstance(enterprise, str) else None
