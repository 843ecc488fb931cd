"""The cookies of the console: under which names, how they are set, and what a browser sent."""

from collections.abc import Mapping

SESSION = "xenia"
AWAY = "xenia-away"
"""Of who was led to a provider of identities, and is not back yet."""
ASKED = "xenia-asked"
"""Binds a link that signs in to the browser that asked for it."""
WANTED = "xenia-wanted"
"""The page to which a mailed link leads on: it stands neither in the mail nor in the table."""


def is_secure(headers: Mapping[str, str]) -> bool:
    """Whether the browser speaks TLS; the gateway tells, and always does."""
    return headers.get("x-forwarded-proto", "http") == "https"


def name(headers: Mapping[str, str], of: str = SESSION) -> str:
    """With TLS one that no other host and no neighbouring domain can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{of}" if is_secure(headers) else of


def sent(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (each.strip().partition("=") for each in headers.get("cookie", "").split(";"))
    return {each: value for each, _, value in pairs}


def shown(headers: Mapping[str, str], of: str) -> str | None:
    """The value of one of ours."""
    return sent(headers).get(name(headers, of))


def set_to(headers: Mapping[str, str], of: str, value: str) -> str:
    """What `Set-Cookie` says. It goes when the browser is closed; scripts do not see it, and it comes along when
    somebody follows a link to us, and with no form of another site."""
    secure = "Secure; " if is_secure(headers) else ""
    return f"{name(headers, of)}={value}; Path=/; {secure}HttpOnly; SameSite=Lax"


def dropped(headers: Mapping[str, str], of: str) -> str:
    return f"{set_to(headers, of, '')}; Max-Age=0"
