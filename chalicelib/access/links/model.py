"""A link that signs somebody in once, and what becomes of who comes with one."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from chalicelib.canonical.ids import LinkId, StaffId
from chalicelib.canonical.time import Instant

LASTS = timedelta(minutes=15)
TRIES = 5
"""Codes that may be typed for one link."""
CODE_DIGITS = 8
ANY_BROWSER = ""
"""Of a link that an operator made on the command line: nobody asked for it in a browser."""


@dataclass(frozen=True)
class Link:
    """As it is kept: by hashes alone. An address that nobody has gets one of NOBODY's."""

    id: LinkId
    staff_id: StaffId
    token_hash: str
    code_hash: str
    browser_hash: str
    ends_at: Instant
    is_used: bool = False


@dataclass(frozen=True)
class Letter:
    """What is mailed of a link, and kept nowhere. `until` is the instant after which nobody needs it: that of asking,
    where nobody has the address."""

    link: LinkId
    to: str
    token: str
    code: str
    until: Instant


@dataclass(frozen=True)
class Asked:
    """`cookie` binds the link to the browser that asked."""

    cookie: str
    letter: Letter


class Refusal(Enum):
    """Why somebody is not signed in. GONE is a link that is used, over, or was never made."""

    GONE = auto()
    OTHER_BROWSER = auto()
    WRONG_CODE = auto()
    PROVIDER = auto()
    """An admin, where these are to sign in by a provider of identities."""
