"""The cookie of a session: under which name, and what a browser sent."""

from collections.abc import Mapping

SESSION = "xenia"


def is_secure(headers: Mapping[str, str]) -> bool:
    """Whether the browser speaks TLS; the gateway tells, and always does."""
    return headers.get("x-forwarded-proto", "http") == "https"


def name(headers: Mapping[str, str]) -> str:
    """With TLS one that no other host and no neighbouring domain can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{SESSION}" if is_secure(headers) else SESSION


def sent(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (each.strip().partition("=") for each in headers.get("cookie", "").split(";"))
    return {each: value for each, _, value in pairs}
