"""The simulator over HTTP on loopback: the Connector API, and a control surface for the demo and tests."""

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from infra.simulator.api import ConnectorApi, RateLimit, Refused, Tokens
from infra.simulator.bookings import Booking
from infra.simulator.corrections import correct
from infra.simulator.hotel import Hotel
from infra.simulator.people import Cast
from infra.simulator.push import Options, Player, PlayError
from infra.simulator.records import Ids
from infra.simulator.story import Story
from infra.simulator.truth import truth
from infra.simulator.visits import SOURCES_BY_DETAILS, Casting

API_PATH = "/api/connector/v1/"
MAX_BODY_BYTES = 4_000_000
DEFAULT_RATE_LIMIT = 100_000


def _now() -> datetime:
    return datetime.now(UTC)


class Simulator:
    """One hotel company with its season, its API and its pushes."""

    def __init__(
        self,
        bookings: list[Booking],
        seed: int,
        rate_limit: int = DEFAULT_RATE_LIMIT,
        now: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tokens = Tokens(*(secrets.token_urlsafe(24) for _ in range(3)))
        self.hotel = Hotel(Ids(seed), now)
        self.cast = Cast(seed)
        self.visits = Casting(self.cast, seed).visits(bookings)
        self.waves = Story(self.hotel, self.cast, self.visits, seed).waves()
        self.player = Player(self.hotel, self.waves, seed, len(bookings))
        self.api = ConnectorApi(self.hotel, self.tokens, RateLimit(rate_limit, monotonic))

    def connection(self, base_url: str) -> dict[str, Any]:
        """What a connection of the hub to this PMS needs."""
        places = self.hotel.properties
        shown = ("id", "name", "time_zone", "currency", "country", "email_domain")
        return {
            "vendor": "mews",
            "base_url": base_url,
            "client": "Xenia 1.0",
            "secrets": {
                "client_token": self.tokens.client,
                "access_token": self.tokens.access,
                "webhook_secret": self.tokens.webhook,
            },
            "properties": {place.enterprise: place.id for place in places},
            "stay_services": [place.stay_service for place in places],
            "sources": SOURCES_BY_DETAILS,
            "property_list": [{name: getattr(place, name) for name in shown} for place in places],
        }

    def truth(self) -> dict[str, Any]:
        return truth(self.hotel, self.cast, self.visits)


class SimulatorServer:
    """The simulator on a port of 127.0.0.1 (0: a free one)."""

    def __init__(self, simulator: Simulator, port: int = 0) -> None:
        self.simulator = simulator
        self._http = _HttpServer(("127.0.0.1", port), simulator)
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> None:
        self._thread = Thread(target=self.serve, name="simulator")
        self._thread.start()

    def serve(self) -> None:
        self._http.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        self.simulator.player.stop()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        super().__init__(address, _Handler)
        self.simulator = simulator

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120

    def do_GET(self) -> None:
        simulator = self.server.simulator
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "/health": lambda: {"status": "ok"},
            "/simulator/connection": lambda: simulator.connection(self.server.url),
            "/simulator/progress": simulator.player.shown,
            "/simulator/truth": simulator.truth,
        }
        answer = answers.get(self.path.split("?")[0])
        if answer is None:
            self._answer(404, {"Message": "No such page."})
        else:
            self._answer(200, answer())

    def do_POST(self) -> None:
        try:
            status, answer = self._posted(self.path.split("?")[0], self._body())
        except Refused as refused:
            headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
            self._answer(refused.status, {"Message": refused.message}, headers)
        else:
            self._answer(status, answer)

    def _posted(self, path: str, body: object) -> tuple[int, dict[str, Any]]:
        simulator = self.server.simulator
        if path.startswith(API_PATH):
            return 200, simulator.api.call(path.removeprefix(API_PATH), body)
        if not isinstance(body, dict):
            raise Refused(400, "The body must be a JSON object.")
        try:
            if path == "/simulator/play":
                simulator.player.start(Options(**body))
                return 202, {"started": True}
            if path == "/simulator/go-on":
                simulator.player.go_on()
                return 202, {"goes_on": True}
            if path == "/simulator/silent-change":
                return 200, correct(simulator.hotel, simulator.visits, **body)
        except PlayError as error:
            raise Refused(409 if "begun" in str(error) else 400, str(error)) from error
        except (TypeError, ValueError) as error:
            raise Refused(400, str(error)) from error
        raise Refused(404, "No such page.")

    def _body(self) -> object:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self.close_connection = True
            raise Refused(411, "Content-Length is required.")
        if int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise Refused(413, "The body is too large.")
        try:
            return json.loads(self.rfile.read(int(length)) or b"{}")
        except (ValueError, RecursionError) as error:
            raise Refused(400, "The body is not JSON.") from error

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Quiet: progress is asked for at /simulator/progress."""
