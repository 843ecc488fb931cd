"""A notice as a canonical source would push it, of nobody: to see that a connection works."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import instant
from chalicelib.connectors.canonical.signature import RawWebhook
from chalicelib.connectors.contract import Request


def pushed(secret: str, hotel: PropertyId, at: datetime) -> Request:
    """A booking of two nights by a guest who does not exist."""
    guest = {"changed_at": instant(at), "given_name": "Test", "family_name": "Notice", "email": "test@notice.example"}
    snapshot = {
        "kind": "reservation",
        "changed_at": instant(at),
        "source_id": "test-notice",
        "property_id": hotel,
        "status": "confirmed",
        "arrival": at.date().isoformat(),
        "departure": (at.date() + timedelta(days=2)).isoformat(),
        "occupants": [{"role": "primary", "guest": guest}],
    }
    body = json.dumps({"snapshots": [snapshot]}).encode()
    return Request(body, _headers(secret, body, at), {}, at)


def _headers(secret: str, body: bytes, at: datetime) -> Mapping[str, str]:
    signature = RawWebhook(secret, body).sign("test-notice", at, "")
    sent = {"webhook-id": "test-notice", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    return {"content-type": "application/json", **sent}
