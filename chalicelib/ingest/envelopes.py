"""The envelope in which a notice waits in a queue."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NewType

from chalicelib.canonical.compact import compact
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import Instant, instant
from chalicelib.connectors.contract import Json

SHAPE = 1
"""Grows when the shape changes in a way that a reader of the one before would misread."""


Content = NewType("Content", str)
"""What came, stripped, as one member of a JSON object: `"body":{...}`, the document; `"text":"..."`, what could not be
parsed; `"large":"..."`, the claim check of a file that holds either."""


def as_body(document: str) -> Content:
    """Of a document that is JSON already."""
    return Content(f'"body":{document}')


def as_text(unreadable: str) -> Content:
    return Content(f'"text":{compact(unreadable)}')


def as_large(claim_check: str) -> Content:
    return Content(f'"large":{compact(claim_check)}')


@dataclass(frozen=True)
class Envelope:
    """What is told of a push beside its content: the connection that vouches for it, and a name of its own."""

    connection: ConnectionId
    vendor: str
    request: str
    received_at: Instant
    backfill: bool = False
    """Whether it is of history that was asked for: nobody gets a mail for it."""

    def around(self, content: Content) -> str:
        """The message that waits in a queue."""
        told = {"connection": self.connection, "vendor": self.vendor, "request": self.request}
        history = {"backfill": True} if self.backfill else {}
        opening = compact({"v": SHAPE, **told, "received_at": self.received_at, **history})
        return f"{opening[:-1]},{content}}}"


def noticed(connection: ConnectionId, vendor: str, at: datetime) -> Envelope:
    """Of a notice that came just now."""
    return Envelope(connection, vendor, uuid.uuid4().hex, instant(at))


def of_history(connection: ConnectionId, vendor: str, at: datetime) -> Envelope:
    """Of a notice that nobody sent, for what was asked for of before."""
    return replace(noticed(connection, vendor, at), backfill=True)


@dataclass(frozen=True)
class Notice:
    """A push of a vendor as it comes out of its envelope."""

    connection: ConnectionId
    vendor: str
    request: str
    received_at: Instant
    body: Json
    backfill: bool = False


def read(message: Mapping[str, Any], content: bytes | None = None) -> Notice:
    """Read a queued notice; `content` is what its claim check stood for. Raises Rejected for what is no notice."""
    told = message if content is None else {**message, **json.loads(content)}
    if "text" in told:
        raise Rejected("not_json")
    try:
        named = told["connection"], told["vendor"], told["request"], told["received_at"], told["body"]
        return Notice(*named, backfill=told.get("backfill") is True)
    except KeyError:
        raise Rejected("not_an_envelope") from None
