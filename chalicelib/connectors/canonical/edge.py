"""What the webhook needs of a canonical source: https://www.standardwebhooks.com."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from chalicelib.canonical.errors import FieldError
from chalicelib.connectors.canonical.shape import NAMES, looks_right
from chalicelib.connectors.contract import Json, Request

secret_use: Literal["compare", "sign"] = "sign"  # noqa: S105 (how secrets are used, not one)
thin = False
success = 202
id_fields = frozenset(
    {"source_id", "booking_id", "reservation_source_id", "member_number", "property_id", "merged_into"}
    | {"company_id", "agency_id", "group_id"}
)
dropped_fields: frozenset[str] = frozenset(
    {"card_number", "cvv", "cvc", "passport", "identity_document", "diet", "health", "notes", "access_token"}
)
"""The schema has none of these; what a sender adds by mistake must not lie in a queue until it is refused."""
listed_fields: frozenset[str] | None = NAMES
entries = "snapshots"
is_told = True
credentials: frozenset[str] = frozenset()
options: frozenset[str] = frozenset()


def secret_fault(secret: str) -> str | None:
    """Base64 of at least 24 bytes, with or without the prefix `whsec_`."""
    try:
        is_fit = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 24
    except ValueError:
        is_fit = False
    return None if is_fit else "must be the Base64 of at least 24 bytes, with or without whsec_ before it"


def secret_of(made: bytes) -> str:
    return f"whsec_{base64.b64encode(made).decode()}"


def verify(request: Request, secrets: Sequence[str]) -> bool:
    """`webhook-id`, `webhook-timestamp` and `webhook-signature` over the raw bytes; a window of five minutes."""
    from chalicelib.connectors.canonical.signature import vouches

    return any([vouches(secret, request.body, request.headers) for secret in secrets])  # noqa: C419 (each is tried)


def faults(notices: Sequence[Json], at: datetime) -> Sequence[FieldError]:
    """The models are asked only where a glance finds nothing that looks right: they take long to import."""
    if any([looks_right(each) for each in notices]):  # noqa: C419 (one, as a rule)
        return ()
    from chalicelib.connectors.canonical.translate import faults_of

    return faults_of(notices, at)


def hotel_of(body: Json) -> str | None:
    """Snapshots of one message may name several properties: then none is named."""
    snapshots = body.get("snapshots") if isinstance(body, dict) else None
    items = snapshots if isinstance(snapshots, list) else []
    named = [each.get("property_id") for each in items if isinstance(each, dict)]
    only = named[0] if named else None
    return only if isinstance(only, str) and all(each == only for each in named) else None
