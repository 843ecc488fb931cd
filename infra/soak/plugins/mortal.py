"""Loaded by botocore into every function of the local cloud: ends the process at the AWS calls that were drawn for it.

A function's calls are numbered over all of its processes. At a drawn one the process is killed, before the call is made
or after it took effect and before its answer is heard: nothing is cleaned up, as when the machine is lost. Or it is
killed so at its next call, from the drawn one on, that changes something: there most is at stake.
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
READS = ("Get", "BatchGet", "Query", "List", "Describe", "Scan")
MESSAGE = "MESSAGE#"
"""What the sort key of a claim begins with."""


@dataclass
class Process:
    """This one: its function, the numbers that were drawn, and the claims that have no outcome so far."""

    function: str
    folder: Path
    read_at: int = 0
    drawn: dict[str, str] = field(default_factory=dict)
    number: str = ""
    due: str = ""
    """`before` or `after` the next call that changes something."""
    held: set[str] = field(default_factory=set)

    def before(self, operation: str) -> None:
        self.number = str(self._next())
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
            self.drawn = json.loads(drawn.read_text()).get(self.function, {})

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
        drawn, _, is_for_effect = self.drawn.get(self.number, "").partition(" ")
        if is_for_effect:
            self.due = drawn
        is_due = self.due == moment and not operation.startswith(READS)
        if not is_due and (is_for_effect or drawn != moment):
            return
        told = {"function": self.function, "at": int(self.number), "moment": moment, "operation": operation}
        with (self.folder / DIED).open("a") as died:
            died.write(json.dumps({**told, "held": sorted(self.held)}) + "\n")
        os.kill(os.getpid(), signal.SIGKILL)


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
