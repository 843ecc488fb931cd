"""What a connection is. The webhook route reads it within a second, on a cold start: nothing heavy is imported here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.canonical.ids import ConnectionId, PropertyId

API = ConnectionId("api")
"""The source of what comes through the API; `api-{property}` where the key speaks for single hotels."""


def is_api(connection: ConnectionId) -> bool:
    """Whether a name is the API's own; no connection may be called so."""
    return connection == API or connection.startswith(f"{API}-")


@dataclass(frozen=True)
class KeptConnection:
    """A connection as it lies in the table: secrets hashed or encrypted, credentials encrypted."""

    id: ConnectionId
    vendor: str
    base_url: str = ""
    properties: Mapping[str, PropertyId] = field(default_factory=dict)
    """The vendor's hotel id → property id; empty for one that may speak for every property."""
    channels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sealed_secrets: tuple[str, ...] = ()
    sealed_credentials: str | None = None
