"""The envelope in which a notice waits in a queue."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.canonical.time import instant
from chalicelib.connectors.contract import Json

API = "api"
"""The source of what comes through the API; `api-{property}` where the key speaks for single hotels."""


def is_api(connection: str) -> bool:
    """Whether a name is the API's own; no connection may be called so."""
    return connection == API or connection.startswith(f"{API}-")


def envelope(connection: str, vendor: str, content: Mapping[str, Json], at: datetime) -> dict[str, Any]:
    """`content` is `{"body": ...}`, or `{"text": ...}` for what could not be read; `at` is when it came."""
    said = {"v": 1, "connection": connection, "vendor": vendor}
    return {**said, "request": uuid.uuid4().hex, "received_at": instant(at), **content}
