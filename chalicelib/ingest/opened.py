"""The connections that this process knows, opened once and believed for minutes; and those that are not there."""

import re
import time
from dataclasses import dataclass, field
from functools import cache
from time import sleep

from chalicelib.aws import secrets
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections import store as connections
from chalicelib.connections.model import KeptConnection
from chalicelib.connectors.vendors import edge_of

KNOWN_FOR, UNKNOWN_FOR = 300.0, 60.0
"""Seconds that a connection, and the absence of one, are remembered."""
MOST_ABSENT = 1000
"""Whoever tries names out must not fill the memory with them, nor push out the connections that are there."""
FIRST_OPENING, USUAL_OPENING = 0.1, 0.01
"""Seconds that KMS is assumed to take as long as this process has not seen it: the first call also connects to it."""
CONNECTION_ID = re.compile(r"[a-z0-9_-]{1,64}")


@dataclass(frozen=True)
class OpenedConnection:
    """What the edge needs of a connection: its secrets are ready to be compared with."""

    vendor: str
    secrets: tuple[str, ...]


@dataclass
class OpenedConnections:
    """Connections that were asked for lately, each with until when that may be believed."""

    known: dict[ConnectionId, tuple[float, OpenedConnection]] = field(default_factory=dict)
    absent: dict[ConnectionId, float] = field(default_factory=dict)
    opening_seconds: float = FIRST_OPENING

    def find(self, connection: ConnectionId) -> tuple[OpenedConnection | None, bool]:
        """The connection, if there is one, and whether it was looked up just now."""
        now = time.monotonic()
        believed_until, seen = self.known.get(connection, (0.0, None))
        if believed_until > now:
            return seen, False
        if self.absent.get(connection, 0.0) > now:
            return None, False
        kept = connections.get(connection, consistent=False) if CONNECTION_ID.fullmatch(connection) else None
        if kept is None:
            self._miss(connection, now)
            return None, True
        opened = OpenedConnection(kept.vendor, self._secrets(kept))
        self.known[connection] = (now + KNOWN_FOR, opened)
        return opened, True

    def pretend_to_open(self) -> None:
        """Take as long as opening a secret took the last time."""
        sleep(self.opening_seconds)
        self.opening_seconds = min(self.opening_seconds, USUAL_OPENING)

    def _miss(self, connection: ConnectionId, now: float) -> None:
        self.known.pop(connection, None)
        if len(self.absent) >= MOST_ABSENT:
            self.absent.clear()
        self.absent[connection] = now + UNKNOWN_FOR

    def _secrets(self, kept: KeptConnection) -> tuple[str, ...]:
        if edge_of(kept.vendor).secret_use == "compare":  # noqa: S105 (how secrets are used, not one)
            return kept.sealed_secrets
        return tuple(self._opened(each, kept.id) for each in kept.sealed_secrets)

    def _opened(self, sealed: str, connection: ConnectionId) -> str:
        began, is_first = time.monotonic(), self.opening_seconds == FIRST_OPENING
        opened = secrets.decrypt(sealed, connection)
        self.opening_seconds = USUAL_OPENING if is_first else time.monotonic() - began
        return opened


@cache
def opened_connections() -> OpenedConnections:
    return OpenedConnections()
