"""The token in an unsubscribe link: whose, from what, and to whom. It never expires, and only the hub can make one."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.aws import secrets
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ChannelName, ControllerId, Leaf, OccasionId
from chalicelib.consent.model import DEFAULT_CHANNEL, PURPOSES, Purpose
from chalicelib.settings.model import GROUP_CONTROLLER

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

PURPOSE_BY_LETTER: Mapping[str, Purpose] = {purpose[0]: purpose for purpose in PURPOSES}
"""One letter each: links stay short enough not to be broken by mail programs."""
LONGEST = 400


class UnsubscribeLink(NamedTuple):
    """What the holder of a token may leave. `run` is the occasion of the message that brought it.

    Tokens made before there were other channels and controllers name neither, and those of today leave out what these
    would have meant. `language` is the mail's, where its template names one.
    """

    leaf: Leaf
    purpose: Purpose
    run: OccasionId
    channel: ChannelName = DEFAULT_CHANNEL
    controller: ControllerId = GROUP_CONTROLLER
    language: str | None = None


def make_token(link: UnsubscribeLink) -> str:
    parts = [link.leaf, link.purpose[0], link.run]
    if link[3:] != (DEFAULT_CHANNEL, GROUP_CONTROLLER, None):
        parts += [link.channel, link.controller]
    if link.language:
        parts.append(link.language)
    return str(_signer().dumps(".".join(parts)))


def read_token(token: str) -> UnsubscribeLink:
    """Raises NotFound for what the hub did not make."""
    from itsdangerous import BadData

    try:
        if len(token) > LONGEST:
            raise NotFound("There is no such page.")
        leaf, letter, run, *told = _signer().loads(token).split(".")
        return _read(leaf, letter, run, *told)
    except (BadData, ValueError, KeyError, TypeError, AttributeError):
        raise NotFound("There is no such page.") from None


def _read(
    leaf: str, letter: str, run: str, channel: str = "", controller: str = "", language: str | None = None
) -> UnsubscribeLink:
    link = UnsubscribeLink(Leaf(leaf), PURPOSE_BY_LETTER[letter], OccasionId(run), language=language)
    return link._replace(
        channel=ChannelName(channel) if channel else link.channel,
        controller=ControllerId(controller) if controller else link.controller,
    )


def _signer() -> "URLSafeSerializer":
    return _signer_with(secrets.key_for("unsubscribe"))


@lru_cache(maxsize=1)
def _signer_with(key: bytes) -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(key, salt="unsubscribe")
