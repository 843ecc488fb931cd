"""How the demo calls an API that keeps it waiting."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.demo.api import Api, CallFailed

RETRY_NOW = {"Retry-After": "0"}
ANSWERS: dict[str, list[tuple[int, dict[str, str], object]]] = {
    "/busy": [(429, RETRY_NOW, {"title": "Too many requests"}), (429, RETRY_NOW, None), (200, {}, {"items": []})],
    "/broken": [(500, {}, {"title": "Broken"}), (200, {}, None)],
}


@pytest.fixture
def base() -> Iterator[str]:
    waiting = {path: list(answers) for path, answers in ANSWERS.items()}

    class Peer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = waiting[self.path].pop(0)
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *told: object) -> None:
            """Nothing: the test says what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_that_came_too_fast_is_sent_again_whatever_it_does(base: str) -> None:
    assert Api(base).post("/busy", {"name": "spring"}) == {"items": []}


def test_any_other_refusal_is_told_at_once(base: str) -> None:
    with pytest.raises(CallFailed, match="POST /broken answered 500"):
        Api(base).post("/broken", {})
