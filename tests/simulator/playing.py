"""A season that was pushed, a hub that took every webhook, and calls over loopback."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from infra.simulator.server import SimulatorServer

SEED = 7
RESERVATIONS = 120


@dataclass
class Hub:
    """Takes webhooks, and refuses the first few to see them again."""

    refusals: int = 3
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: bytes) -> int:
        with self.lock:
            if self.refusals > 0:
                self.refusals -= 1
                return 503
            self.webhooks.append(json.loads(body))
            return 202

    def told(self) -> list[tuple[str, str]]:
        return [(event["Discriminator"], event["Value"]["Id"]) for call in self.webhooks for event in call["Events"]]


class HubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        status = self.server.hub.take(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]  # set below
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Quiet."""


@dataclass
class Played:
    """A season that has been pushed to its end."""

    server: SimulatorServer
    hub: Hub
    hub_url: str

    def play(self, **how: object) -> None:
        """Begin to push the season."""
        assert self.post("/simulator/play", {"hub_url": self.hub_url, "pause_seconds": 0, **how})[0] == 202

    def get(self, path: str) -> dict[str, Any]:
        with urlopen(self.server.url + path) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def post(self, path: str, body: object) -> tuple[int, dict[str, Any], dict[str, str]]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(self.server.url + path, content, {"Content-Type": "application/json"})
        try:
            with urlopen(request) as answer:
                return answer.status, json.load(answer), dict(answer.headers)
        except HTTPError as error:
            return error.code, json.load(error), dict(error.headers)

    def call(self, operation: str, **fields: object) -> tuple[int, dict[str, Any], dict[str, str]]:
        tokens = self.server.simulator.tokens
        body = {"ClientToken": tokens.client, "AccessToken": tokens.access, "Client": "Test 1.0"}
        return self.post(f"/api/connector/v1/{operation}", {**body, "Limitation": {"Count": 1000}, **fields})
