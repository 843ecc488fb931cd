"""A peer on loopback that behaves as the network between Lambda and SES may."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from threading import Thread
from typing import Any, BinaryIO

import pytest
from moto.core.models import botocore_stubber

from chalicelib.aws import clients

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing a socket resets its connection."""


def ses_lies_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody stands in front of the network any more."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", url)
    clients.ses.cache_clear()
    events: Any = clients.ses().meta.events
    events.unregister("before-send", botocore_stubber)


@dataclass
class Peer:
    """Counts connections, and whole requests. Of each connection it answers as many requests as it is told; the next is
    read whole, and the connection reset. With a `greeting` (b"" is none) it says that at once, and never a word more.
    """

    answers: int = 1
    greeting: bytes | None = None
    connections: int = 0
    requests: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _taken: list[socket.socket] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def listening(self) -> Iterator["Peer"]:
        Thread(target=self._accept, daemon=True).start()
        try:
            yield self
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            for each in (self._listener, *self._taken):
                each.close()

    def _accept(self) -> None:
        while True:
            try:
                taken, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._taken.append(taken)
            if self.greeting is not None:
                taken.sendall(self.greeting)
                continue
            Thread(target=self._serve, args=(taken,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        for at in range(self.answers + 1):
            entries = _entries_in(stream.read(_length_of(_head(stream))))
            self.requests += entries > 0
            if at == self.answers or not entries:
                break
            connection.sendall(_answer(entries))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        stream.close()
        connection.close()


def _head(stream: BinaryIO) -> list[bytes]:
    """The lines before the blank one; none where the connection ends, or where it speaks of something else."""
    return list(takewhile(lambda line: line.strip(), stream))


def _length_of(head: list[bytes]) -> int:
    pairs = (line.partition(b":") for line in head)
    return next((int(value) for name, _, value in pairs if name.lower() == b"content-length"), 0)


def _entries_in(body: bytes) -> int:
    return len(json.loads(body)["BulkEmailEntries"]) if body else 0


def _answer(entries: int) -> bytes:
    results = [{"Status": "SUCCESS", "MessageId": f"ses-{at}"} for at in range(entries)]
    body = json.dumps({"BulkEmailEntryResults": results}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
