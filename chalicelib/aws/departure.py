"""Whether the request of a call that failed may have left: only then is it unknown what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient


class Body(BytesIO):
    """A request's body. It is read when the connection stands, behind its handshake; without it there is no request."""

    is_read = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.is_read = True
        return super().read(size)


@dataclass
class Departure:
    """How far the request of one call came: it was made and signed, and its body was read or not.

    Not the errors tell: a time-out or a reset, in the handshake or behind it, looks the same to who called.
    """

    is_ready: bool = False
    body: Body | None = None

    @property
    def may_have_left(self) -> bool:
        return self.is_ready and (self.body is None or self.body.is_read)

    def ready(self, **_: object) -> None:
        self.is_ready = True

    def watch(self, request: "AWSPreparedRequest", **_: object) -> None:
        if isinstance(request.body, bytes):
            request.body = self.body = Body(request.body)


BEFORE_SEND = "before-send"


@contextmanager
def watched(client: "BaseClient") -> Iterator[Departure]:
    """Watch the request of one call leave.

    Who answers in the network's place (a test, a benchmark) stands between the two hooks, and sees the body as it was.
    """
    departure, events = Departure(), client.meta.events
    hooks = ((f"{BEFORE_SEND}.*.*", departure.ready), (BEFORE_SEND, departure.watch))
    events.register_first(*hooks[0])
    events.register_last(*hooks[1])
    try:
        yield departure
    finally:
        for hook in hooks:
            events.unregister(*hook)
