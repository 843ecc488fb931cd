"""The envelope in which a notice waits in a queue."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import Instant, instant
from chalicelib.connectors.contract import Json

SHAPE = 1
"""Grows when the shape changes in a way that a reader of the one before would misread."""


@dataclass(frozen=True)
class Notice:
    """One push of a vendor as it waits in a queue: stripped, and named by the connection that vouches for it.

    One of three says what came: `body`, the parsed document; `text`, what could not be parsed; `large`, the claim
    check of a file that holds either.
    """

    connection: ConnectionId
    vendor: str
    request: str
    received_at: Instant
    body: Json = None
    text: str | None = None
    large: str | None = None

    def message(self) -> dict[str, Any]:
        told = {"connection": self.connection, "vendor": self.vendor, "request": self.request}
        held = {"text": self.text, "large": self.large}
        content = {name: value for name, value in held.items() if value is not None} or {"body": self.body}
        return {"v": SHAPE, **told, "received_at": self.received_at, **content}


def noticed(
    connection: ConnectionId, vendor: str, at: datetime, *, body: Json = None, text: str | None = None
) -> Notice:
    """A notice that came just now, under a name of its own."""
    return Notice(connection, vendor, uuid.uuid4().hex, instant(at), body, text)


def read(message: Mapping[str, Any], content: bytes = b"{}") -> Notice:
    """Read a queued notice; `content` is what its claim check stood for. Raises Rejected for what is no notice."""
    held: dict[str, Any] = json.loads(content)
    told = {**message, **held}
    if "text" in told:
        raise Rejected("not_json")
    try:
        return Notice(told["connection"], told["vendor"], told["request"], told["received_at"], told["body"])
    except KeyError:
        raise Rejected("not_an_envelope") from None
