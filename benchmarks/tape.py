"""What the hub asked of AWS, recorded once: the floor makes the same calls bare, and the tape answers both."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config

from benchmarks.bare_app import CONFIG
from benchmarks.wire import Answer, Wire
from chalicelib.aws import clients

CLIENTS = {"eventbridge": "events", "secrets-manager": "secretsmanager"}
"""boto3's name of a service, where botocore's events have another."""


@dataclass(frozen=True)
class Call:
    service: str
    operation: str
    arguments: Any
    answer: Answer


@dataclass
class Tape:
    """Calls in the order in which they were made; `mark` ends a stretch, such as one webhook."""

    wire: Wire
    calls: list[Call] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)

    def record(self) -> None:
        """Keep each call with its arguments and the answer that the wire gives it now."""
        reply, heard = self.wire.reply, []

        def listen(service: str, operation: str, arguments: Any) -> None:
            del service, operation
            heard.append(deepcopy(arguments))

        def kept(service: str, operation: str, body: bytes) -> Answer:
            answer = reply(service, operation, body)
            self.calls.append(Call(service, operation, heard.pop(), answer))
            return answer

        self.wire.listen, self.wire.reply = listen, kept

    def mark(self) -> None:
        self.marks.append(len(self.calls))

    def play(self, calls: Sequence[Call] | None = None) -> None:
        """From now on the wire gives the recorded answers in order. Another call than the recorded one is an error."""
        ahead = iter(self.calls if calls is None else calls)

        def replayed(service: str, operation: str, body: bytes) -> Answer:
            del body
            call = next(ahead)
            if (call.service, call.operation) != (service, operation):
                raise RuntimeError(f"the hub asks {operation} where it asked {call.operation} before")
            return call.answer

        self.wire.listen, self.wire.reply = None, replayed

    def stretches(self) -> Iterator[Sequence[Call]]:
        yield from (self.calls[start:end] for start, end in zip([0, *self.marks], self.marks, strict=False))


ONCE = Config(connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 1})
Maker = Callable[[str], Any]
"""Service → client."""


def plain(service: str) -> Any:
    """boto3 as it comes, with the hub's timeouts and tries."""
    return boto3.client(service, config=ONCE if service == "sesv2" else CONFIG)  # type: ignore[call-overload]


def of_the_hub(service: str) -> Any:
    """The client that the hub itself asks."""
    return getattr(clients, "ses" if service == "sesv2" else service)()


class Bare:
    """The floor: boto3 and nothing else. Clients are made once, as the hub makes them once."""

    def __init__(self, tape: Tape, made: Maker = plain) -> None:
        names = {call.service for call in tape.calls}
        self._clients = {name: made(CLIENTS.get(name, name)) for name in names}

    def make(self, calls: Sequence[Call]) -> None:
        for call in calls:
            getattr(self._clients[call.service], xform_name(call.operation))(**call.arguments)
