"""Loaded by botocore into every function of the local cloud: ends the process at the AWS calls that were drawn for it.

A function's calls are numbered over all of its processes. From a drawn number on, the first process that comes to a
call of the drawn kind is killed, before that call is made, or after it took effect and before its answer is heard:
nothing is cleaned up, as when the machine is lost.
"""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER, FUNCTION = "SOAK_DEATHS", "AWS_LAMBDA_FUNCTION_NAME"
DRAWN, DIED, CALLS = "drawn.json", "died.jsonl", ".calls"
READS = ("Get", "BatchGet", "Query", "List", "Describe", "Scan", "Decrypt")
SPEAKS = ("PutEvents", "Send", "Publish")
MESSAGE = "MESSAGE#"
"""What the sort key of a claim begins with."""


@dataclass
class Process:
    """This one: its function, what was drawn for it, and the claims that have no outcome so far."""

    function: str
    folder: Path
    read_at: int = 0
    drawn: list[tuple[int, str, str]] = field(default_factory=list)
    """From which call on, `before` or `after`, and which kind of call: `any`, `effect` or `speech`."""
    number: int = 0
    died: int = 0
    """Deaths of this function that are known here."""
    held: set[str] = field(default_factory=set)

    def before(self, operation: str) -> None:
        self.number = self._next()
        self._look()
        self._die_if_drawn("before", operation)

    def after(self, operation: str, body: Mapping[str, Any], status: int) -> None:
        if status < 300:
            self._follow(operation, body)
        self._die_if_drawn("after", operation)

    def _next(self) -> int:
        """One byte for each call: where it came to lie is the call's number, whoever else writes."""
        log = os.open(self.folder / f"{self.function}{CALLS}", os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)
        try:
            os.write(log, b".")
            return os.lseek(log, 0, os.SEEK_CUR)
        finally:
            os.close(log)

    def _look(self) -> None:
        drawn = self.folder / DRAWN
        changed_at = drawn.stat().st_mtime_ns if drawn.exists() else 0
        if changed_at != self.read_at:
            self.read_at = changed_at
            self.drawn = [tuple(each) for each in json.loads(drawn.read_text()).get(self.function, [])]

    def _follow(self, operation: str, body: Mapping[str, Any]) -> None:
        for write in body.get("TransactItems", []):
            ((kind, what),) = write.items()
            key = what.get("Item") or what.get("Key") or {}
            if kind != "ConditionCheck" and key.get("sk", {}).get("S", "").startswith(MESSAGE):
                (self.held.add if kind == "Put" else self.held.discard)(key["pk"]["S"])
        key = body.get("Key", {})
        if operation == "UpdateItem" and key.get("sk", {}).get("S", "").startswith(MESSAGE):
            self.held.discard(key["pk"]["S"])

    def _die_if_drawn(self, moment: str, operation: str) -> None:
        if self._is_due(moment, operation) and self._is_mine():
            told = {"function": self.function, "at": self.number, "moment": moment, "operation": operation}
            with (self.folder / DIED).open("a") as died:
                died.write(json.dumps({**told, "held": sorted(self.held)}) + "\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_due(self, moment: str, operation: str) -> bool:
        if self.died >= len(self.drawn):
            return False
        at, when, kind = self.drawn[self.died]
        return self.number >= at and moment == when and is_of_kind(operation, kind)

    def _is_mine(self) -> bool:
        """Each death is one process's: who comes first."""
        self.died += 1
        try:
            (self.folder / f"{self.function}.death-{self.died}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def is_of_kind(operation: str, kind: str) -> bool:
    """Whether it changes something (`effect`), or tells others of it (`speech`)."""
    if kind == "speech":
        return operation.startswith(SPEAKS)
    return kind == "any" or not operation.startswith(READS)


@cache
def process() -> Process:
    return Process(os.environ[FUNCTION], Path(os.environ[FOLDER]))


def initialize_client_plugin(client: Any) -> None:
    """As botocore calls it for each client that is made; the local cloud itself is no function."""
    if FUNCTION in os.environ and FOLDER in os.environ:
        client.meta.events.register("before-call.*.*", _before)
        client.meta.events.register("after-call.*.*", _after)


def _before(model: Any, params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
    context["asked"] = params.get("body")
    process().before(model.name)


def _after(model: Any, context: Mapping[str, Any], http_response: Any, **_: object) -> None:
    is_table = model.service_model.service_name == "dynamodb"
    body = json.loads(context["asked"]) if is_table and context.get("asked") else {}
    process().after(model.name, body, http_response.status_code)
