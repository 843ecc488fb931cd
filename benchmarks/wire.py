"""The end of the network: botocore hands over each signed request here, and takes what is returned for AWS's answer."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

Reply = Callable[[str, str, bytes], "Answer"]
"""(service, operation, request body) → answer."""
Listener = Callable[[str, str, Any], None]
"""Hears (service, operation, arguments) of each call."""


class Answer(NamedTuple):
    """What AWS would have sent."""

    body: bytes
    status: int = 200


class _Stream(BytesIO):
    def stream(self, amount: int = 65536) -> Iterator[bytes]:
        while piece := self.read(amount):
            yield piece


class Wire:
    """One for a process: every client that boto3 makes from now on ends here. `reply` and `listen` may be exchanged."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.listen: Listener | None = None
        session: Any = botocore.session.get_session()
        session.register("before-send", self._answer)
        session.register("provide-client-params", self._heard)
        boto3.setup_default_session(botocore_session=session)

    def _answer(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        _before, service, operation = event_name.split(".")
        answer = self.reply(service, operation, _read(request.body))
        return AWSResponse(request.url, answer.status, HTTPHeaders(), _Stream(answer.body))

    def _heard(self, params: Any, event_name: str, **_: Any) -> None:
        if self.listen:
            _before, service, operation = event_name.split(".")
            self.listen(service, operation, params)


def _read(content: Any) -> bytes:
    """A body as it is sent: bytes, text, or, to S3, a stream."""
    if hasattr(content, "read"):
        return bytes(content.read())
    return content if isinstance(content, bytes) else str(content or "").encode()
