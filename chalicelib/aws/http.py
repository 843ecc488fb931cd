"""Calls to vendors' APIs."""

import ipaddress
import json
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

import urllib3

from chalicelib.aws.meter import meter
from chalicelib.aws.pools import pools
from chalicelib.aws.settings import settings
from chalicelib.canonical.compact import values_in
from chalicelib.canonical.errors import AskLess, Refused, Rejected, TryAgain
from chalicelib.canonical.time import now

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Answer = TypeVar("Answer")

LARGEST_ANSWER = 4 * 1024 * 1024
MOST_VALUES = 150_000
"""Values of an answer: an empty object takes three bytes on the way, and seventy once it is read."""
VALUE_TAKES = 200
"""Bytes that a value takes beside its text, at most."""
PASSING = {425, 429}
REFUSED = {401, 403}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LONGEST_CONNECT = 3.0
LONGEST_SECONDS = 10.0
"""For an answer as a whole, from when it was asked."""
LONGEST_WAIT = 3600
AT_ONCE = 4
"""Calls beside each other: vendors count calls by token."""
ADDRESSES_TRIED = 2
URL = re.compile(r"[!-~]+")
"""No blank, no line break, no control character: Python passes over some of them, others may not."""
NAME = re.compile(r"([a-z0-9_-]+\.)+[a-z][a-z0-9-]*")
"""A host by name. Numbers are addresses however they are written: `2130706433` and `0x7f.1` are this machine."""
INNER = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "fec0::/10")))
"""Inner addresses that Python 3.11 takes for public: those in which an IPv4 address hides (RFC 6052, RFC 8215, RFC 4291
section 2.5.5.1), and site-local ones (RFC 3879)."""


@cache
def _pools() -> urllib3.PoolManager:
    return pools(AT_ONCE)


@cache
def _threads() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(AT_ONCE)


def at_once(asks: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Make several calls beside each other. All have ended when it returns, or raises the first one's error."""
    if len(asks) == 1:
        return [asks[0]()]
    asked = [_threads().submit(each) for each in asks]
    for each in asked:
        each.exception()
    return [each.result() for each in asked]


def check_url(url: str) -> None:
    """Raises ValueError unless the URL is a plain https address. In the local cloud, loopback is taken, too."""
    if not URL.fullmatch(url):
        raise ValueError("the URL must have visible ASCII characters only")
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("the URL needs a host, and neither credentials nor a query in it")
    if parts.port == 0:  # one that is out of range is a ValueError by itself
        raise ValueError("the URL needs a port that can be called")
    if settings().is_local and parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise ValueError("the URL must be https")
    if not (NAME.fullmatch(parts.hostname) or _is_public(parts.hostname)):
        raise ValueError("the URL must lead to the public internet")


def _is_public(host: str) -> bool:
    """Whether a literal address may be a vendor's: the metadata service and its kind are none."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.sixtofour or address.teredo or address.scope_id):
        return False  # another address hides in it
    return address.is_global and not address.is_multicast and not any(address in inner for inner in INNER)


def _addresses(parts: SplitResult) -> list[str]:
    """Where a name leads to, each address checked: the call goes there, and the name is not asked for again, as it may
    lead elsewhere a moment later. Raises Rejected, TryAgain."""
    host = parts.hostname or ""
    if settings().is_local and host in LOOPBACK:
        return [host]
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label that is too long for a name
        raise TryAgain("the vendor's name does not resolve") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not all(map(_is_public, addresses)):
        raise Rejected("vendor_address_inside", "the vendor's name leads to a private address")
    return addresses[:ADDRESSES_TRIED]


@dataclass(frozen=True)
class _Asked:
    method: str
    content: str | None
    headers: Mapping[str, str]


def _send(asked: _Asked, url: str, limit: urllib3.Timeout) -> urllib3.BaseHTTPResponse:
    parts = urlsplit(url)
    *before, last = _addresses(parts)
    for address in before:
        with suppress(urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            return _send_to(address, asked, parts, limit)
    return _send_to(last, asked, parts, limit)


def _send_to(address: str, asked: _Asked, parts: SplitResult, limit: urllib3.Timeout) -> urllib3.BaseHTTPResponse:
    """To an address, under the name: it stands in `Host`, and the certificate must be for it."""
    tls = {"server_hostname": parts.hostname, "assert_hostname": parts.hostname} if parts.scheme == "https" else {}
    pool = _pools().connection_from_host(address, parts.port, parts.scheme, pool_kwargs=tls)
    return pool.urlopen(
        asked.method,
        parts._replace(scheme="", netloc="").geturl() or "/",
        body=asked.content,
        headers={**asked.headers, "Host": parts.netloc},
        redirect=False,
        retries=False,
        timeout=limit,
        preload_content=False,
    )


def call(method: str, url: str, body: Any, seconds: float = LONGEST_SECONDS) -> Any:
    """Send JSON, return JSON with exact decimals, within so many seconds.

    Raises TryAgain (with the vendor's Retry-After), AskLess where the question was too large, Refused where these
    credentials may not ask it, or Rejected.
    """
    return _ask(_Asked(method, json.dumps(body), JSON), url, seconds)


def get(url: str) -> Any:
    """Return the JSON that lies there. Raises as `call` does."""
    return _ask(_Asked("GET", None, {"Accept": "application/json"}), url, LONGEST_SECONDS)


def post_form(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Any:
    """Send a form, return JSON. Raises as `call` does."""
    return _ask(_Asked("POST", urlencode(fields), {**FORM, **headers}), url, LONGEST_SECONDS)


def _ask(asked: _Asked, url: str, seconds: float) -> Any:
    meter().called("vendor")
    limit = urllib3.Timeout(connect=min(seconds, LONGEST_CONNECT), read=min(seconds, LONGEST_SECONDS))
    try:
        answer = _send(asked, url, limit)
        content = answer.read(LARGEST_ANSWER + 1, decode_content=True)
        answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise TryAgain(f"the vendor did not answer: {type(error).__name__}") from error
    if answer.status == 408:
        raise AskLess("the vendor answered 408", _seconds(answer.headers.get("Retry-After")))
    if answer.status in REFUSED:
        raise Refused(f"the vendor answered {answer.status}", _seconds(answer.headers.get("Retry-After")))
    if answer.status in PASSING or answer.status >= 500:
        raise TryAgain(f"the vendor answered {answer.status}", _seconds(answer.headers.get("Retry-After")))
    if answer.status != 200:
        raise Rejected("vendor_refused", f"the vendor answered {answer.status}")
    return _read(content)


def _read(content: bytes) -> Any:
    """What an answer may take of a function's memory is known before it is read."""
    values = values_in(content)
    if len(content) > LARGEST_ANSWER or values > MOST_VALUES:
        raise AskLess("the vendor's answer is too large")
    meter().took(len(content) + values * VALUE_TAKES)
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise TryAgain("the vendor's answer is no JSON") from error


def _seconds(text: str | None) -> int | None:
    """`Retry-After` in seconds, which may be written as a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now()
    except (ValueError, OverflowError, IndexError):
        return None
    return max(0, min(ceil(wait.total_seconds()), LONGEST_WAIT))
