"""Connections to vendors on which an answer comes within one time as a whole, however slowly its bytes drip."""

import io
import socket
from http.client import HTTPResponse
from time import monotonic
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class _Until(io.RawIOBase):
    """What a socket receives until a deadline. Raises TimeoutError beyond it."""

    def __init__(self, received: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._received, self._sock, self._deadline = received, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the answer took longer than it may as a whole")
        self._sock.settimeout(left)
        return self._received.readinto(buffer)

    def close(self) -> None:
        self._received.close()
        super().close()


class _Answer(HTTPResponse):
    """The time that urllib3 gives to each piece of an answer, from its status line on, is that of all of them."""

    fp: io.BufferedReader

    def __init__(self, sock: socket.socket, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        seconds = sock.gettimeout()
        if seconds is not None:
            until = _Until(self.fp.detach(), sock, monotonic() + seconds)
            self.fp = io.BufferedReader(until)


class _Plain(HTTPConnection):
    response_class = _Answer


class _Secure(HTTPSConnection):
    response_class = _Answer


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def pools(most: int) -> urllib3.PoolManager:
    """Keeps up to `most` connections to an address; nothing is repeated."""
    manager = urllib3.PoolManager(retries=False, maxsize=most)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return manager
