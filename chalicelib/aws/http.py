"""Calls to vendors' APIs."""

import ipaddress
import json
import socket
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import urllib3

from chalicelib.aws.meter import meter
from chalicelib.aws.settings import settings
from chalicelib.canonical.errors import AskLess, Rejected, TryAgain

LARGEST_ANSWER = 32 * 1024 * 1024
PASSING = {401, 403, 425, 429}
"""Wrong credentials are an operator's to mend: until then the work waits, and is not lost."""
JSON = {"Content-Type": "application/json"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


LONGEST_SECONDS = 10.0


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False)


def check_url(url: str) -> None:
    """Raises ValueError unless the URL is a plain https address. In the local cloud, loopback is taken, too."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("the URL needs a host, and neither credentials nor a query in it")
    if settings().is_local and parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise ValueError("the URL must be https")
    if _is_inside(parts.hostname):
        raise ValueError("the URL must lead to the public internet")


def _is_inside(host: str) -> bool:
    """Whether a literal address is private, link-local or loopback: the metadata service is no vendor."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _check_where_it_leads(url: str) -> None:
    """A public name may resolve to an inner address. Raises Rejected."""
    parts = urlsplit(url)
    if settings().is_local and parts.hostname in LOOPBACK:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TryAgain("the vendor's name does not resolve") from error
    if any(_is_inside(str(address[4][0])) for address in found):
        raise Rejected("vendor_address_inside", "the vendor's name leads to a private address")


def call(method: str, url: str, body: Any, seconds: float = LONGEST_SECONDS) -> Any:
    """Send JSON, return JSON with exact decimals, within so many seconds.

    Raises TryAgain (with the vendor's Retry-After), AskLess where the question was too large, or Rejected.
    """
    meter().called("vendor")
    _check_where_it_leads(url)
    limit = urllib3.Timeout(connect=3, read=min(seconds, LONGEST_SECONDS))
    try:
        answer = _pool().request(
            method, url, body=json.dumps(body), headers=JSON, redirect=False, timeout=limit, preload_content=False
        )
        content = answer.read(LARGEST_ANSWER + 1, decode_content=True)
        answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise TryAgain(f"the vendor did not answer: {type(error).__name__}") from error
    if answer.status == 408:
        raise AskLess("the vendor answered 408", _seconds(answer.headers.get("Retry-After")))
    if answer.status in PASSING or answer.status >= 500:
        raise TryAgain(f"the vendor answered {answer.status}", _seconds(answer.headers.get("Retry-After")))
    if answer.status != 200:
        raise Rejected("vendor_refused", f"the vendor answered {answer.status}")
    if len(content) > LARGEST_ANSWER:
        raise Rejected("vendor_answer_too_large")
    try:
        return json.loads(content, parse_float=Decimal)
    except ValueError as error:
        raise TryAgain("the vendor's answer is no JSON") from error


def _seconds(text: str | None) -> int | None:
    return min(int(text), 3600) if text and text.isdigit() else None
