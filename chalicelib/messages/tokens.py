"""The token in an unsubscribe link: whose, and from what. It never expires, and only the hub can make one."""

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.aws import secrets
from chalicelib.canonical.errors import NotFound
from chalicelib.consent.model import Purpose

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

PURPOSES: dict[str, Purpose] = {"m": "marketing"}
"""One letter each: links stay short enough not to be broken by mail programs."""
LONGEST = 400


class Leave(NamedTuple):
    """What the holder of a token may leave."""

    leaf: str
    purpose: Purpose
    run: str


def make_token(leave: Leave) -> str:
    letter_by_purpose = {purpose: letter for letter, purpose in PURPOSES.items()}
    return str(_signer().dumps(f"{leave.leaf}.{letter_by_purpose[leave.purpose]}.{leave.run}"))


def read_token(token: str) -> Leave:
    """Raises NotFound for what the hub did not make."""
    from itsdangerous import BadData

    try:
        if len(token) > LONGEST:
            raise NotFound("There is no such page.")
        leaf, letter, run = _signer().loads(token).split(".")
        return Leave(leaf, PURPOSES[letter], run)
    except (BadData, ValueError, KeyError, AttributeError):
        raise NotFound("There is no such page.") from None


def _signer() -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(secrets.key_for("unsubscribe"), salt="unsubscribe")
