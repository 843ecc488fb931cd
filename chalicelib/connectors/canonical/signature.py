"""The Standard Webhooks scheme over raw bytes. Imported when a request is to be verified, not before."""

import base64
from collections.abc import Mapping
from datetime import datetime
from math import floor

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError, hmac_data

HEADERS = "webhook-id", "webhook-timestamp", "webhook-signature"


class RawWebhook(Webhook):
    """The library's headers, window and comparison; it signs text only, and a body need not be UTF-8."""

    def __init__(self, secret: str, body: bytes) -> None:
        super().__init__(secret)
        self._body = body

    def sign(self, msg_id: str, timestamp: datetime, data: str) -> str:  # noqa: ARG002 (the library's signature)
        signed = b"%b.%d.%b" % (msg_id.encode(), floor(timestamp.timestamp()), self._body)
        return f"v1,{base64.b64encode(hmac_data(self._whsecret, signed)).decode()}"


def vouches(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the secret signed the body within the last five minutes."""
    try:
        RawWebhook(secret, body).verify("", {name: headers.get(name, "") for name in HEADERS}, json_parse=False)
    except (
        WebhookVerificationError,
        EmptyWebhookSecretError,
        ValueError,
    ):  # ValueError: a header that is no text, a signature that is no base64
        return False
    return True
