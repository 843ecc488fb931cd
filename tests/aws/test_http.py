"""Calls to vendors go out to the public internet, to the address that was checked, and nowhere else."""

import json
import socket
import ssl
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Semaphore, Thread
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.aws import http, pools
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import AskLess, Rejected, TryAgain
from infra.workers import worker

NAME = "api.vendor.example"
URL = f"https://{NAME}/x"
ASK = socket.getaddrinfo


def resolving_to(*addresses: str) -> Any:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "169.254.169.254",
        "127.0.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::a9fe:a9fe",
        "::127.0.0.1",
        "64:ff9b:1::a9fe:a9fe",
        "fec0::1",
        "feff::1",
    ],
)
def test_a_public_name_that_leads_inside_is_refused(
    aws: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in ([address], ["93.184.216.34", address]):
        monkeypatch.setattr(socket, "getaddrinfo", resolving_to(*found))
        with pytest.raises(Rejected, match="vendor_address_inside"):
            http.call("POST", URL, {})


def test_a_name_that_does_not_resolve_is_asked_again(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(TryAgain):
        http.call("POST", URL, {})


@pytest.mark.parametrize(
    "url",
    [
        "https://vendor.example:99999",
        "https://vendor.example:0",
        "https://vendor.example:x",
        "https://224.0.0.1/",
        "https://[ff02::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[64:ff9b:1::a9fe:a9fe]/",
        "https://[::169.254.169.254]/",
        "https://[fec0::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://localhost/",
        "https://",
        "https://[",
        "https://vendor. example/",
        "https://vendor.example/\r\nX: y",
        "https://vendor.example/\tx",
        "https://vendor.example/\0",
        "https://véndor.example/",
        "https://vendor.example./",
        "ftp://vendor.example/",
    ],
)
def test_what_is_no_address_of_the_public_internet_is_no_base_url(aws: Settings, url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (Python's own words are among them)
        http.check_url(url)


@pytest.mark.parametrize("url", ["https://api.mews.com", "https://vendor.example:8443/a/b", "https://8.8.8.8/"])
def test_a_plain_address_is_taken(aws: Settings, url: str) -> None:
    http.check_url(url)


# A vendor that listens


@dataclass
class Vendor:
    """A server with a certificate for one name, and what it was told."""

    port: int = 0
    hosts: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    retry_after: str | None = None
    together: Barrier | None = None
    drip: Semaphore | None = None
    """Each byte of an answer waits for it."""


@pytest.fixture
def vendor(aws: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    """On loopback, which passes here for the public internet."""
    known = Vendor()
    certificate = _certificate(tmp_path, NAME)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _, name, __: known.names.append(name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(known))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    known.port = server.server_port
    kept = http._pools.__wrapped__()
    kept.connection_pool_kw["ca_certs"] = str(certificate)
    monkeypatch.setattr(http, "_pools", lambda: kept)
    monkeypatch.setattr(http, "_is_public", lambda address: address.startswith("127."))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield known
    if known.drip:
        known.drip.release(10_000)
    kept.clear()
    server.shutdown()
    server.server_close()


class Dripping(BytesIO):
    def __init__(self, sent: Any, drip: Semaphore) -> None:
        super().__init__()
        self.sent, self.drip = sent, drip

    def write(self, content: Any) -> int:
        for byte in bytes(content):
            assert self.drip.acquire(timeout=10)
            with suppress(OSError):  # nobody listens any more
                self.sent.write(bytes([byte]))
        return len(content)


def _handler(known: Vendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            known.hosts.append(self.headers["Host"])
            known.connections.add(self.client_address[1])
            if known.together:
                known.together.wait()
            self.send_response(503 if known.retry_after else 200)
            if known.retry_after:
                self.send_header("Retry-After", known.retry_after)
            answer = json.dumps({"path": self.path, "sent": json.loads(sent)}).encode()
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def setup(self) -> None:
            super().setup()
            if known.drip:
                self.wfile = Dripping(self.wfile, known.drip)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "vendor.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that gives these answers, one after another, and then the last again. Returns what it is asked."""
    asked: list[str] = []

    def resolve(host: str, *given: Any, **named: Any) -> Any:
        if host.replace(".", "").isdigit():
            return ASK(host, *given, **named)
        asked.append(host)
        return resolving_to(*answers[min(len(asked), len(answers)) - 1])()

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_call_goes_to_the_address_that_was_checked(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server may tell a public address when it is asked first, and an inner one a moment later."""
    asked = answering(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    answer = http.call("POST", f"https://{NAME}:{vendor.port}/x?y=1", {"a": 1})
    assert answer == {"path": "/x?y=1", "sent": {"a": 1}}
    assert asked == [NAME]
    assert (vendor.hosts, vendor.names) == ([f"{NAME}:{vendor.port}"], [NAME])


def test_calls_to_one_vendor_share_a_connection(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["127.0.0.1"])
    for _ in range(3):
        http.call("POST", f"https://{NAME}:{vendor.port}", {})
    assert (len(vendor.hosts), len(vendor.connections)) == (3, 1)


def test_a_certificate_for_another_name_is_not_taken(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["127.0.0.1"])
    with pytest.raises(TryAgain, match="SSLError"):
        http.call("POST", f"https://other.example:{vendor.port}", {})
    assert vendor.hosts == []


def test_an_address_that_nobody_answers_at_gives_way_to_the_next(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    assert http.call("POST", f"https://{NAME}:{vendor.port}/x", {})["path"] == "/x"
    answering(monkeypatch, ["127.0.0.2", "127.0.0.3"])
    with pytest.raises(TryAgain, match="NewConnectionError"):
        http.call("POST", f"https://{NAME}:{vendor.port}/x", {})


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("99999", 3600),
        ("9" * 5000, 3600),
        ("Thu, 01 Jan 2026 00:01:30 GMT", 90),
        ("Thu, 01 Jan 2026 02:00:30 +0200", 30),
        ("Thu, 01 Jan 2026 00:01:30 -0000", 90),
        ("Fri, 02 Jan 2026 00:00:00 GMT", 3600),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        ("Sat, 01 Jan 0001 00:00:00 +1400", 0),
        ("soon", None),
        ("٣", None),
        ("-5", None),
    ],
)
def test_a_vendor_says_in_seconds_or_by_a_date_when_to_come_again(told: str, seconds: int | None) -> None:
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        assert http._seconds(told) == seconds


def test_the_wait_that_a_vendor_asks_for_reaches_the_queue(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["127.0.0.1"])
    vendor.retry_after = "17"
    with pytest.raises(TryAgain) as busy:
        http.call("POST", f"https://{NAME}:{vendor.port}", {})
    assert busy.value.after_seconds == 17


def test_in_the_local_cloud_a_simulator_on_loopback_is_called_without_tls(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Vendor()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(known))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with pytest.raises(Rejected):
            http.call("POST", url, {})
        monkeypatch.setattr(http, "settings", lambda: Settings("test", is_local=True))
        http.check_url(url)
        assert http.call("POST", url, {"a": 1}) == {"path": "/", "sent": {"a": 1}}
    finally:
        server.shutdown()
        server.server_close()
    assert known.hosts == [f"127.0.0.1:{server.server_port}"]


# Several at once, and what an answer may be


def test_calls_of_one_turn_are_on_the_way_at_the_same_time() -> None:
    """Each waits until the others came: one after another, none would ever be answered."""
    everybody = Barrier(http.AT_ONCE, timeout=10)
    asks = [partial(lambda each: (everybody.wait(), each)[1], each) for each in range(http.AT_ONCE)]
    assert http.at_once(asks) == list(range(http.AT_ONCE))


def test_of_calls_at_once_all_have_ended_when_the_first_error_is_told() -> None:
    ended: list[str] = []
    refused = Event()

    def refusing() -> None:
        refused.set()
        raise TryAgain("busy")

    def slow() -> None:
        assert refused.wait(timeout=10)
        ended.append("slow")
        raise Rejected("vendor_refused", "later")

    with pytest.raises(TryAgain, match="busy"):
        http.at_once([refusing, slow, slow])
    assert ended == ["slow", "slow"]


def test_calls_at_once_keep_their_connections_for_the_next_turn(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ["127.0.0.1"])
    vendor.together = Barrier(http.AT_ONCE, timeout=10)
    ask = partial(http.call, "POST", f"https://{NAME}:{vendor.port}", {})
    for _ in range(3):
        http.at_once([ask] * http.AT_ONCE)
    assert (len(vendor.hosts), len(vendor.connections)) == (3 * http.AT_ONCE, http.AT_ONCE)


@pytest.mark.parametrize("reaches", ["status line", "headers", "body"])
def test_an_answer_that_drips_byte_by_byte_ends_with_its_time_wherever_it_is(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch, reaches: str
) -> None:
    """A second passes at each look at the clock, and the vendor sends a byte for each: every piece comes in time."""
    answering(monkeypatch, ["127.0.0.1"])
    bytes_at_once = {"status line": 1, "headers": 20, "body": 120}[reaches]
    vendor.drip, seconds, looks = Semaphore(0), http.LONGEST_SECONDS, count()

    def look() -> float:
        assert vendor.drip
        vendor.drip.release(bytes_at_once)
        return float(next(looks))

    monkeypatch.setattr(pools, "monotonic", look)
    with pytest.raises(TryAgain, match="Timeout"):
        http.call("POST", f"https://{NAME}:{vendor.port}/{'x' * 5000}", {})
    assert next(looks) == seconds + 1


def test_an_answer_that_comes_in_pieces_within_its_time_is_read(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ["127.0.0.1"])
    vendor.drip = Semaphore(10_000)
    assert http.call("POST", f"https://{NAME}:{vendor.port}/x", {"a": 1}) == {"path": "/x", "sent": {"a": 1}}


MEGABYTE = 1024 * 1024
WORST: dict[str, bytes] = {
    "empty objects": b"[" + b"{}," * (http.MOST_VALUES // 2 - 2) + b"{}]",
    "lists in lists": b"[" + b"[[]]," * (http.MOST_VALUES // 3 - 2) + b"0]",
    "amounts": b"[" + b"123456789.01," * (http.MOST_VALUES - 2) + b"0]",
    "a text with one emoji": b'["' + b"a" * (http.LARGEST_ANSWER - 10) + "🙂".encode() + b'"]',
    "many texts": b"[" + b'"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",' * (http.MOST_VALUES - 2) + b"0]",
}


@pytest.mark.exhaustive(quick=("empty objects", "a text with one emoji"))
@pytest.mark.parametrize("kind", WORST)
def test_the_worst_answers_that_are_read_fit_the_function_four_at_once(kind: str) -> None:
    """Beside 100 MB of the process itself: 75 were measured with every client open."""
    tracemalloc.start()
    try:
        http._read(WORST[kind])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert http.AT_ONCE * (peak + len(WORST[kind])) < (worker("fetch_notices").memory - 100) * MEGABYTE


@pytest.mark.parametrize(
    "content",
    [
        b"[" + b"{}," * 2_700_000 + b"{}]",
        b"[" * 160_000,
        b'["' + b"a" * http.LARGEST_ANSWER + b'"]',
        b"[" + b"1," * http.MOST_VALUES + b"1]",
    ],
)
def test_an_answer_that_would_take_more_is_not_read_and_less_is_asked_for(content: bytes) -> None:
    with pytest.raises(AskLess):
        http._read(content)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"<html>", b"\xff", b""])
def test_what_is_no_json_is_asked_for_again(content: bytes) -> None:
    with pytest.raises(TryAgain):
        http._read(content)
