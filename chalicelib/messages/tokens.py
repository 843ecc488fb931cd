"""The token in an unsubscribe link: whose, and from what. It never expires, and only the hub can make one."""

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.aws import secrets
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import Leaf, OccasionId
from chalicelib.consent.model import EMAIL, MARKETING, Purpose

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

PURPOSES: dict[str, Purpose] = {"m": MARKETING}
"""One letter each: links stay short enough not to be broken by mail programs."""
LONGEST = 400


class UnsubscribeLink(NamedTuple):
    """What the holder of a token may leave. `run` is the occasion of the message that brought it."""

    leaf: Leaf
    purpose: Purpose
    run: OccasionId
    channel: str = EMAIL


def make_token(link: UnsubscribeLink) -> str:
    letter_by_purpose = {purpose: letter for letter, purpose in PURPOSES.items()}
    parts = [link.leaf, letter_by_purpose[link.purpose], link.run]
    return str(_signer().dumps(".".join(parts if link.channel == EMAIL else [*parts, link.channel])))


def read_token(token: str) -> UnsubscribeLink:
    """Raises NotFound for what the hub did not make."""
    from itsdangerous import BadData

    try:
        if len(token) > LONGEST:
            raise NotFound("There is no such page.")
        leaf, letter, run, *channel = _signer().loads(token).split(".")
        return UnsubscribeLink(Leaf(leaf), PURPOSES[letter], OccasionId(run), *channel)
    except (BadData, ValueError, KeyError, TypeError, AttributeError):
        raise NotFound("There is no such page.") from None


def _signer() -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(secrets.key_for("unsubscribe"), salt="unsubscribe")
